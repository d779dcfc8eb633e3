import { useTranslation } from 'react-i18next';
import { Brand } from './Brand';
import { isMissingScript } from './missing';
import classes from './shell.module.css';

interface ShellProps {
  /** Why the page itself did not come. */
  failure?: unknown;
}

/** The first picture, while the page itself is on its way: its parts where they will be. It knows nothing of the lab. */
export function Shell({ failure }: ShellProps) {
  const { t } = useTranslation();
  const charts = (['reward', 'kl', 'winRate', 'frontier'] as const).map((name) => (
    <div key={name} className={classes.box}>
      <h3>{t(`charts.${name}.title`)}</h3>
    </div>
  ));
  return (
    <div className={classes.shell} data-shell>
      <header className={classes.header}>
        <Brand />
      </header>
      <main className={classes.main}>
        {failure !== undefined ? (
          <p className={classes.status} role="alert" data-broken="page">
            {isMissingScript(failure) ? t('broken.missing') : `${t('broken.page')} ${String(failure)}`}{' '}
            <button type="button" onClick={() => location.reload()}>
              {t('broken.reload')}
            </button>
          </p>
        ) : (
          <p className={classes.status} role="status">
            {t('app.opening')}
          </p>
        )}
        <div className={classes.rail}>
          <div className={classes.box} />
        </div>
        <div className={classes.body}>
          <div className={classes.box} />
          <div className={classes.charts}>{charts}</div>
          <div className={classes.box}>
            <h2>{t('samples.title')}</h2>
          </div>
        </div>
      </main>
    </div>
  );
}
