import { TextInput } from '@mantine/core';
import type { ColumnDef } from '@tanstack/react-table';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fixed } from '../i18n/format';
import classes from './look.module.css';
import type { DemonstrationRow, Learned } from './learned';
import { VirtualTable } from './VirtualTable';

interface DemonstrationTableProps {
  name: string;
  learned: Extract<Learned, { kind: 'demonstrations' | 'text' }>;
}

/** Demonstrations or documents in the order in which they were shown. */
export function DemonstrationTable({ name, learned: { kind, rows, total } }: DemonstrationTableProps) {
  const { t } = useTranslation('look');
  const [search, setSearch] = useState('');
  const columns = useMemo(
    (): ColumnDef<DemonstrationRow>[] => [
      { accessorKey: 'number', header: '#', enableGlobalFilter: false },
      {
        id: 'text',
        accessorFn: (row) => `${row.prompt} ${row.answer}`,
        header: t(`data.column.${kind}`),
        cell: ({ row: { original: r } }) => (
          <span className={classes.words}>
            {r.prompt && <span className={classes.muted}>{r.prompt} </span>}
            {r.answer}
          </span>
        ),
      },
      ...(kind === 'text'
        ? []
        : [
            {
              accessorKey: 'gold',
              header: t('data.column.gold'),
              enableGlobalFilter: false,
              cell: ({ row }) => (row.original.gold === undefined ? '–' : fixed(row.original.gold, 2, true)),
            } satisfies ColumnDef<DemonstrationRow>,
          ]),
    ],
    [kind, t],
  );
  return (
    <section className={classes.data} data-learned={kind}>
      <p className={classes.about}>
        {t(`data.about.${kind}`, { name, total: String(total), shown: String(rows.length) })}
      </p>
      <TextInput
        size="xs"
        placeholder={t('data.search')}
        aria-label={t('data.search')}
        value={search}
        onChange={(e) => setSearch(e.currentTarget.value)}
      />
      <VirtualTable
        label={t(`data.column.${kind}`)}
        rows={rows}
        columns={columns}
        widths={kind === 'text' ? '3.5rem minmax(0, 1fr)' : '3.5rem minmax(0, 1fr) 5rem'}
        search={search}
        height={kind === 'text' ? 64 : 44}
      />
    </section>
  );
}
