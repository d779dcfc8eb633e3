import { Button } from '@mantine/core';
import { IconBook2 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { setView } from '../store/useView';
import { BackendBadge } from './BackendBadge';
import classes from './header.module.css';
import { RunControls } from './RunControls';
import { Setup, TaskSwitch } from './Setup';
import { ViewControls } from './ViewControls';

/** Name, task, starting point, run controls, backend, view: everything that is about the whole page. */
export function Header() {
  const { t } = useTranslation();
  return (
    <header className={classes.header}>
      <div className={classes.row}>
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
          <span className={classes.name}>{t('app.name')}</span>
        </h1>
        <Button
          size="compact-md"
          variant="default"
          className={classes.lessons}
          leftSection={<IconBook2 size={16} />}
          aria-haspopup="dialog"
          onClick={() => setView({ gallery: true })}
        >
          {t('gallery.open')}
        </Button>
        <TaskSwitch />
        <Setup />
        <RunControls />
        <div className={classes.end}>
          <BackendBadge />
          <ViewControls />
        </div>
      </div>
    </header>
  );
}
