import { CloseButton } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { actions, useLab } from '../store/useLab';
import classes from './app.module.css';

/** What a person should know once: parts of the link that were not used, a GPU that is none. */
export function Notices() {
  const { t } = useTranslation();
  const problems = useLab((s) => s.linkProblems);
  const engine = useLab((s) => s.engine);
  const [closed, setClosed] = useState(false);
  const report = engine.status === 'ready' ? engine.report : null;
  const isFallback =
    report !== null &&
    (report.info.backend === 'wasm' || report.info.backend === 'cpu') &&
    report.considered.some((c) => c.reason.startsWith('emulated in software'));
  return (
    <>
      {problems.length > 0 && (
        <div className={classes.notice} data-bad role="alert">
          <div>
            <b>{t('notice.link')}</b>
            <ul>
              {problems.map((p) => (
                <li key={p.path}>
                  <code>{p.path}</code> {p.message}
                </li>
              ))}
            </ul>
          </div>
          <CloseButton aria-label={t('notice.close')} onClick={actions.dismissLinkProblems} />
        </div>
      )}
      {isFallback && !closed && (
        <div className={classes.notice}>
          <p>{t('backend.softwareGpu', { name: t(`backend.names.${report.info.backend}`) })}</p>
          <CloseButton size="sm" aria-label={t('notice.close')} onClick={() => setClosed(true)} />
        </div>
      )}
    </>
  );
}
