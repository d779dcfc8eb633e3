import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import {
  IconCheck,
  IconDatabase,
  IconFileExport,
  IconHelp,
  IconLanguage,
  IconLink,
  IconMoon,
  IconPresentation,
  IconSun,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Opener } from '../panel/Opener';
import { part } from '../panel/part';
import { useKept } from '../store/keep';
import { actions, useLab } from '../store/useLab';
import { setProjector, setView, useView } from '../store/useView';
import classes from './header.module.css';

export const languageMenu = part(async () => (await import('./LanguageMenu')).LanguageMenu);
export const helpPopover = part(async () => (await import('./HelpPopover')).HelpPopover);

/** Sharing, language, projector mode, theme, help. */
export function ViewControls() {
  const { t } = useTranslation();
  const projector = useView((s) => s.projector);
  const help = useView((s) => s.help);
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  const themeLabel = t(isDark ? 'view.light' : 'view.dark');
  const language = (
    <ActionIcon aria-label={t('view.language')} title={t('view.language')}>
      <IconLanguage size={18} />
    </ActionIcon>
  );
  const helpButton = (
    <ActionIcon aria-label={t('view.help')} title={t('view.help')}>
      <IconHelp size={18} />
    </ActionIcon>
  );
  return (
    <div className={classes.view}>
      <ShareButton />
      <StoredButton />
      <ActionIcon
        aria-label={t('view.transfer')}
        title={t('view.transfer')}
        aria-haspopup="dialog"
        onClick={() => setView({ transfer: true })}
      >
        <IconFileExport size={18} />
      </ActionIcon>
      <Opener panel="header" of={languageMenu} with={{}} button={language} popup="menu" />
      <ActionIcon
        aria-label={t('view.projector')}
        title={t('view.projector')}
        aria-pressed={projector}
        variant={projector ? 'filled' : 'subtle'}
        onClick={() => setProjector(!projector)}
      >
        <IconPresentation size={18} />
      </ActionIcon>
      <ActionIcon
        aria-label={themeLabel}
        title={themeLabel}
        onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
      >
        {isDark ? <IconSun size={18} /> : <IconMoon size={18} />}
      </ActionIcon>
      <Opener
        panel="header"
        of={helpPopover}
        with={{}}
        button={helpButton}
        popup="dialog"
        opened={help}
        onOpen={() => setView({ help: true })}
      />
    </div>
  );
}

/** Opens the list of what is stored; its dot says that something could not be. */
function StoredButton() {
  const { t } = useTranslation();
  const isOff = useKept((s) => s.status === 'off' || s.problem !== undefined);
  return (
    <ActionIcon
      aria-label={t('view.stored')}
      title={t('view.stored')}
      aria-haspopup="dialog"
      data-stored={isOff ? 'problem' : undefined}
      className={classes.stored}
      onClick={() => setView({ stored: true })}
    >
      <IconDatabase size={18} />
    </ActionIcon>
  );
}

/** Copies the address of this page; shows it where the clipboard is closed. */
function ShareButton() {
  const { t } = useTranslation();
  const valid = useLab((s) => s.problems.length === 0);
  const [message, setMessage] = useState('');
  const share = async () => {
    const link = actions.shareLink();
    try {
      await navigator.clipboard.writeText(link);
      setMessage(t('view.shared'));
    } catch {
      setMessage(t('view.shareFailed', { link }));
    }
    setTimeout(() => setMessage(''), 4000);
  };
  return (
    <div className={classes.share}>
      <ActionIcon
        aria-label={message || t('view.share')}
        title={valid ? t('view.share') : t('view.shareInvalid')}
        aria-disabled={!valid}
        onClick={() => valid && void share()}
      >
        {message === t('view.shared') ? <IconCheck size={18} /> : <IconLink size={18} />}
      </ActionIcon>
      {message && <p className={classes.shared}>{message}</p>}
    </div>
  );
}
