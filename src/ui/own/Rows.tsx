import type { ColumnDef } from '@tanstack/react-table';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OwnReading, ReadRow } from '../../exchange/data/own-rows';
import { messageText } from '../i18n/dynamic';
import { separated } from '../i18n/list';
import { VirtualTable } from '../look/VirtualTable';
import { nearestWords } from './nearest';
import classes from './own.module.css';

/** Words that are shown with their nearest. */
const MOST_UNKNOWN = 40;

type Row = ReadRow & { number: number };

/** Every row of a file with what is wrong with it. */
export function Rows({ reading }: { reading: OwnReading }) {
  const { t } = useTranslation();
  const { kind, rows, sound } = reading;
  const [onlyBad, setOnlyBad] = useState(false);
  const shown = useMemo(
    (): Row[] =>
      rows.filter(({ problem }) => !onlyBad || problem).map((row) => ({ ...row, number: row.line })),
    [rows, onlyBad],
  );
  const columns = useMemo(
    (): ColumnDef<Row>[] => [
      { accessorKey: 'line', header: t('own.data.line') },
      {
        id: 'text',
        accessorFn: (row) => Object.values(row.shown).join(' '),
        header: t('own.data.row'),
        cell: ({ row: { original: r } }) => (
          <span className={classes.words}>
            {Object.entries(r.shown).map(([name, text]) => (
              <span key={name}>
                <span className={classes.muted}>{name} </span>
                {text}{' '}
              </span>
            ))}
          </span>
        ),
      },
      {
        id: 'problem',
        accessorFn: (row) => (row.problem ? 1 : 0),
        header: t('own.data.problem'),
        cell: ({ row: { original: r } }) =>
          r.problem ? (
            <span className={classes.words} data-problem={r.problem.code}>
              {messageText(r.problem)}
            </span>
          ) : (
            t('own.data.sound')
          ),
      },
    ],
    [t],
  );
  return (
    <section className={classes.scores} data-rows-read={rows.length} data-sound={sound}>
      <p className={classes.verdict} role="status">
        <b>{t('own.data.summary', { sound: String(sound), all: String(rows.length) })}</b>{' '}
        {kind && t(`own.data.kind.${kind}`)}
      </p>
      <div className={classes.examples}>
        {([false, true] as const).map((bad) => (
          <button
            key={String(bad)}
            type="button"
            aria-pressed={onlyBad === bad}
            onClick={() => setOnlyBad(bad)}
          >
            {t(bad ? 'own.data.onlyBad' : 'own.data.all', {
              n: String(bad ? rows.length - sound : rows.length),
            })}
          </button>
        ))}
      </div>
      <VirtualTable
        label={t('own.data.row')}
        rows={shown}
        columns={columns}
        widths="3.5rem minmax(0, 1fr) minmax(0, 0.8fr)"
        search=""
      />
      <Unknown words={reading.unknown} />
    </section>
  );
}

/** Words that the vocabulary lacks, with those that are written most like them. */
export function Unknown({ words }: { words: OwnReading['unknown'] }) {
  const { t } = useTranslation();
  const shown = useMemo(
    () => words.slice(0, MOST_UNKNOWN).map((one) => ({ ...one, near: nearestWords(one.word.slice(0, 40)) })),
    [words],
  );
  if (words.length === 0) return null;
  return (
    <details className={classes.unknown} open>
      <summary>{t('own.data.unknown', { n: String(words.length) })}</summary>
      <ul>
        {shown.map(({ word, rows, near }) => (
          <li key={word} data-unknown={word}>
            <b>{word}</b>{' '}
            <span className={classes.muted}>
              {t('own.data.inRows', { n: String(rows) })}
              {near.length > 0 && ` · ${t('own.data.near', { words: separated(near) })}`}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
