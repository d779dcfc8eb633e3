import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import '../i18n/look';
import { brief } from '../i18n/format';
import { cursorOn, pin, release, setCursor, useCursor } from '../store/useCursor';
import type { XAxisName } from '../store/series';
import { armColour, armStyle, isHollow } from '../theme/palette';
import type { Axis } from './axes';
import classes from './charts.module.css';
import { MarkerIcon } from './Marker';
import { armClass, readingsAt, stepped, stopsOf, zoomAround, type Scrub } from './scrub';

/** A place in time, in words. */
export function usePlaceText(): (axis: XAxisName, x: number) => string {
  const { t } = useTranslation('look');
  return (axis, x) => t(`cursor.at.${axis}`, { at: brief(x) });
}

/** Of more lines only the values fit: the place stands over all charts. */
const MOST = 4;

interface ReadoutProps {
  scrub: Scrub;
  /** What stands here while nothing is pointed at. */
  question: string;
}

/** The values of all lines where the cursor is, in a place of their own. */
export function Readout({ scrub, question }: ReadoutProps) {
  const time = useCursor((s) => cursorOn(scrub.axis, s));
  const place = usePlaceText();
  if (time === undefined) return question;
  return (
    <span className={classes.readout} data-readout>
      {scrub.lines.length <= MOST && <b>{place(scrub.axis, time)}</b>}
      {readingsAt(scrub.lines, time).map(({ line, point }, i) => (
        <span key={i} className={armClass(line.id)} style={{ color: line.colour ?? armColour(line.style) }}>
          {line.second ? (
            <span aria-hidden>┄</span>
          ) : (
            <MarkerIcon
              shape={armStyle(line.style).marker}
              colour={line.colour ?? armColour(line.style)}
              size={10}
              hollow={isHollow(line.style)}
            />
          )}
          {((line.second && scrub.formatSecond) || scrub.format)(point.y)}
        </span>
      ))}
    </span>
  );
}

interface ScrubberProps {
  scrub: Scrub;
  title: string;
  /** The stretch of time that is shown. */
  shown: Axis;
}

/** The cursor of a chart for keys and screen readers: ← and → go from measurement to measurement. */
export function Scrubber({ scrub, title, shown }: ScrubberProps) {
  const { t } = useTranslation('look');
  const { axis, lines, format, formatSecond } = scrub;
  const time = useCursor((s) => cursorOn(axis, s));
  const place = usePlaceText();
  const stops = stopsOf(lines);
  if (stops.length === 0) return null;
  const values =
    time === undefined
      ? t('cursor.nowhere')
      : [
          place(axis, time),
          ...readingsAt(lines, time).map(
            ({ line, point }) => `${line.name} ${((line.second && formatSecond) || format)(point.y)}`,
          ),
        ].join(', ');
  const go = (x: number | undefined) => x !== undefined && setCursor({ pinned: { axis, x }, hovered: null });
  const keys: Record<string, () => void> = {
    ArrowRight: () => go(stepped(stops, time, 1)),
    ArrowUp: () => go(stepped(stops, time, 1)),
    ArrowLeft: () => go(stepped(stops, time, -1)),
    ArrowDown: () => go(stepped(stops, time, -1)),
    Home: () => go(stops[0]),
    End: () => go(stops.at(-1)),
    Enter: () => time !== undefined && pin({ axis, x: time }),
    Escape: release,
    '+': () => setCursor({ zoom: { axis, ...zoomAround(shown, time ?? stops[0]!, 0.5) } }),
    '=': () => setCursor({ zoom: { axis, ...zoomAround(shown, time ?? stops[0]!, 0.5) } }),
    '-': () => setCursor({ zoom: { axis, ...zoomAround(shown, time ?? stops[0]!, 2) } }),
    '0': () => setCursor({ zoom: null }),
  };
  const press = (event: KeyboardEvent) => {
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  return (
    <div
      className={classes.scrubber}
      role="slider"
      tabIndex={0}
      aria-label={t('cursor.slider', { title })}
      aria-valuemin={stops[0]!}
      aria-valuemax={stops.at(-1)!}
      aria-valuenow={time ?? stops.at(-1)!}
      aria-valuetext={values}
      onKeyDown={press}
    />
  );
}
