import { CloseButton } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { messageText } from '../i18n/dynamic';
import { actions, useLab } from '../store/useLab';
import classes from './app.module.css';

/** Parts of the link that were not used. */
export function Notices() {
  const { t } = useTranslation();
  const problems = useLab((s) => s.linkProblems);
  return (
    <>
      {problems.length > 0 && (
        <div className={classes.notice} data-bad role="alert">
          <div>
            <b>{t('notice.link')}</b>
            <ul>
              {problems.map((p) => (
                <li key={p.path}>
                  <code>{p.path}</code> {messageText(p.message)}
                </li>
              ))}
            </ul>
          </div>
          <CloseButton aria-label={t('notice.close')} onClick={actions.dismissLinkProblems} />
        </div>
      )}
    </>
  );
}

/** Says that a GPU was found that is none. */
export function FallbackNote() {
  const { t } = useTranslation();
  const engine = useLab((s) => s.engine);
  const [closed, setClosed] = useState(false);
  const report = engine.status === 'ready' ? engine.report : null;
  const isFallback =
    report !== null &&
    (report.info.backend === 'wasm' || report.info.backend === 'cpu') &&
    report.considered.some((c) => c.reason.code === 'engine.software');
  const untouched = useLab((s) => s.state === 'idle' && !s.stages.some((m) => m.source === 'live'));
  if (!isFallback || closed || !untouched) return null;
  return (
    <p className={classes.note}>
      {t('backend.softwareGpu', { name: t(`backend.names.${report.info.backend}`) })}
      <CloseButton size="xs" aria-label={t('notice.close')} onClick={() => setClosed(true)} />
    </p>
  );
}
