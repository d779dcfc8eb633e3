import { DefaultZIndexes, usePlotArea, useXAxisScale, useYAxisScale, ZIndexLayer } from 'recharts';
import { hold } from '../store/useCursor';
import { armStyle, isHollow } from '../theme/palette';
import { placeLabels } from './axes';
import { Marker } from './Marker';
import { armClass } from './scrub';
import { useTypeScale } from './useTypeScale';

export interface EndLabel {
  key: string;
  text: string;
  colour: string;
  /** The arm that it names: its marker stands before the text, and a press singles it out. */
  arm?: { id: string; style: number };
  x: number;
  y: number;
  faint?: boolean;
  /** Stays beside its point, whatever the others do. */
  fixed?: boolean;
  /** Pixels above the point, for points that have neighbours to their right. */
  lift?: number;
}

const GAP = 14;
/** From here on a label is no longer beside its point, pixels. */
const FAR = 7;
/** More lines than this leave no room for labels among them. */
const MANY = 4;

/** Whether the labels stand in a column at the end, and not each at its point. */
export const areInColumn = (labels: readonly EndLabel[]): boolean =>
  labels.filter((label) => !label.lift).length > MANY;

/** As wide as the label is, its marker included. */
export const labelText = ({ arm, text }: EndLabel): string => (arm ? `●-${text}` : text);

interface EndLabelsProps {
  labels: readonly EndLabel[];
  /** Where the axis ends; labels of many lines stand in a column there, with thin lines to their points. */
  end: number;
}

/** Names and values at the ends of lines, moved apart where they would touch. */
export function EndLabels({ labels, end }: EndLabelsProps) {
  const scale = useTypeScale();
  const area = usePlotArea();
  const xScale = useXAxisScale();
  const yScale = useYAxisScale();
  if (!area || !xScale || !yScale) return null;
  const inColumn = areInColumn(labels);
  const column = xScale(end) ?? area.x + area.width;
  const spots = labels.flatMap((label) => {
    const x = xScale(label.x);
    const y = yScale(label.y);
    if (x === undefined || y === undefined) return [];
    const pointY = Math.min(Math.max(y, area.y), area.y + area.height);
    const isFree = !inColumn || !!label.fixed;
    return [{ key: label.key, x, pointY, y: y - (label.lift ?? 0), label, free: isFree }];
  });
  const place = (of: typeof spots) => placeLabels(of, scale * GAP, area.y + 6, area.y + area.height - 4);
  const placed = new Map(
    (inColumn
      ? [...place(spots.filter((s) => !s.free)), ...place(spots.filter((s) => s.free))]
      : place(spots)
    ).map((p) => [p.key, p.y]),
  );
  return (
    // over lines and points, so that no line runs through a name
    <ZIndexLayer zIndex={DefaultZIndexes.label}>
      <g>
        {spots.map(({ key, x, pointY, label, free }) => {
          const to = placed.get(key)!;
          const at = free ? x : column;
          if ((label.lift && free) || label.fixed || (Math.abs(to - pointY) < FAR && at - x < FAR))
            return null;
          return (
            <path
              key={key}
              className={label.arm && armClass(label.arm.id)}
              pointerEvents="none"
              d={`M${x + 4} ${pointY}L${Math.max(x + 4, at + 1)} ${pointY}L${at + 7} ${to}`}
              stroke={label.colour}
              strokeWidth={0.75}
              strokeDasharray="1 3"
              fill="none"
            />
          );
        })}
        {spots.map(({ key, x, label, free }) => {
          const left = label.lift && free ? x - 4 : (free ? x : column) + 9;
          const { arm } = label;
          return (
            <g
              key={key}
              {...(arm
                ? { className: armClass(arm.id), style: { cursor: 'pointer' }, onClick: () => hold(arm.id) }
                : { pointerEvents: 'none' })}
            >
              {arm && (
                <Marker
                  shape={armStyle(arm.style).marker}
                  x={left + 4}
                  y={placed.get(key)!}
                  size={3.2 * scale}
                  colour={label.colour}
                  filled={!isHollow(arm.style)}
                />
              )}
              <text
                x={left + (arm ? 11 * scale : 0)}
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
            </g>
          );
        })}
      </g>
    </ZIndexLayer>
  );
}
