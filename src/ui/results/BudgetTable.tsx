import { Table } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { ArmName } from '../charts/ArmName';
import frame from '../charts/charts.module.css';
import { compact, duration, fixed } from '../i18n/format';
import { X_AXES, type XAxisName } from '../store/series';
import { useLab } from '../store/useLab';
import { atEqualBudget } from './budget';
import classes from './results.module.css';

/** Reward at equal updates, equal samples and equal seconds. */
export function BudgetTable() {
  const { t } = useTranslation();
  const series = useLab((s) => s.series);
  const table = useMemo(() => atEqualBudget(series), [series]);
  if (!table) return null;
  const amount = (axis: XAxisName) =>
    axis === 'seconds'
      ? duration(table.budgets.seconds)
      : axis === 'kl'
        ? fixed(table.budgets.kl, 2)
        : compact(table.budgets[axis]);
  const axes = X_AXES.filter((axis) => table.budgets[axis] > 0);
  return (
    <div className={frame.frame} data-group="budget">
      <h3 className={frame.title}>{t('results.budget.title')}</h3>
      <p className={frame.question}>{t('results.budget.question')}</p>
      <Table.ScrollContainer
        minWidth={0}
        type="native"
        tabIndex={0}
        role="group"
        aria-label={t('results.budget.title')}
      >
        <Table fz="sm" verticalSpacing="0.1875rem" horizontalSpacing="0.5rem" className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('results.arm')}</Table.Th>
              {axes.map((axis) => (
                <Table.Th key={axis} scope="col">
                  {t(`results.budget.${axis}`, { amount: amount(axis) })}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {table.rows.map((row) => (
              <Table.Tr key={row.id}>
                <Table.Th scope="row">
                  <ArmName name={row.name} style={row.style} />
                </Table.Th>
                {axes.map((axis) => (
                  <Table.Td key={axis}>
                    {row.gold[axis] === undefined ? t('results.none') : fixed(row.gold[axis], 2, true)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </div>
  );
}
