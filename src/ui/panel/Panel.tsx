import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { ErrorBoundary, type FallbackProps } from 'react-error-boundary';
import { useTranslation } from 'react-i18next';
import type { en } from '../i18n/en';
import classes from './panel.module.css';
import { isMissingScript } from '../shell/missing';
import { reportOf } from './report';

export type PanelName = keyof (typeof en)['broken']['names'];

/** A part of the page that may fail by itself: the others stay. Without a name: the whole page. */
export function Panel({ name, children }: { name?: PanelName; children: ReactNode }) {
  const [componentStack, setComponentStack] = useState('');
  return (
    <ErrorBoundary
      onError={(_, info) => setComponentStack(info.componentStack ?? '')}
      fallbackRender={({ error, resetErrorBoundary }) => (
        <Broken name={name} {...{ error, resetErrorBoundary, componentStack }} />
      )}
    >
      {children}
    </ErrorBoundary>
  );
}

interface BrokenProps extends FallbackProps {
  name: PanelName | undefined;
  /** Which components the error passed through. */
  componentStack: string;
}

/** In place of a part that has failed: what it was, a way to see it again, and a report to send to somebody. */
function Broken({ name, error, resetErrorBoundary, componentStack }: BrokenProps) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState<'yes' | 'no' | null>(null);
  const missing = isMissingScript(error);
  const report = () => reportOf(error, { panel: name ?? 'page', componentStack });
  const copy = () =>
    navigator.clipboard.writeText(report()).then(
      () => setCopied('yes'),
      () => setCopied('no'),
    );
  return (
    <section className={classes.broken} role="alert" data-broken={name ?? 'page'}>
      <b>{name ? t('broken.panel', { name: t(`broken.names.${name}`) }) : t('broken.page')}</b>
      {missing ? (
        <span>{t('broken.missing')}</span>
      ) : (
        <code>{error instanceof Error ? error.message : String(error)}</code>
      )}
      <div className={classes.choices}>
        <Button size="compact-sm" variant="default" onClick={resetErrorBoundary}>
          {t('broken.retry')}
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => void copy()}>
          {copied === 'yes' ? t('broken.copied') : t('broken.copy')}
        </Button>
        {(!name || missing) && (
          <Button size="compact-sm" variant="default" onClick={() => location.reload()}>
            {t('broken.reload')}
          </Button>
        )}
      </div>
      {copied === 'no' && <textarea readOnly rows={6} aria-label={t('broken.report')} value={report()} />}
    </section>
  );
}
