import { useXAxisScale, useYAxisScale } from 'recharts';
import { Marker } from '../charts/Marker';
import { armColour, armStyle } from '../theme/palette';

export interface SettingPoint {
  id: string;
  /** Points of one line are joined. */
  line: string;
  style: number;
  x: number;
  y: number;
  /** Mean of recorded seeds instead of a value of this run. */
  isRecorded: boolean;
  isFinal: boolean;
  /** 95 % interval of the mean over recorded seeds. */
  interval?: readonly [number, number];
  /** Spread within the arm. */
  spread?: readonly [number, number];
}

/** Points of arms with their intervals, joined line by line. */
export function SettingPoints({ points }: { points: readonly SettingPoint[] }) {
  const xScale = useXAxisScale();
  const yScale = useYAxisScale();
  if (!xScale || !yScale) return null;
  const lines = [...new Set(points.map((p) => p.line))].map((line) => ({
    line,
    members: points.filter((p) => p.line === line).sort((a, b) => a.x - b.x),
  }));
  return (
    <g pointerEvents="none" fill="none">
      {lines.map(({ line, members }) => (
        <path
          key={line}
          stroke="var(--text-muted)"
          strokeWidth="1.25"
          d={members.map((p, i) => `${i ? 'L' : 'M'}${xScale(p.x)} ${yScale(p.y)}`).join('')}
        />
      ))}
      {points.map((p) => {
        const [x, y] = [xScale(p.x)!, yScale(p.y)!];
        const colour = armColour(p.style);
        return (
          <g key={p.id} stroke={colour} opacity={p.isFinal ? 1 : 0.6}>
            {p.spread && (
              <path
                d={`M${x} ${yScale(p.spread[0])}V${yScale(p.spread[1])}`}
                strokeWidth="9"
                opacity="0.28"
              />
            )}
            {p.interval && (
              <path
                strokeWidth="1.25"
                d={`M${x} ${yScale(p.interval[0])}V${yScale(p.interval[1])}M${x - 4} ${yScale(p.interval[0])}h8M${x - 4} ${yScale(p.interval[1])}h8`}
              />
            )}
            <Marker
              shape={armStyle(p.style).marker}
              x={x}
              y={y}
              size={5}
              colour={colour}
              filled={!p.isRecorded}
            />
          </g>
        );
      })}
    </g>
  );
}
