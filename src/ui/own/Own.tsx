import { Modal, Tabs } from '@mantine/core';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { loadOwnData } from '../store/own-data';
import { setView, useView, type OwnTab } from '../store/useView';
import classes from './own.module.css';
import { DataTab } from './DataTab';
import { RewardTab } from './RewardTab';
import { TextTab } from './TextTab';
import { WordsTab } from './WordsTab';
import './words';

const TABS: readonly OwnTab[] = ['reward', 'data', 'text', 'words'];

/** Rewards and data of one's own: written or brought, looked at, and only then used. */
export function Own() {
  const { t } = useTranslation();
  const tab = useView((s) => s.own);
  useEffect(() => void loadOwnData(), []);
  return (
    <Modal
      opened={tab !== null}
      onClose={() => setView({ own: null })}
      title={t('own.title')}
      size="72rem"
      closeButtonProps={{ 'aria-label': t('notice.close') }}
      classNames={{ title: classes.title! }}
    >
      <Tabs value={tab} onChange={(to) => setView({ own: to as OwnTab })} keepMounted={false}>
        <Tabs.List>
          {TABS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`own.tabs.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="reward" className={classes.panel}>
          <RewardTab />
        </Tabs.Panel>
        <Tabs.Panel value="data" className={classes.panel}>
          <DataTab />
        </Tabs.Panel>
        <Tabs.Panel value="text" className={classes.panel}>
          <TextTab />
        </Tabs.Panel>
        <Tabs.Panel value="words" className={classes.panel}>
          <WordsTab />
        </Tabs.Panel>
      </Tabs>
    </Modal>
  );
}
