import {
  createTheme,
  defaultVariantColorsResolver,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';
import { ARM_STYLES, SURFACES } from './palette';

/** Neutral greys with a trace of blue. Colour is kept for arms: everything else is ink. */
const ink: MantineColorsTuple = [
  '#f6f7f9',
  '#eceef1',
  '#dcdfe4',
  '#c2c7cf',
  '#9aa1ac',
  '#6f7682',
  '#4d545f',
  '#363c46',
  '#242931',
  '#14171c',
];

const dark: MantineColorsTuple = [
  '#e8eaee',
  '#c3c8d0',
  '#a2a9b4',
  '#7d8591',
  '#4a515c',
  '#333942',
  '#262b33',
  '#16191f',
  '#0f1115',
  '#0a0c0f',
];

/** Mantine chooses the ink on a filled button by the shade of the light scheme, and the dark scheme's is a light one. */
const variantColorResolver: VariantColorsResolver = (input) => ({
  ...defaultVariantColorsResolver(input),
  ...(input.variant === 'filled' && (input.color ?? input.theme.primaryColor) === input.theme.primaryColor
    ? { background: 'var(--solid)', hover: 'var(--solid)', color: 'var(--on-solid)' }
    : {}),
});

export const theme = createTheme({
  fontFamily: "'Inter Variable', system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif",
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, monospace',
  colors: { ink, dark },
  primaryColor: 'ink',
  primaryShade: { light: 8, dark: 2 },
  autoContrast: true,
  variantColorResolver,
  defaultRadius: 6,
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  components: {
    Tooltip: { defaultProps: { withArrow: false, openDelay: 300, multiline: true, maw: 320, fz: 'xs' } },
    // the placeholder is a child that no menu may have: its first item is focused instead
    Menu: {
      defaultProps: { shadow: 'md', position: 'bottom-end', offset: 4, withInitialFocusPlaceholder: false },
    },
    Popover: { defaultProps: { shadow: 'md', offset: 6 } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 'md' } },
  },
});

/** The page's own colours; `var(--arm-0)` and the rest are used by CSS and charts alike. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...Object.fromEntries(ARM_STYLES.map((s, i) => [`--arm-${i}`, s.light])),
    '--page': '#f3f4f6',
    '--surface': SURFACES.light,
    '--surface-sunken': '#f6f7f9',
    '--text': '#14171c',
    '--text-muted': '#555c68',
    '--hairline': '#dfe2e7',
    '--grid': '#eaecef',
    '--sft': '#5d6470',
    '--solid': '#14171c',
    '--on-solid': '#ffffff',
    '--danger': '#b42318',
    '--danger-surface': '#fdf1f0',
    '--notice-surface': '#f1f2f5',
    '--hatch': 'rgba(20, 23, 28, 0.055)',
    '--mantine-color-dimmed': '#555c68',
  },
  dark: {
    ...Object.fromEntries(ARM_STYLES.map((s, i) => [`--arm-${i}`, s.dark])),
    '--page': '#0d0f13',
    '--surface': SURFACES.dark,
    '--surface-sunken': '#11141a',
    '--text': '#eceef2',
    '--text-muted': '#a2a9b4',
    '--hairline': '#2a2f38',
    '--grid': '#232830',
    '--sft': '#a2a9b4',
    '--solid': '#f0f1f4',
    '--on-solid': '#0d0f13',
    '--danger': '#ff8f85',
    '--danger-surface': '#2a1616',
    '--notice-surface': '#1c2027',
    '--hatch': 'rgba(255, 255, 255, 0.06)',
    '--mantine-color-dimmed': '#a2a9b4',
  },
});
