import { Button } from '@mantine/core';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { loadOwnData, useOwnData } from '../store/own-data';
import { actions, useLab } from '../store/useLab';
import { setView } from '../store/useView';
import classes from './own.module.css';
import './words';

/** Says that gold is a person's rule, and what that changes. */
export function GoldNotice() {
  const { t } = useTranslation();
  const gold = useLab((s) => s.config.gold);
  const idle = useLab((s) => s.state === 'idle');
  const item = useOwnData((s) => s.items.find(({ hash }) => hash === gold));
  useEffect(() => void loadOwnData(), []);
  if (gold === undefined) return null;
  return (
    <div className={classes.notice} data-notice="gold" role="status">
      <p>{t('own.gold.notice', { name: item?.name ?? t('own.gold.missing') })}</p>
      <div className={classes.choices}>
        <Button size="compact-sm" variant="default" onClick={() => setView({ own: 'reward' })}>
          {t('own.gold.change')}
        </Button>
        <Button size="compact-sm" variant="default" disabled={!idle} onClick={() => actions.setGold()}>
          {t('own.gold.back')}
        </Button>
      </div>
    </div>
  );
}
