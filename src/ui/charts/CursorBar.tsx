import { Button, Checkbox } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import '../i18n/look';
import { cursorOn, hold, litArm, release, setCursor, useCursor } from '../store/useCursor';
import { useGhosts } from '../store/useGhosts';
import { useView } from '../store/useView';
import { armColour, armStyle, isHollow } from '../theme/palette';
import classes from './charts.module.css';
import { MarkerIcon } from './Marker';
import { armClass } from './scrub';
import { usePlaceText } from './Scrubber';

/** More names than this leave no room for the hint. */
const MOST_NAMES = 4;

interface CursorBarProps {
  arms: readonly { id: string; name: string; style: number }[];
  /** Switches of what stands below. */
  children?: ReactNode;
}

/** The arms by name, to single one out; where the cursor stands; and the way back to everything. */
export function CursorBar({ arms, children }: CursorBarProps) {
  const { t } = useTranslation('look');
  const held = useCursor((s) => s.held);
  const others = useCursor((s) => s.others);
  const ghosts = useCursor((s) => s.ghosts);
  const zoom = useCursor((s) => s.zoom);
  const hasGhosts = useGhosts((s) => s.ghosts.length > 0);
  return (
    <div className={classes.cursorBar}>
      <div className={classes.names} role="group" aria-label={t('arms.group')}>
        {arms.length > 1 &&
          arms.map(({ id, name, style }) => (
            <button
              key={id}
              type="button"
              className={`${classes.name} ${armClass(id)}`}
              aria-pressed={held === id}
              title={t(held === id ? 'arms.letGo' : 'arms.single', { name })}
              style={{ color: armColour(style) }}
              onPointerEnter={(e) => e.pointerType === 'mouse' && setCursor({ pointed: id })}
              onPointerLeave={() => setCursor({ pointed: null })}
              onClick={() => hold(id)}
            >
              <MarkerIcon
                shape={armStyle(style).marker}
                colour={armColour(style)}
                size={11}
                hollow={isHollow(style)}
              />
              {name}
            </button>
          ))}
      </div>
      <span className={classes.cursorEnd}>
        {held !== null && (
          <Checkbox
            size="xs"
            checked={others === 'hidden'}
            label={t('arms.hideOthers')}
            onChange={(e) => setCursor({ others: e.currentTarget.checked ? 'hidden' : 'faded' })}
          />
        )}
        {children}
        {hasGhosts && arms.length > 0 && (
          <Checkbox
            size="xs"
            checked={ghosts}
            label={t('ghosts')}
            onChange={(e) => setCursor({ ghosts: e.currentTarget.checked })}
          />
        )}
        {zoom && (
          <Button size="compact-xs" variant="default" onClick={() => setCursor({ zoom: null })}>
            {t('zoom.out')}
          </Button>
        )}
        <Pinned hinted={arms.length <= MOST_NAMES} />
      </span>
      <Lit />
    </div>
  );
}

/** Where the cursor was put, and how to let go of it. */
function Pinned({ hinted }: { hinted: boolean }) {
  const { t } = useTranslation('look');
  const axis = useView((s) => s.xAxis);
  const time = useCursor((s) => cursorOn(axis, s));
  const pinned = useCursor((s) => s.pinned?.axis === axis);
  const place = usePlaceText();
  if (time === undefined) return hinted && <span className={classes.muted}>{t('cursor.hint')}</span>;
  return (
    <>
      <b aria-live="polite">{place(axis, time)}</b>
      {pinned && (
        <Button size="compact-xs" variant="default" onClick={release}>
          {t('cursor.release')}
        </Button>
      )}
    </>
  );
}

/** Fades all lines but those of the arm that is pointed at or singled out, without drawing them again; words stay readable. */
function Lit() {
  const lit = useCursor(litArm);
  if (lit === null) return null;
  return <style>{`[data-charts] svg .arm:not(.arm-${CSS.escape(lit)}){opacity:.16}`}</style>;
}
