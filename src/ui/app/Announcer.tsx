import { VisuallyHidden } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { messageText } from '../i18n/dynamic';
import { useStageName } from '../store/useStageName';
import { findingsOf } from '../store/findings';
import { useLab } from '../store/useLab';

/** Tells screen readers what changed: starts, pauses, stages that end or fail. Not every update. */
export function Announcer() {
  const { t } = useTranslation();
  const stageName = useStageName();
  const [message, setMessage] = useState('');
  useEffect(
    () =>
      useLab.subscribe((now, before) => {
        if (now.state !== before.state) setMessage(t(`live.${now.state}`));
        if (!!now.replay !== !!before.replay) setMessage(t(now.replay ? 'live.replay' : 'live.replayLeft'));
        if (now.replay) return;
        if (now.stages === before.stages) return;
        const ended = now.stages.flatMap((stage) => {
          const was = before.stages.find((s) => s.id === stage.id)?.status;
          if (was === stage.status || was !== 'running') return [];
          const name = stageName(stage);
          if (stage.status === 'done')
            return [t(findingsOf(stage).length ? 'live.doneTrouble' : 'live.done', { name })];
          if (stage.status !== 'failed') return [];
          return [t('live.failed', { name, message: stage.failure ? messageText(stage.failure) : '' })];
        });
        if (ended.length) setMessage(ended.join(' '));
      }),
    [t, stageName],
  );
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {message}
    </VisuallyHidden>
  );
}
