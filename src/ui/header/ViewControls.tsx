import {
  ActionIcon,
  Menu,
  Popover,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import {
  IconCheck,
  IconHelp,
  IconLanguage,
  IconLink,
  IconMoon,
  IconPresentation,
  IconSun,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LANGUAGES } from '../i18n';
import { chooseLanguage } from '../i18n/choose';
import { actions, useLab } from '../store/useLab';
import { choose, setProjector, setView, useView } from '../store/useView';
import { Help } from './Help';
import classes from './header.module.css';

/** Sharing, language, projector mode, theme, help. */
export function ViewControls() {
  const { t, i18n } = useTranslation();
  const projector = useView((s) => s.projector);
  const help = useView((s) => s.help);
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  const themeLabel = t(isDark ? 'view.light' : 'view.dark');
  return (
    <div className={classes.view}>
      <ShareButton />
      <Menu>
        <Menu.Target>
          <ActionIcon aria-label={t('view.language')} title={t('view.language')}>
            <IconLanguage size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {LANGUAGES.map(({ code, tag, name }) => (
            <Menu.Item
              key={code}
              lang={tag}
              rightSection={i18n.language === code ? <IconCheck size={14} /> : undefined}
              onClick={() => void choose(code, chooseLanguage)}
            >
              {name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
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
      <Popover
        opened={help}
        onChange={(opened) => setView({ help: opened })}
        position="bottom-end"
        width={360}
        withRoles
        trapFocus
        returnFocus
      >
        <Popover.Target>
          <ActionIcon
            aria-label={t('view.help')}
            title={t('view.help')}
            onClick={() => setView({ help: !help })}
          >
            <IconHelp size={18} />
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown>
          <Help />
        </Popover.Dropdown>
      </Popover>
    </div>
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
    <Tooltip label={message} opened={message !== ''}>
      <ActionIcon
        aria-label={message || t('view.share')}
        title={valid ? t('view.share') : t('view.shareInvalid')}
        aria-disabled={!valid}
        onClick={() => valid && void share()}
      >
        {message === t('view.shared') ? <IconCheck size={18} /> : <IconLink size={18} />}
      </ActionIcon>
    </Tooltip>
  );
}
