import { Button, TextInput } from '@mantine/core';
import type { ColumnDef } from '@tanstack/react-table';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fixed } from '../i18n/format';
import type { StageModel } from '../store/snapshot';
import { useStage } from '../store/useLab';
import { setView } from '../store/useView';
import classes from './look.module.css';
import { FILTERS, passes, type Filter, type PairRow } from './learned';
import { PairDetail } from './PairDetail';
import { useMargins } from './useMargins';
import { VirtualTable } from './VirtualTable';

interface PairsViewProps {
  name: string;
  rows: readonly PairRow[];
  /** The reward model that learned from them, by id. */
  reward: string | undefined;
  /** The stage that is looked into. */
  arm: StageModel;
}

/** Labelled pairs: which answer was chosen, which is truly better, and what the reward model makes of it. */
export function PairsView({ name, rows, reward, arm }: PairsViewProps) {
  const { t } = useTranslation('look');
  const { t: words } = useTranslation();
  const [search, setSearch] = useState('');
  const [filter, setFilter] = useState<Filter>('all');
  const [selected, setSelected] = useState<PairRow | null>(null);
  const artifact = useStage(reward ?? '')?.artifact;
  const margins = useMargins(rows, artifact?.kind === 'reward' ? artifact : undefined);
  const scored = margins.size;
  const counts = FILTERS.map((f) => rows.filter((row) => passes(row, f, margins.get(row.pair))).length);
  const shown = useMemo(
    () => rows.filter((row) => passes(row, filter, margins.get(row.pair))),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- margins grow in place
    [rows, filter, margins, filter === 'disagrees' && scored],
  );
  const columns = useMemo(
    (): ColumnDef<PairRow>[] => [
      { accessorKey: 'number', header: '#', enableGlobalFilter: false },
      answer('chosen', t('data.column.chosen')),
      answer('rejected', t('data.column.rejected')),
      {
        accessorKey: 'gap',
        header: t('data.column.gap'),
        enableGlobalFilter: false,
        cell: ({ row: { original: r } }) => (
          <span data-sign={r.gap < 0 ? 'minus' : 'plus'}>
            {fixed(r.gap, 2, true)}
            {r.flipped && <small> {t('data.flippedShort')}</small>}
          </span>
        ),
      },
      {
        id: 'margin',
        accessorFn: (row) => margins.get(row.pair) ?? -Infinity,
        header: t('data.column.margin'),
        enableGlobalFilter: false,
        cell: ({ row: { original: r } }) => {
          const margin = margins.get(r.pair);
          return margin === undefined ? '…' : <span data-sign={margin < 0 ? 'minus' : 'plus'}>{fixed(margin, 1, true)}</span>; // prettier-ignore
        },
      },
    ],
    [t, margins],
  );
  return (
    <section className={classes.data} data-learned="pairs">
      <p className={classes.about}>
        {t('data.about.pairs', { name, total: String(rows.length) })}
        {rows.some((row) => row.chance !== undefined) && ` ${t('data.chanceAbout')}`}
      </p>
      <div className={classes.filters} role="group" aria-label={t('data.filters')}>
        {FILTERS.map((f, i) => (
          <button
            key={f}
            type="button"
            aria-pressed={filter === f}
            onClick={() => setFilter(f)}
            data-filter={f}
          >
            {t(`data.filter.${f}`)} <b>{counts[i]}</b>
          </button>
        ))}
        <Button size="compact-xs" variant="default" onClick={() => setView({ labeler: true })}>
          {words('stage.labelYourself')}
        </Button>
        <TextInput
          size="xs"
          className={classes.search}
          placeholder={t('data.search')}
          aria-label={t('data.search')}
          value={search}
          onChange={(e) => setSearch(e.currentTarget.value)}
        />
      </div>
      {selected && (
        <PairDetail
          row={selected}
          margin={margins.get(selected.pair)}
          arm={arm}
          onClose={() => setSelected(null)}
        />
      )}
      <VirtualTable
        label={t('data.table')}
        rows={shown}
        columns={columns}
        widths="3rem minmax(0, 1fr) minmax(0, 1fr) 5.25rem 4.75rem"
        search={search}
        selected={selected}
        onSelect={setSelected}
      />
    </section>
  );
}

const answer = (of: 'chosen' | 'rejected', header: string): ColumnDef<PairRow> => ({
  id: of,
  accessorFn: (row) => `${row.prompt} ${row[of]}`,
  header,
  cell: ({ row: { original: r } }) => (
    <span className={classes.words}>
      <span className={classes.muted}>{r.prompt} </span>
      {r[of]}
    </span>
  ),
});
