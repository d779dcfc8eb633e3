import { Checkbox, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { numberOf } from '../../pipeline/contract/settings';
import { defaultLabConfig } from '../../pipeline/lab/config';
import { TASK_NAMES } from '../../world';
import type { ListedRun } from '../../storage/runs';
import { figureValue } from '../figures/figures';
import { messageText, taskText } from '../i18n/dynamic';
import { compact, duration, fixed, spaced } from '../i18n/format';
import { nameOfRun } from '../kept/words';
import { keeper, useKept } from '../store/keep';
import { X_AXES, type XAxisName } from '../store/series';
import { setView, useView } from '../store/useView';
import { Diff } from './Diff';
import { atEqual, ranksOf, rowsOf, type RunRow } from './rows';
import classes from './runs.module.css';
import { RunsTable } from './RunsTable';
import { usePaths } from './usePaths';
import './words';

/** The seeds have a column of their own. */
const USUAL_SEED = defaultLabConfig().seed;

const close = () => setView({ runs: false });

/** All runs that are kept: what came of them, which was best within a limit, what differs between two. */
export function Runs() {
  const { t } = useTranslation();
  const opened = useView((s) => s.runs);
  const problem = useKept((s) => (s.status === 'off' ? s.problem : undefined));
  const runs = useStored(opened);
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t('runs.title')}
      size="72rem"
      closeButtonProps={{ 'aria-label': t('notice.close') }}
      classNames={{ title: classes.title! }}
    >
      <p className={classes.about}>{t('runs.about')}</p>
      {problem && (
        <p className={classes.problem} role="alert">
          {t('runs.off')} {messageText(problem)}
        </p>
      )}
      {runs && <Board runs={runs} />}
    </Modal>
  );
}

/** What is kept, read again whenever something is added. */
function useStored(opened: boolean): readonly ListedRun[] | undefined {
  const confirmed = useKept((s) => s.confirmed);
  const [runs, setRuns] = useState<readonly ListedRun[]>();
  useEffect(() => {
    if (!opened) return;
    let current = true;
    void keeper()
      .then((kept) => kept?.list())
      .then((list) => {
        if (current) setRuns(list?.runs ?? []);
      });
    return () => void (current = false);
  }, [opened, confirmed]);
  return runs;
}

function Board({ runs }: { runs: readonly ListedRun[] }) {
  const { t, i18n } = useTranslation();
  const [search, setSearch] = useState('');
  const [task, setTask] = useState('');
  const [limitText, setLimit] = useState('');
  const [together, setTogether] = useState(true);
  const [axis, setAxis] = useState<XAxisName | ''>('');
  const [picked, setPicked] = useState<readonly string[]>([]);
  const limit = numberOf(limitText.replace(',', '.'));
  const all = useMemo(
    () => rowsOf(runs, together, ({ config }) => nameOfRun({ ...config, seed: USUAL_SEED })),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- names are in the language of the page
    [runs, together, i18n.language],
  );
  const words = search.trim().toLowerCase();
  const shown = useMemo(
    () =>
      all.filter(
        (row) =>
          (!task || row.run.config.task === task) && `${row.name} ${row.under}`.toLowerCase().includes(words),
      ),
    [all, task, words],
  );
  const paths = usePaths(shown, axis !== '');
  const equal = useMemo(
    () => (axis && paths ? atEqual(shown, paths, axis) : undefined),
    [shown, paths, axis],
  );
  const rows = equal?.rows ?? shown;
  const ranks = ranksOf(rows, limit);
  const chosen = picked.flatMap((id) => rows.find((row) => row.id === id) ?? []);
  if (all.length === 0) return <p>{t('runs.none')}</p>;
  return (
    <>
      <div className={classes.filters}>
        <TextInput
          size="xs"
          label={t('runs.search')}
          value={search}
          onChange={(e) => setSearch(e.currentTarget.value)}
        />
        <NativeSelect
          size="xs"
          label={t('runs.task')}
          value={task}
          data={[
            { value: '', label: t('runs.allTasks') },
            ...TASK_NAMES.map((value) => ({ value, label: taskText(value) })),
          ]}
          onChange={(e) => setTask(e.currentTarget.value)}
        />
        <TextInput
          size="xs"
          label={t('runs.limit')}
          placeholder={t('runs.limitHint')}
          inputMode="decimal"
          value={limitText}
          onChange={(e) => setLimit(e.currentTarget.value)}
        />
        <NativeSelect
          size="xs"
          label={t('runs.at')}
          value={axis}
          data={[
            { value: '', label: t('runs.atEnd') },
            ...X_AXES.map((value) => ({ value, label: t(`charts.axes.${value}`) })),
          ]}
          onChange={(e) => setAxis(e.currentTarget.value as XAxisName | '')}
        />
        <Checkbox
          size="xs"
          label={t('runs.together')}
          checked={together}
          onChange={(e) => {
            setTogether(e.currentTarget.checked);
            setPicked([]);
          }}
        />
      </div>
      <p className={classes.said} role="status" data-best={bestOf(rows, ranks)?.id}>
        {t('runs.count', { count: rows.length })} ·{' '}
        <Best rows={rows} ranks={ranks} limited={limit !== undefined} /> {axis && !paths && t('runs.reading')}
        {axis &&
          equal &&
          (equal.amount === undefined
            ? t('runs.atNone')
            : t('runs.atValue', { amount: amountText(axis, equal.amount) }))}
      </p>
      <RunsTable
        rows={rows}
        ranks={ranks}
        picked={picked}
        onPick={(id) =>
          setPicked(picked.includes(id) ? picked.filter((other) => other !== id) : [...picked, id].slice(-2))
        }
      />
      <Diff rows={chosen} />
      {together && <p className={classes.about}>{t('runs.seedNote')}</p>}
    </>
  );

  function amountText(of: XAxisName, amount: number): string {
    const text = of === 'seconds' ? duration(amount) : of === 'kl' ? fixed(amount, 2) : compact(amount);
    return t(`runs.amount.${of}`, { amount: text });
  }
}

const bestOf = (rows: readonly RunRow[], ranks: ReadonlyMap<string, number>): RunRow | undefined =>
  rows.find(({ id }) => ranks.get(id) === 1);

interface BestProps {
  rows: readonly RunRow[];
  ranks: ReadonlyMap<string, number>;
  limited: boolean;
}

/** The first of the scoreboard in words. */
function Best({ rows, ranks, limited }: BestProps) {
  const { t } = useTranslation();
  const best = bestOf(rows, ranks);
  if (!best) return t('runs.noBest');
  const of = (name: string) => figureValue(name, best.figures[name]?.mean ?? NaN);
  return spaced(
    t(limited ? 'runs.best' : 'runs.bestOfAll', { name: best.name, winRate: of('winRate'), kl: of('kl') }),
  );
}
