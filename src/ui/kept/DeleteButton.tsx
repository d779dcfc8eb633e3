import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './kept.module.css';

interface DeleteButtonProps {
  label: string;
  about: string;
  disabled: boolean;
  /** What is asked; left out: whether it shall be gone for good. */
  sure?: string;
  onDelete: () => Promise<unknown>;
}

/** Asks once more in its own place. */
export function DeleteButton({ label, about, disabled, sure, onDelete }: DeleteButtonProps) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  if (!asked)
    return (
      <Button
        size="compact-xs"
        variant="subtle"
        title={about}
        aria-label={about}
        disabled={disabled}
        onClick={() => setAsked(true)}
      >
        {label}
      </Button>
    );
  return (
    <span className={classes.sure}>
      <Button
        size="compact-xs"
        color="red"
        autoFocus
        onClick={() => void onDelete().finally(() => setAsked(false))}
      >
        {sure ?? t('kept.sure')}
      </Button>
      <Button size="compact-xs" variant="default" onClick={() => setAsked(false)}>
        {t('kept.cancel')}
      </Button>
    </span>
  );
}
