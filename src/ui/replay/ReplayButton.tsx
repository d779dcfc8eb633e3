import { Button } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { messageOf, type Message } from '../../messages';
import { messageText } from '../i18n/dynamic';
import type { DemoEntry } from '../lessons/demos';
import { actions, useLab } from '../store/useLab';
import { PLAYING_TIME } from '../recorded/player';
import classes from './replay.module.css';
import { hasRecording } from '../recorded/recordings';

/** Shows the recorded run of a lesson; there without an engine, too. */
export function ReplayButton({ demo }: { demo: DemoEntry }) {
  const { t } = useTranslation();
  const idle = useLab((s) => s.state === 'idle');
  const [problem, setProblem] = useState<Message | null>(null);
  if (!hasRecording(demo.name)) return null;
  const start = () => {
    setProblem(null);
    actions.replay(demo).catch((error: unknown) => setProblem(messageOf(error)));
  };
  return (
    <div className={classes.replay}>
      <Button
        size="compact-sm"
        variant="default"
        disabled={!idle}
        leftSection={<IconHistory size={15} />}
        onClick={start}
      >
        {t('replay.start')}
      </Button>
      <p className={classes.about}>
        {problem ? (
          <span role="alert">{t('replay.failed', { message: messageText(problem) })}</span>
        ) : (
          t('replay.about', { seconds: String(PLAYING_TIME) })
        )}
      </p>
    </div>
  );
}
