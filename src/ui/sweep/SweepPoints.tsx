import { useXAxisScale, useYAxisScale } from 'recharts';
import type { CurvePoint } from '../../pipeline/records/sweep-curve';
import { Marker } from '../charts/Marker';
import { armColour, armStyle, isHollow } from '../theme/palette';

export interface PlacedPoint extends CurvePoint {
  x: number;
  style: number;
}

interface SweepPointsProps {
  points: readonly PlacedPoint[];
  /** Values that have an order are joined. */
  joined: boolean;
  /** Where the vertical axis ends: intervals of few seeds are cut off there. */
  within: readonly [number, number];
  onPick: (point: CurvePoint) => void;
}

/** Means with their intervals, joined; single seeds as small dots. A press singles the runs out. */
export function SweepPoints({ points, joined, within, onPick }: SweepPointsProps) {
  const xScale = useXAxisScale();
  const yScale = useYAxisScale();
  if (!xScale || !yScale) return null;
  const sorted = points.toSorted((a, b) => a.x - b.x);
  const path = sorted.map((p, i) => `${i ? 'L' : 'M'}${xScale(p.x)} ${yScale(p.spread.mean)}`).join('');
  return (
    <g fill="none">
      {joined && <path stroke="var(--text-muted)" strokeWidth="1.5" d={path} />}
      {points.map((p) => {
        const { mean, halfWidth, count } = p.spread;
        const [x, y] = [xScale(p.x)!, yScale(mean)!];
        const [low, high] = [Math.max(within[0], mean - halfWidth), Math.min(within[1], mean + halfWidth)];
        const [from, to] = [yScale(low)!, yScale(high)!];
        const colour = armColour(p.style);
        return (
          <g
            key={p.arm}
            data-point={p.arm}
            data-n={count}
            stroke={colour}
            style={{ cursor: 'pointer' }}
            onClick={() => onPick(p)}
          >
            <circle cx={x} cy={y} r="14" fill="transparent" stroke="none" />
            {Number.isFinite(halfWidth) && (
              <path
                data-interval
                strokeWidth="1.5"
                d={`M${x} ${from}V${to}${low > within[0] ? cap(x, from) : ''}${high < within[1] ? cap(x, to) : ''}`}
              />
            )}
            {count > 1 &&
              p.each.map(({ seed, y: value }) => (
                <circle
                  key={seed}
                  cx={x + 9}
                  cy={yScale(value)}
                  r="1.9"
                  fill={colour}
                  stroke="none"
                  opacity="0.75"
                />
              ))}
            <Marker
              shape={armStyle(p.style).marker}
              x={x}
              y={y}
              size={5.5}
              colour={colour}
              filled={!isHollow(p.style)}
            />
          </g>
        );
      })}
    </g>
  );
}

/** The end of an interval; one that is cut off has none. */
const cap = (x: number, y: number): string => `M${x - 5} ${y}h10`;
