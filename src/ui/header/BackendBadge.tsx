import { UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconCpu } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { compact } from '../i18n/format';
import { Opener } from '../panel/Opener';
import { part } from '../panel/part';
import { useLab } from '../store/useLab';
import classes from './header.module.css';

export const backendDetails = part(async () => (await import('./BackendDetails')).BackendDetails);

/** Where the training runs, how fast, and why there. */
export function BackendBadge() {
  const { t } = useTranslation();
  const engine = useLab((s) => s.engine);
  const speed = useLab((s) => s.tokensPerSecond);
  const report = engine.status === 'ready' ? engine.report : null;
  const name = report
    ? `${t(`backend.names.${report.info.backend}`)}${report.info.precision ? ` ${report.info.precision}` : ''}`
    : t(engine.status === 'failed' ? 'backend.failed' : 'backend.starting');
  const speedText = speed === null ? '' : t('status.tokens', { speed: compact(speed) });
  const button = (
    <UnstyledButton className={classes.badge} data-failed={engine.status === 'failed' || undefined}>
      <IconCpu size={15} aria-hidden />
      <VisuallyHidden>{t('backend.label')}</VisuallyHidden>
      <b>{name}</b>
      {speedText && <span className={classes.speed}>{speedText}</span>}
    </UnstyledButton>
  );
  return <Opener panel="header" of={backendDetails} with={{ speedText }} button={button} popup="dialog" />;
}
