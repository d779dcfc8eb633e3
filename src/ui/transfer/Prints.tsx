import { useEffect, useRef, type CSSProperties } from 'react';
import { Comparison } from '../charts/Comparison';
import { MetricChart } from '../charts/MetricChart';
import { metricSections } from '../charts/metric-groups';
import { metricSeries, rowAxis } from '../store/series';
import { useLab, useStage } from '../store/useLab';
import { useView } from '../store/useView';
import { armColour } from '../theme/palette';
import { cssVariablesResolver, theme } from '../theme/theme';
import classes from './transfer.module.css';

/** Which charts: those that compare all arms, or what one stage has logged. */
export type Prints = { of: 'arms' } | { of: 'stage'; id: string };

interface PrintRoomProps {
  prints: Prints;
  /** Called once with the frames of all charts when they have been drawn, or with null when that takes too long. */
  onDrawn: (frames: HTMLElement[] | null) => void;
}

/** Longest time that drawing may take, milliseconds. */
const PATIENCE = 15_000;
/** Nothing has changed for so long: it is drawn. */
const CALM = 400;

/** Colours of the light page, whatever the page is now. */
const LIGHT = cssVariablesResolver(theme as never).light as CSSProperties;

/** Draws charts in print size out of sight, on white. */
export function PrintRoom({ prints, onDrawn }: PrintRoomProps) {
  const room = useRef<HTMLDivElement>(null);
  useEffect(() => whenDrawn(room.current!, onDrawn), [onDrawn]);
  return (
    <div ref={room} className={classes.room} style={LIGHT} aria-hidden inert>
      {prints.of === 'arms' ? <Comparison all /> : <StagePrints id={prints.id} />}
    </div>
  );
}

function StagePrints({ id }: { id: string }) {
  const stage = useStage(id);
  const axis = useView((s) => rowAxis(s.xAxis));
  const log = useView((s) => s.insideLog);
  const style = useLab((s) => s.styles[id]);
  if (!stage) return null;
  const metrics = metricSections(stage.stage, metricSeries(stage.rows), stage.evaluations).flatMap(
    (section) => section.metrics,
  );
  const end = Math.max(Number.MIN_VALUE, ...metrics.flatMap((m) => m.points.map((p) => p[axis])));
  return (
    <div>
      {metrics.map(({ name, points }) => (
        <MetricChart
          key={name}
          {...{ name, points, axis, end, log }}
          arm={{ id, style: style ?? 0 }}
          colour={style === undefined ? 'var(--text)' : armColour(style)}
        />
      ))}
    </div>
  );
}

/** Waits until every frame has its picture and nothing moves any more. Returns how to leave off. */
function whenDrawn(room: HTMLElement, then: PrintRoomProps['onDrawn']): () => void {
  const began = performance.now();
  let moved = began;
  const watcher = new MutationObserver(() => (moved = performance.now()));
  watcher.observe(room, { subtree: true, childList: true, attributes: true, characterData: true });
  const timer = setInterval(() => {
    const now = performance.now();
    const frames = [...room.querySelectorAll('figure')];
    const isDrawn = frames.length > 0 && now - moved > CALM;
    if (!isDrawn && now - began < PATIENCE) return;
    leave();
    then(isDrawn ? frames.filter((frame) => frame.querySelector('.recharts-surface')) : null);
  }, 50);
  const leave = () => {
    clearInterval(timer);
    watcher.disconnect();
  };
  return leave;
}
