import { useTranslation } from 'react-i18next';
import classes from './shell.module.css';

/** The sign and the name of the page. */
export function Brand() {
  const { t } = useTranslation();
  return (
    <h1 className={classes.brand}>
      <svg
        viewBox="0 0 24 24"
        width="22"
        height="22"
        aria-hidden
        fill="none"
        strokeWidth="2.25"
        strokeLinecap="round"
      >
        <path d="M2 12h7c4.5 0 3.5-7 9-7M9 12c4.5 0 3.5 7 9 7" stroke="currentColor" />
        <circle cx="20" cy="5" r="2.2" stroke="var(--arm-0)" />
        <circle cx="20" cy="19" r="2.2" stroke="var(--arm-1)" />
      </svg>
      <span>{t('app.name')}</span>
    </h1>
  );
}
