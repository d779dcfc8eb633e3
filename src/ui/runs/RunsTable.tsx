import { Button, Checkbox, Table, VisuallyHidden } from '@mantine/core';
import {
  flexRender,
  getCoreRowModel,
  getSortedRowModel,
  useReactTable,
  type ColumnDef,
  type SortingState,
} from '@tanstack/react-table';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { spreadValue } from '../figures/figures';
import { language } from '../i18n';
import { spaced } from '../i18n/format';
import { setCursor } from '../store/useCursor';
import { actions, useLab } from '../store/useLab';
import { setView } from '../store/useView';
import type { RunRow } from './rows';
import classes from './runs.module.css';

interface RunsTableProps {
  rows: readonly RunRow[];
  /** Places on the scoreboard; a row without one is over the limit, or was not measured. */
  ranks: ReadonlyMap<string, number>;
  picked: readonly string[];
  onPick: (id: string) => void;
}

const FIGURES = ['winRate', 'kl', 'gold', 'length'] as const;

/** The scoreboard: every run with its figures, to be sorted, compared and opened. */
export function RunsTable({ rows, ranks, picked, onPick }: RunsTableProps) {
  const { t } = useTranslation();
  const [sorting, setSorting] = useState<SortingState>([{ id: 'rank', desc: false }]);
  const busy = useLab((s) => s.state !== 'idle');
  const columns = useMemo(
    (): ColumnDef<RunRow>[] => [
      {
        id: 'rank',
        accessorFn: ({ id }) => ranks.get(id),
        header: t('runs.column.rank'),
        sortUndefined: 'last',
        cell: ({ getValue }) => (getValue() as number | undefined) ?? '–',
      },
      {
        id: 'name',
        accessorKey: 'name',
        header: t('runs.column.name'),
        cell: ({ row }) => <Name row={row.original} />,
      },
      ...FIGURES.map((name): ColumnDef<RunRow> => ({
        id: name,
        accessorFn: ({ figures }) => figures[name]?.mean,
        header: t(`runs.column.${name}`),
        sortUndefined: 'last',
        cell: ({ row }) => {
          const spread = row.original.figures[name];
          return spread ? spreadValue(name, spread) : '–';
        },
      })),
      {
        id: 'seeds',
        accessorFn: ({ seeds }) => seeds.length,
        header: t('runs.column.seeds'),
        cell: ({ row }) => seedsText(row.original.seeds),
      },
      {
        id: 'date',
        accessorKey: 'changed',
        header: t('runs.column.date'),
        cell: ({ getValue }) =>
          new Date(getValue() as number).toLocaleString(language(), {
            dateStyle: 'short',
            timeStyle: 'short',
          }),
      },
    ],
    [t, ranks],
  );
  // eslint-disable-next-line react-hooks/incompatible-library -- it is read again whenever this is drawn
  const table = useReactTable({
    data: rows as RunRow[],
    columns,
    state: { sorting },
    onSortingChange: setSorting,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
    getRowId: ({ id }) => id,
  });
  return (
    <Table.ScrollContainer
      minWidth={0}
      maxHeight="52dvh"
      type="native"
      tabIndex={0}
      role="group"
      aria-label={t('runs.title')}
    >
      <Table
        fz="sm"
        stickyHeader
        verticalSpacing="0.25rem"
        horizontalSpacing="0.5rem"
        className={classes.table}
      >
        <Table.Thead>
          {table.getHeaderGroups().map((group) => (
            <Table.Tr key={group.id}>
              <Table.Th scope="col">
                <VisuallyHidden>{t('runs.column.pick')}</VisuallyHidden>
              </Table.Th>
              {group.headers.map(({ column, id, getContext }) => {
                const sorted = column.getIsSorted();
                return (
                  <Table.Th
                    key={id}
                    scope="col"
                    data-column={id}
                    aria-sort={sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : 'none'}
                    title={id === 'rank' ? t('runs.column.rankAbout') : undefined}
                  >
                    <button type="button" onClick={column.getToggleSortingHandler()}>
                      {flexRender(column.columnDef.header, getContext())}
                      <span aria-hidden>{sorted === 'asc' ? ' ↑' : sorted === 'desc' ? ' ↓' : ''}</span>
                    </button>
                  </Table.Th>
                );
              })}
              <Table.Td />
            </Table.Tr>
          ))}
        </Table.Thead>
        <Table.Tbody>
          {table.getRowModel().rows.map(({ id, original: row, getVisibleCells }) => (
            <Table.Tr
              key={id}
              data-row={row.name}
              data-rank={ranks.get(id)}
              data-out={!ranks.has(id) || undefined}
            >
              <Table.Td>
                <Checkbox
                  size="xs"
                  checked={picked.includes(id)}
                  onChange={() => onPick(id)}
                  aria-label={spaced(t('runs.pick', { name: row.name }))}
                />
              </Table.Td>
              {getVisibleCells().map((cell) => (
                <Table.Td key={cell.id} data-column={cell.column.id}>
                  {flexRender(cell.column.columnDef.cell, cell.getContext())}
                </Table.Td>
              ))}
              <Table.Td>
                <Button
                  size="compact-xs"
                  variant="default"
                  disabled={busy}
                  aria-label={spaced(t('runs.openName', { name: row.name }))}
                  onClick={() => open(row)}
                >
                  {t('runs.open')}
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** Opens the run with its settings, and singles the method out. */
function open({ run, arm }: RunRow): void {
  actions.openRun(run);
  actions.select(arm.id);
  if (run.config.arms.length > 1) setCursor({ held: arm.id, others: 'faded' });
  setView({ runs: false, tab: 'compare' });
}

function Name({ row }: { row: RunRow }) {
  return (
    <span className={classes.name}>
      <b>{row.name}</b>
      <span title={row.under}>{row.under}</span>
    </span>
  );
}

/** One seed by its number, several by how many. */
const seedsText = (seeds: readonly number[]): string =>
  seeds.length === 1 ? `1 (${seeds[0]})` : String(seeds.length);
