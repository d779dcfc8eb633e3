import {
  flexRender,
  getCoreRowModel,
  getFilteredRowModel,
  getSortedRowModel,
  useReactTable,
  type ColumnDef,
  type SortingState,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useId, useRef, useState, type KeyboardEvent } from 'react';
import classes from './look.module.css';

interface VirtualTableProps<Row> {
  label: string;
  rows: readonly Row[];
  columns: ColumnDef<Row>[];
  /** Widths of the columns, as in `grid-template-columns`. */
  widths: string;
  search: string;
  selected?: Row | null;
  onSelect?: (row: Row) => void;
  /** Pixels of a row. */
  height?: number;
}

/** A table of any length, of which only the rows on the screen are drawn; ↑ and ↓ go from row to row. */
export function VirtualTable<Row extends { number: number }>(props: VirtualTableProps<Row>) {
  const { rows, columns, widths, search, selected, onSelect, height = 44 } = props;
  const [sorting, setSorting] = useState<SortingState>([]);
  const grid = useRef<HTMLDivElement>(null);
  const id = useId();
  // eslint-disable-next-line react-hooks/incompatible-library -- both are read again whenever this is drawn
  const table = useReactTable({
    data: rows as Row[],
    columns,
    state: { sorting, globalFilter: search.trim() },
    onSortingChange: setSorting,
    globalFilterFn: 'includesString',
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
    getFilteredRowModel: getFilteredRowModel(),
  });
  const shown = table.getRowModel().rows;
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => grid.current,
    estimateSize: () => height,
    overscan: 6,
  });
  const at = shown.findIndex((row) => row.original === selected);
  const move = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (!by || !onSelect || shown.length === 0) return;
    event.preventDefault();
    const to = Math.min(shown.length - 1, Math.max(0, at + by));
    onSelect(shown[to]!.original);
    virtual.scrollToIndex(to);
  };
  const rowId = (row: Row) => `${id}-${row.number}`;
  return (
    <div
      ref={grid}
      className={classes.table}
      role="grid"
      aria-label={props.label}
      aria-rowcount={shown.length + 1}
      tabIndex={0}
      aria-activedescendant={at >= 0 ? rowId(shown[at]!.original) : undefined}
      onKeyDown={move}
      data-rows={shown.length}
    >
      <div role="rowgroup" className={classes.top}>
        {table.getHeaderGroups().map((group) => (
          <div key={group.id} role="row" className={classes.head} style={{ gridTemplateColumns: widths }}>
            {group.headers.map(({ column, id: key, getContext }) => {
              const sorted = column.getIsSorted();
              return (
                <div
                  key={key}
                  role="columnheader"
                  aria-sort={sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : 'none'}
                >
                  <button type="button" onClick={column.getToggleSortingHandler()}>
                    {flexRender(column.columnDef.header, getContext())}
                    <span aria-hidden>{sorted === 'asc' ? ' ↑' : sorted === 'desc' ? ' ↓' : ''}</span>
                  </button>
                </div>
              );
            })}
          </div>
        ))}
      </div>
      <div role="rowgroup">
        <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const row = shown[item.index]!;
            return (
              <div
                key={row.id}
                id={rowId(row.original)}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={row.original === selected}
                className={classes.row}
                style={{ gridTemplateColumns: widths, height, transform: `translateY(${item.start}px)` }}
                onClick={() => onSelect?.(row.original)}
              >
                {row.getVisibleCells().map((cell) => (
                  <div key={cell.id} role="gridcell">
                    {flexRender(cell.column.columnDef.cell, cell.getContext())}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
