import { useRef, useState, type PointerEvent } from 'react';
import {
  DefaultZIndexes,
  usePlotArea,
  useXAxisInverseScale,
  useXAxisScale,
  useYAxisScale,
  ZIndexLayer,
} from 'recharts';
import { cursorOn, nearest, pin, setCursor, useCursor } from '../store/useCursor';
import { armColour, armStyle } from '../theme/palette';
import { Marker } from './Marker';
import { armClass, readingsAt, stopsOf, type Scrub } from './scrub';

/** A press that moves further than this is a stretch, pixels. */
const DRAG = 8;

interface CursorLayerProps {
  scrub: Scrub;
  /** Where the data end: labels beyond are pressed by themselves. */
  end: number;
}

/**
 * Hears the pointer over a chart and draws what it points at, here as in all other charts: the lines below are not
 * drawn again. A press keeps the place, a drag of the mouse looks closer, a finger moves along.
 */
export function CursorLayer({ scrub, end }: CursorLayerProps) {
  const area = usePlotArea();
  const xScale = useXAxisScale();
  const yScale = useYAxisScale();
  const inverse = useXAxisInverseScale();
  const rect = useRef<SVGRectElement>(null);
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  if (!area || !xScale || !yScale || !inverse) return null;
  const { axis, lines, isOverTime } = scrub;
  const width = Math.max(0, (xScale(end) ?? area.x + area.width) + 6 - area.x);
  const spotOf = (event: PointerEvent) => {
    const box = rect.current!.getBoundingClientRect();
    return { x: area.x + event.clientX - box.left, y: area.y + event.clientY - box.top };
  };
  const timeAt = ({ x, y }: { x: number; y: number }): { time: number; id?: string } | undefined => {
    if (isOverTime) {
      const time = nearest(stopsOf(lines), Number(inverse(x)), (stop) => stop);
      return time === undefined ? undefined : { time };
    }
    const points = lines.flatMap((line) => line.points.map((point) => ({ line, point })));
    const found = nearest(points, 0, ({ point }) =>
      Math.hypot((xScale(point.x) ?? 1e6) - x, (yScale(point.y) ?? 1e6) - y),
    );
    return found && { time: found.point.time, id: found.line.id };
  };
  const move = (event: PointerEvent) => {
    const spot = spotOf(event);
    if (drag && event.pointerType === 'mouse' && isOverTime) {
      setDrag({ ...drag, to: spot.x });
      return;
    }
    const at = timeAt(spot);
    if (at) setCursor({ hovered: { axis, x: at.time }, ...(isOverTime ? {} : { pointed: at.id ?? null }) });
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    const { x } = spotOf(event);
    setDrag({ from: x, to: x });
    rect.current!.setPointerCapture(event.pointerId);
    move(event);
  };
  const up = (event: PointerEvent) => {
    if (!drag) return;
    setDrag(null);
    if (isOverTime && event.pointerType === 'mouse' && Math.abs(drag.to - drag.from) > DRAG) {
      const [from, to] = [drag.from, drag.to].map((x) => Number(inverse(x))).sort((a, b) => a - b) as [number, number]; // prettier-ignore
      setCursor({ zoom: { axis, from, to }, hovered: null });
      return;
    }
    const at = timeAt(spotOf(event));
    if (at) pin({ axis, x: at.time });
  };
  const leave = () => setCursor({ hovered: null, ...(isOverTime ? {} : { pointed: null }) });
  return (
    <>
      <ZIndexLayer zIndex={DefaultZIndexes.cursorLine}>
        {drag && Math.abs(drag.to - drag.from) > DRAG && (
          <rect
            x={Math.min(drag.from, drag.to)}
            y={area.y}
            width={Math.abs(drag.to - drag.from)}
            height={area.height}
            fill="var(--text)"
            opacity={0.12}
          />
        )}
        <Marks scrub={scrub} />
        <rect
          ref={rect}
          data-scrub
          x={area.x}
          y={area.y}
          width={width}
          height={area.height}
          fill="transparent"
          style={{ cursor: 'crosshair', touchAction: 'pan-y' }}
          onPointerMove={move}
          onPointerDown={down}
          onPointerUp={up}
          onPointerCancel={() => setDrag(null)}
          onPointerLeave={leave}
          onDoubleClick={() => setCursor({ zoom: null })}
        />
      </ZIndexLayer>
    </>
  );
}

/** The line through the chart, and a mark on every line where it is. */
function Marks({ scrub: { axis, lines, isOverTime } }: { scrub: Scrub }) {
  const time = useCursor((s) => cursorOn(axis, s));
  const area = usePlotArea();
  const xScale = useXAxisScale();
  const yScale = useYAxisScale();
  const rightScale = useYAxisScale('right');
  if (time === undefined || !area || !xScale || !yScale) return null;
  const x = isOverTime ? xScale(time) : undefined;
  const isInside = (at: number) => at >= area.x - 1 && at <= area.x + area.width + 1;
  return (
    <g pointerEvents="none" data-cursor={time}>
      {x !== undefined && isInside(x) && (
        <path d={`M${x} ${area.y}V${area.y + area.height}`} stroke="var(--text)" strokeWidth={1.25} />
      )}
      {readingsAt(lines, time).map(({ line, point }, i) => {
        const px = xScale(point.x);
        const py = (line.second ? rightScale : yScale)?.(point.y);
        if (px === undefined || py === undefined || !Number.isFinite(py) || !isInside(px)) return null;
        return (
          <g key={i} className={armClass(line.id)}>
            <Marker
              shape={armStyle(line.style).marker}
              x={px}
              y={Math.min(area.y + area.height, Math.max(area.y, py))}
              size={line.second ? 3.5 : 5}
              colour={line.colour ?? armColour(line.style)}
              filled
              ring
            />
          </g>
        );
      })}
    </g>
  );
}
