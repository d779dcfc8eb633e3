import { Button, CloseButton } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { reloadRecordedRuns, useMissingRuns } from '../figures/useRecorded';
import { messageText, problemText } from '../i18n/dynamic';
import { LANGUAGES } from '../i18n';
import { loadNewVersion } from '../offline/version';
import { useKept } from '../store/keep';
import { actions, useLab } from '../store/useLab';
import { sizeNotes } from './size-note';
import { setView, useView } from '../store/useView';
import classes from './app.module.css';

/** Parts of the link that were not used, and files that did not come. */
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
                <li key={p.path}>{problemText(p.path, p.message)}</li>
              ))}
            </ul>
          </div>
          <CloseButton aria-label={t('notice.close')} onClick={actions.dismissLinkProblems} />
        </div>
      )}
      <SizeNotice />
      <VersionNotice />
      <LanguageNotice />
      <UnloadedNotice />
      <MissingRunsNotice />
    </>
  );
}

/** What a model costs that is not ready-made. */
function SizeNotice() {
  const { t } = useTranslation();
  const config = useLab((s) => s.config);
  const replay = useLab((s) => s.replay !== null);
  if (replay) return null;
  return sizeNotes(config).map(({ size, times }) => (
    <p key={size} className={classes.note} data-notice="size">
      {t('notice.size', { size, times: String(Math.round(times)) })}
    </p>
  ));
}

/** There is a new version: what is kept when it is loaded, and what is not. */
function VersionNotice() {
  const { t } = useTranslation();
  const newVersion = useView((s) => s.newVersion);
  const unkept = useKept((s) => s.status === 'off' || s.problem !== undefined);
  const trained = useLab((s) => s.state !== 'idle' || s.stages.some((stage) => stage.source === 'live'));
  if (!newVersion) return null;
  return (
    <div className={classes.notice} data-notice="version">
      <div role="status">
        <b>{t('version.there')}</b>
        <p>{t(trained && unkept ? 'version.keptButTrained' : 'version.kept')}</p>
      </div>
      <div className={classes.choices}>
        <Button size="compact-sm" variant="default" onClick={() => void loadNewVersion()}>
          {t('version.load')}
        </Button>
      </div>
    </div>
  );
}

/** A language that was asked for, whose words did not come. */
function LanguageNotice() {
  const { t } = useTranslation();
  const code = useView((s) => s.unspoken);
  if (!code) return null;
  return (
    <div className={classes.notice} data-bad data-notice="language" role="alert">
      <p>{t('notice.language', { name: LANGUAGES.find((l) => l.code === code)!.name })}</p>
      <CloseButton aria-label={t('notice.close')} onClick={() => setView({ unspoken: null })} />
    </div>
  );
}

/** Shipped results that could not be loaded, and what can be done about it. */
function UnloadedNotice() {
  const { t } = useTranslation();
  const unloaded = useLab((s) => s.unloaded);
  const replay = useLab((s) => s.replay !== null);
  const busy = useLab((s) => s.state !== 'idle' || !s.loaded);
  if (!unloaded.length || replay) return null;
  return (
    <div className={classes.notice} data-bad data-notice="unloaded">
      <div role="alert">
        <b>{t('notice.unloaded')}</b>
        <ul>
          {unloaded.map(({ id, reason }) => (
            <li key={id}>{messageText(reason)}</li>
          ))}
        </ul>
      </div>
      <div className={classes.choices}>
        <Button size="compact-sm" variant="default" loading={busy} onClick={actions.reloadShipped}>
          {t('notice.retry')}
        </Button>
        <Button size="compact-sm" variant="default" disabled={busy} onClick={actions.trainUnloaded}>
          {t('notice.trainLive')}
        </Button>
      </div>
    </div>
  );
}

/** Recorded seeds of the open lesson that did not come. */
function MissingRunsNotice() {
  const { t } = useTranslation();
  const missing = useMissingRuns();
  const [busy, setBusy] = useState(false);
  if (!missing.length) return null;
  const retry = () => {
    setBusy(true);
    void reloadRecordedRuns().finally(() => setBusy(false));
  };
  return (
    <div className={classes.notice} data-bad data-notice="runs">
      <div role="alert">
        <b>{t('notice.runs')}</b>
        <ul>
          {missing.map((reason, i) => (
            <li key={i}>{messageText(reason)}</li>
          ))}
        </ul>
      </div>
      <div className={classes.choices}>
        <Button size="compact-sm" variant="default" loading={busy} onClick={retry}>
          {t('notice.retry')}
        </Button>
      </div>
    </div>
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
