import { usePlotArea, useXAxisScale, useYAxisScale } from 'recharts';
import { placeLabels } from './axes';

export interface EndLabel {
  key: string;
  text: string;
  colour: string;
  x: number;
  y: number;
  faint?: boolean;
  /** Pixels above the point, for points that have neighbours to their right. */
  lift?: number;
  /** Which vertical axis `y` belongs to. */
  axis?: string;
}

const GAP = 14;

/** Names and values at the ends of lines, moved apart where they would touch. */
export function EndLabels({
  labels,
  secondAxis = false,
}: {
  labels: readonly EndLabel[];
  secondAxis?: boolean;
}) {
  const area = usePlotArea();
  const xScale = useXAxisScale();
  const left = useYAxisScale(0);
  const right = useYAxisScale(secondAxis ? 'right' : 0);
  if (!area || !xScale || !left) return null;
  const spots = labels.flatMap((label) => {
    const x = xScale(label.x);
    const y = (label.axis === 'right' ? right : left)?.(label.y);
    return x === undefined || y === undefined ? [] : [{ key: label.key, x, y: y - (label.lift ?? 0), label }];
  });
  const placed = new Map(
    placeLabels(spots, GAP, area.y + 6, area.y + area.height - 4).map((p) => [p.key, p.y]),
  );
  return (
    <g pointerEvents="none">
      {spots.map(({ key, x, label }) => (
        <text
          key={key}
          x={label.lift ? x - 4 : x + 8}
          y={placed.get(key)! + 4}
          fill={label.colour}
          opacity={label.faint ? 0.6 : 1}
          fontSize="0.72rem"
          fontWeight={600}
          stroke="var(--surface)"
          strokeWidth={3}
          paintOrder="stroke"
        >
          {label.text}
        </text>
      ))}
    </g>
  );
}
