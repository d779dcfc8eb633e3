import type { Marker as Shape } from '../theme/palette';

const PATHS: Record<Exclude<Shape, 'circle' | 'square'>, string> = {
  triangle: 'M0 -1.2 L1.1 0.8 H-1.1 Z',
  down: 'M0 1.2 L1.1 -0.8 H-1.1 Z',
  plus: 'M0 -1.2 V1.2 M-1.2 0 H1.2',
  diamond: 'M0 -1.25 L1.25 0 L0 1.25 L-1.25 0 Z',
  cross: 'M-1 -1 L1 1 M-1 1 L1 -1',
  star: 'M0 -1.2 V1.2 M-1.05 -0.6 L1.05 0.6 M-1.05 0.6 L1.05 -0.6',
};

interface MarkerProps {
  shape: Shape;
  x: number;
  y: number;
  /** Half its width, pixels. */
  size: number;
  colour: string;
  filled?: boolean;
  /** Set off from the lines behind it. */
  ring?: boolean;
}

/** A point of an arm. */
export function Marker({ shape, x, y, size, colour, filled = false, ring = false }: MarkerProps) {
  if (ring)
    return (
      <>
        <circle cx={x} cy={y} r={size + 2.5} fill="var(--surface)" opacity={0.85} />
        <Marker {...{ shape, x, y, size, colour, filled }} />
      </>
    );
  const paint = {
    stroke: colour,
    strokeWidth: 1.6,
    fill: filled ? colour : 'var(--surface)',
    vectorEffect: 'non-scaling-stroke' as const,
  };
  if (shape === 'circle') return <circle cx={x} cy={y} r={size} {...paint} />;
  if (shape === 'square')
    return <rect x={x - 0.9 * size} y={y - 0.9 * size} width={1.8 * size} height={1.8 * size} {...paint} />;
  return <path d={PATHS[shape]} transform={`translate(${x} ${y}) scale(${size})`} {...paint} />;
}

interface MarkerIconProps {
  shape: Shape;
  colour: string;
  size?: number;
  hollow?: boolean;
}

/** The marker of an arm in running text. */
export function MarkerIcon({ shape, colour, size = 12, hollow = false }: MarkerIconProps) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="-6 -6 12 12"
      aria-hidden
      focusable="false"
      style={{ flex: 'none' }}
    >
      <Marker shape={shape} x={0} y={0} size={4} colour={colour} filled={!hollow} />
    </svg>
  );
}
