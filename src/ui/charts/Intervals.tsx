import { useXAxisScale, useYAxisScale } from 'recharts';

export interface IntervalMark {
  key: string;
  x: number;
  low: number;
  high: number;
  colour: string;
}

/** Half the width of an end, pixels. */
const CAP = 3;
/** Between neighbours at the same x, pixels. */
const APART = 4;

/** Intervals as vertical bars; those at the same place stand side by side, to the left of it. */
export function Intervals({ marks }: { marks: readonly IntervalMark[] }) {
  const xScale = useXAxisScale();
  const yScale = useYAxisScale();
  if (!xScale || !yScale) return null;
  const taken = new Map<number, number>();
  return (
    <g pointerEvents="none" strokeWidth={1.25} fill="none">
      {marks.map(({ key, x, low, high, colour }) => {
        const before = taken.get(x) ?? 0;
        taken.set(x, before + 1);
        const at = xScale(x)! - before * APART;
        const [from, to] = [yScale(low)!, yScale(high)!];
        return (
          <path
            key={key}
            stroke={colour}
            d={`M${at} ${from}V${to}M${at - CAP} ${from}H${at + CAP}M${at - CAP} ${to}H${at + CAP}`}
          />
        );
      })}
    </g>
  );
}
