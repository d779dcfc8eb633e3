import { Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { fixed } from '../i18n/format';
import type { References } from '../../pipeline/lab/reference';
import type { ArmBand } from '../figures/bands';
import type { ArmSeries } from '../store/compare';
import { ArmName } from './ArmName';
import classes from './charts.module.css';
import { gapRows } from './frontier';

interface GapTableProps {
  series: readonly ArmSeries[];
  bands: readonly ArmBand[];
  references: References;
}

/** How far every method is from the best reachable reward at the KL where it stands. */
export function GapTable({ series, bands, references }: GapTableProps) {
  const { t } = useTranslation();
  const rows = gapRows(series, bands, references);
  if (rows.length === 0) return null;
  return (
    <div className={classes.frame}>
      <Table fz="sm" verticalSpacing="0.1875rem" horizontalSpacing="0.5rem" className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('gap.arm')}</Table.Th>
            <Table.Th scope="col">{t('gap.kl')}</Table.Th>
            <Table.Th scope="col">{t('gap.gold')}</Table.Th>
            <Table.Th scope="col">{t('gap.gap')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.id} data-gap={row.id}>
              <Table.Th scope="row">
                <ArmName name={row.name} style={row.style} />
                {row.recorded && <span className={classes.muted}> {t('gap.recorded')}</span>}
              </Table.Th>
              <Table.Td>{fixed(row.kl, 1)}</Table.Td>
              <Table.Td>{fixed(row.gold, 2, true)}</Table.Td>
              <Table.Td>
                {row.atLeast && '≥ '}
                {fixed(row.gap, 2)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <p className={classes.footnote}>{t('gap.note')}</p>
    </div>
  );
}
