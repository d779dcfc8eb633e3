import { Button } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { messageOf, sentence, type Message } from '../../messages';
import { language } from '../i18n';
import { settingText, stageText } from '../i18n/dynamic';
import type { StageName } from '../../pipeline/stages';
import type { DemoEntry } from '../lessons/demos';
import { actions, useLab } from '../store/useLab';
import { PLAYING_TIME } from '../recorded/player';
import classes from './replay.module.css';
import { hasRecording } from '../recorded/recordings';

const NAMES: Parameters<typeof sentence>[2] = {
  stage: (name) => stageText(name as StageName),
  setting: (stage, name) => settingText(stage as StageName, name).label,
};

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
          <span role="alert">{t('replay.failed', { message: sentence(problem, language(), NAMES) })}</span>
        ) : (
          t('replay.about', { seconds: String(PLAYING_TIME) })
        )}
      </p>
    </div>
  );
}
