/** Shape of an arm's points, so that arms are told apart without colour. */
export type Marker = 'circle' | 'square' | 'triangle' | 'diamond' | 'cross' | 'star' | 'down' | 'plus';

export interface ArmStyle {
  marker: Marker;
  /** On the light and on the dark page; both at least 4.5 : 1 against it, so that text may use them. */
  light: string;
  dark: string;
}

/**
 * One style per arm, in the order in which arms are added. The hues are those of Okabe & Ito (2008), moved in
 * lightness until text in them is readable on the page; the last three are ours, for a sixth arm and more.
 */
export const ARM_STYLES: readonly ArmStyle[] = [
  { marker: 'circle', light: '#0072b2', dark: '#56b4e9' },
  { marker: 'square', light: '#bd4b00', dark: '#e69f00' },
  { marker: 'triangle', light: '#00755a', dark: '#2cc295' },
  { marker: 'diamond', light: '#a03a79', dark: '#df97c3' },
  { marker: 'cross', light: '#756000', dark: '#f0e442' },
  { marker: 'star', light: '#5b55b0', dark: '#aeb2f5' },
  { marker: 'down', light: '#8a1538', dark: '#f7a1b0' },
  { marker: 'plus', light: '#4a6510', dark: '#b7d97a' },
];

/** Surfaces that text in an arm's colour stands on. */
export const SURFACES = { light: '#ffffff', dark: '#16191f' } as const;

export const armStyle = (index: number): ArmStyle => ARM_STYLES[index % ARM_STYLES.length]!;

/** Arms beyond these repeat the colours, with hollow markers and broken lines. */
export const isHollow = (index: number): boolean => index >= ARM_STYLES.length;

/** CSS colour of an arm; follows the colour scheme by itself. */
export const armColour = (index: number): string => `var(--arm-${index % ARM_STYLES.length})`;
