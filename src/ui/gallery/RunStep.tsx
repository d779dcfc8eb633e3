import { Button } from '@mantine/core';
import { IconPlayerPlayFilled } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { taskText } from '../i18n/dynamic';
import { duration } from '../i18n/format';
import { ReplayButton } from '../replay/ReplayButton';
import { timesOf } from '../recorded/times';
import { useRecordedRuns } from '../figures/useRecorded';
import { actions, canRun, useLab } from '../store/useLab';
import type { DemoEntry } from '../lessons/demos';
import classes from './gallery.module.css';

/** Runs the lesson live, with the time that it took elsewhere, or shows the recording. */
export function RunStep({ demo }: { demo: DemoEntry }) {
  const { t } = useTranslation();
  const possible = useLab((s) => canRun(s));
  const paused = useLab((s) => s.state === 'paused');
  const task = useLab((s) => s.config.task);
  const runs = useRecordedRuns();
  const times = timesOf(runs, demo.config);
  return (
    <>
      <p>
        {t('lesson.runAbout', { count: demo.config.arms.length, task: taskText(task) })}{' '}
        {times &&
          t(demo.config.arms.length > 2 ? 'lesson.times' : 'lesson.time', {
            first: duration(times.first),
            all: duration(times.all),
            seed: duration(times.seed),
            count: runs.length,
          })}
      </p>
      <Button
        size="compact-sm"
        className={classes.primary}
        disabled={!possible}
        aria-describedby="status"
        aria-label={`${t('lesson.tab')}: ${t(paused ? 'run.resume' : 'run.run')}`}
        leftSection={<IconPlayerPlayFilled size={14} />}
        onClick={actions.run}
      >
        {t(paused ? 'run.resume' : 'run.run')}
      </Button>
      <ReplayButton demo={demo} />
    </>
  );
}
