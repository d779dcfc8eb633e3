import { Button } from '@mantine/core';
import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipForward,
  IconRotate2,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { actions, canRun, useLab } from '../store/useLab';
import classes from './header.module.css';

/** Run, pause, step, reset. Reasons why Run is off stand in the line below the header. */
export function RunControls() {
  const { t } = useTranslation();
  const state = useLab((s) => s.state);
  const possible = useLab((s) => canRun(s));
  const touched = useLab(
    (s) =>
      s.state !== 'idle' || s.engine.status === 'failed' || s.stages.some((stage) => stage.source === 'live'),
  );
  return (
    <div className={classes.run} role="group" aria-label={t('run.group')}>
      <Button
        size="compact-md"
        className={classes.primary}
        disabled={!possible}
        aria-describedby="status"
        leftSection={<IconPlayerPlayFilled size={15} />}
        onClick={actions.run}
      >
        {t(state === 'paused' ? 'run.resume' : 'run.run')}
      </Button>
      <Button
        size="compact-md"
        variant="default"
        title={t('run.pause')}
        disabled={state !== 'running'}
        leftSection={<IconPlayerPauseFilled size={15} />}
        onClick={actions.pause}
      >
        <span className={classes.caption}>{t('run.pause')}</span>
      </Button>
      <Button
        size="compact-md"
        variant="default"
        title={t('run.stepHint')}
        disabled={!possible && state !== 'running'}
        leftSection={<IconPlayerSkipForward size={15} />}
        onClick={actions.step}
      >
        <span className={classes.caption}>{t('run.step')}</span>
      </Button>
      <Button
        size="compact-md"
        variant="default"
        title={t('run.resetHint')}
        disabled={!touched}
        leftSection={<IconRotate2 size={15} />}
        onClick={actions.reset}
      >
        <span className={classes.caption}>{t('run.reset')}</span>
      </Button>
    </div>
  );
}
