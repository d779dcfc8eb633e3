import { Button, SegmentedControl } from '@mantine/core';
import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipForwardFilled,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { separated } from '../i18n/list';
import { actions, useLab } from '../store/useLab';
import { SPEEDS } from '../recorded/player';
import classes from './replay.module.css';

/** Controls of the recording that is shown; the sentence beside them says that it is one. */
export function ReplayBar() {
  const { t } = useTranslation();
  const replay = useLab((s) => s.replay);
  const arms = useLab((s) => s.config.arms);
  if (!replay) return null;
  const names = arms.filter((arm) => replay.leftOut.includes(arm.id)).map((arm) => arm.name);
  const playing = replay.state === 'playing';
  return (
    <div className={classes.bar} role="group" aria-label={t('replay.group')}>
      <span
        className={classes.track}
        role="progressbar"
        aria-label={t('replay.progress')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(100 * replay.share)}
      >
        <span style={{ transform: `scaleX(${replay.share})` }} />
      </span>
      <Button
        size="compact-xs"
        variant="default"
        leftSection={playing ? <IconPlayerPauseFilled size={12} /> : <IconPlayerPlayFilled size={12} />}
        onClick={actions.toggleReplay}
      >
        {t(playing ? 'replay.pause' : replay.state === 'ended' ? 'replay.again' : 'replay.play')}
      </Button>
      <SegmentedControl
        size="xs"
        className={classes.speeds}
        aria-label={t('replay.speed')}
        value={String(replay.speed)}
        onChange={(value) => actions.replaySpeed(Number(value))}
        data={SPEEDS.map((speed) => ({ value: String(speed), label: `${speed}×` }))}
      />
      <Button
        size="compact-xs"
        variant="default"
        disabled={replay.state === 'ended'}
        leftSection={<IconPlayerSkipForwardFilled size={12} />}
        onClick={actions.finishReplay}
      >
        {t('replay.finish')}
      </Button>
      <Button size="compact-xs" variant="default" className={classes.leave} onClick={actions.leaveReplay}>
        {t('replay.leave')}
      </Button>
      {names.length > 0 && (
        <span className={classes.leftOut} data-left-out>
          {t('replay.leftOut', { names: separated(names) })}
        </span>
      )}
    </div>
  );
}
