import { ActionIcon, Table } from '@mantine/core';
import { IconArrowBackUp, IconPlayerSkipForward } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Queued } from '../../pipeline/lab/queue';
import type { Sweep } from '../../pipeline/lab/sweep';
import type { CurvePoint } from '../../pipeline/records/sweep-curve';
import { ArmName } from '../charts/ArmName';
import { figureValue, spreadValue } from '../figures/figures';
import { figureName } from '../i18n/dynamic';
import { spaced } from '../i18n/format';
import { useLab } from '../store/useLab';
import { singleOut, skip } from './drive';
import classes from './sweep.module.css';

interface SweepTableProps {
  sweep: Sweep;
  figure: string;
  points: readonly CurvePoint[];
  queue: readonly Queued[];
}

/** Every run of a sweep: its figure once it is done, and until then how far it is or its place in the queue. */
export function SweepTable({ sweep, figure, points, queue }: SweepTableProps) {
  const { t } = useTranslation();
  return (
    <Table.ScrollContainer minWidth={0} type="native" tabIndex={0} role="group" aria-label={t('sweep.table')}>
      <Table fz="sm" verticalSpacing="0.1875rem" horizontalSpacing="0.5rem" className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('runs.column.name')}</Table.Th>
            <Table.Th scope="col">{figureName(figure)}</Table.Th>
            <Table.Th scope="col">{t('sweep.n')}</Table.Th>
            {sweep.seeds.map((seed) => (
              <Table.Th key={seed} scope="col">
                {t('sweep.seed', { seed: String(seed) })}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sweep.config.arms.map((arm, style) => {
            const point = points.find((p) => p.arm === arm.id);
            return (
              <Table.Tr key={arm.id} data-swept={arm.id}>
                <Table.Th scope="row">
                  <ArmName name={arm.name} style={style} />
                </Table.Th>
                <Table.Td>{point ? spreadValue(figure, point.spread) : '–'}</Table.Td>
                <Table.Td>{point?.spread.count ?? 0}</Table.Td>
                {sweep.seeds.map((seed) => {
                  const run = queue.find((q) => q.arm === arm.id && q.seed === seed)!;
                  const y = point?.each.find((one) => one.seed === seed)?.y;
                  return (
                    <Table.Td key={seed} data-status={run.status}>
                      <Cell
                        run={run}
                        name={arm.name}
                        value={y === undefined ? undefined : figureValue(figure, y)}
                      />
                    </Table.Td>
                  );
                })}
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

interface CellProps {
  run: Queued;
  name: string;
  /** What it came to. */
  value: string | undefined;
}

function Cell({ run, name, value }: CellProps) {
  const { t } = useTranslation();
  const canShow = useLab((s) => s.state === 'idle' || s.config.seed === run.seed);
  const { status, place, share = 0, key } = run;
  const of = { name, seed: String(run.seed) };
  if (status === 'done')
    return (
      <button
        type="button"
        className={classes.value}
        disabled={!canShow}
        title={spaced(t('sweep.point', of))}
        aria-label={`${value ?? ''} ${spaced(t('sweep.point', of))}`.trim()}
        onClick={() => singleOut(run.arm, run.seed)}
      >
        {value ?? t('sweep.status.done')}
      </button>
    );
  const canSkip = status === 'waiting' || status === 'running';
  const label = spaced(t(canSkip ? 'sweep.skipRun' : 'sweep.unskip', of));
  return (
    <span className={classes.waiting}>
      {t(`sweep.status.${status}`, { place: String(place), share: String(Math.round(100 * share)) })}
      {status !== 'failed' && (
        <ActionIcon size="xs" aria-label={label} title={label} onClick={() => skip([key], canSkip)}>
          {canSkip ? <IconPlayerSkipForward size={13} /> : <IconArrowBackUp size={13} />}
        </ActionIcon>
      )}
    </span>
  );
}
