import { Button } from '@mantine/core';
import { IconBook2 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Brand } from '../shell/Brand';
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
        <Brand />
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
