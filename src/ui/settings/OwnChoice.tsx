import { NativeSelect } from '@mantine/core';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import type { OwnKind } from '../../pipeline/contract/own';
import { loadOwnData, useOwnData } from '../store/own-data';
import classes from './settings.module.css';

interface OwnChoiceProps {
  id: string;
  of: OwnKind;
  value: unknown;
  described: string;
  set: (value: unknown) => void;
}

/** Which of a person's own data of a kind; what a link names and this browser does not have is named, too. */
export function OwnChoice({ id, of, value, described, set }: OwnChoiceProps) {
  const { t } = useTranslation();
  const loaded = useOwnData((s) => s.loaded);
  const items = useOwnData(useShallow((s) => s.items.filter(({ kind }) => kind === of)));
  useEffect(() => void loadOwnData(), []);
  const hash = typeof value === 'string' ? value : null;
  const isMissing = hash !== null && loaded && !items.some((item) => item.hash === hash);
  const missing = { value: hash ?? '', label: t('settings.ownMissing', { hash: (hash ?? '').slice(0, 8) }) };
  return (
    <NativeSelect
      id={id}
      size="xs"
      className={classes.choice}
      data={[
        { value: '', label: t('settings.ownNone') },
        ...(isMissing ? [missing] : []),
        ...items.map((item) => ({ value: item.hash, label: item.name })),
      ]}
      value={hash ?? ''}
      error={isMissing}
      onChange={(e) => set(e.currentTarget.value || null)}
      aria-describedby={described}
    />
  );
}
