import { Menu } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { LANGUAGES } from '../i18n';
import { chooseLanguage } from '../i18n/choose';
import { useOpened, type OpensProps } from '../panel/Opener';
import { choose } from '../store/useView';

/** The languages of the page, each in its own words. */
export function LanguageMenu({ button }: OpensProps) {
  const { i18n } = useTranslation();
  const [opened, setOpened] = useOpened();
  return (
    <Menu opened={opened} onChange={setOpened}>
      <Menu.Target>{button}</Menu.Target>
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
  );
}
