import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './transfer.module.css';

interface RowProps {
  name: string;
  about?: ReactNode;
  /** What it can be saved as, by the name of the format. */
  formats: Readonly<Record<string, (() => void) | undefined>>;
  disabled?: boolean;
}

/** One thing that can be saved, and as what. */
export function Row({ name, about, formats, disabled = false }: RowProps) {
  const { t } = useTranslation();
  return (
    <li className={classes.row}>
      <div className={classes.what}>
        <b>{name}</b>
        {about && <span>{about}</span>}
      </div>
      <div className={classes.formats}>
        {Object.entries(formats).map(([format, save]) => (
          <Button
            key={format}
            size="compact-sm"
            variant="default"
            disabled={disabled || !save}
            aria-label={t('transfer.save', { what: name, format })}
            onClick={save}
          >
            {format}
          </Button>
        ))}
      </div>
    </li>
  );
}

/** What belongs together. */
export const Section = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className={classes.section}>
    <h3>{title}</h3>
    <ul className={classes.rows}>{children}</ul>
  </section>
);
