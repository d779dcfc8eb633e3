import { Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { StageName } from '../../pipeline/stages';
import { settingText, stageText, taskText } from '../i18n/dynamic';
import { i18n } from '../i18n';
import { differences, type Difference } from './diff';
import type { RunRow } from './rows';
import classes from './runs.module.css';
import { valueText } from './words';

/** What differs between two runs, setting by setting. */
export function Diff({ rows }: { rows: readonly RunRow[] }) {
  const { t } = useTranslation();
  const [a, b] = rows;
  if (!a || !b) return <p className={classes.about}>{t('runs.diffHint')}</p>;
  const found = differences(a, b);
  return (
    <section className={classes.diff} data-diff={found.length} aria-label={t('runs.diff')}>
      <h3>{t('runs.diff')}</h3>
      {found.length === 0 ? (
        <p>{t('runs.same')}</p>
      ) : (
        <Table.ScrollContainer
          minWidth={0}
          maxHeight="24dvh"
          type="native"
          tabIndex={0}
          role="group"
          aria-label={t('runs.diff')}
        >
          <Table fz="sm" verticalSpacing="0.125rem" horizontalSpacing="0.5rem" className={classes.table}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('runs.setting')}</Table.Th>
                <Table.Th scope="col">{a.name}</Table.Th>
                <Table.Th scope="col">{b.name}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {found.map((one) => (
                <Table.Tr key={`${one.ofTeacher} ${one.stage} ${one.name}`} data-differs={one.name}>
                  <Table.Th scope="row">{placeText(one)}</Table.Th>
                  {one.values.map((value, i) => (
                    <Table.Td key={i}>{differenceText(one, value)}</Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  );
}

function placeText({ stage, ofTeacher, name }: Difference): string {
  if (stage) {
    const where = ofTeacher ? [i18n.t('stage.teacher'), stageText(stage)] : [stageText(stage)];
    return [...where, settingText(stage, name).label].join(' · ');
  }
  if (name === 'method' || name === 'evaluation') return i18n.t(`runs.${name}`);
  return i18n.t(`setup.${name as 'task' | 'size' | 'start'}`);
}

function differenceText({ stage, name }: Difference, value: unknown): string {
  if (value === undefined) return i18n.t('runs.notThere');
  if (stage) return valueText(stage, name, value);
  if (name === 'method') return stageText(value as StageName);
  if (name === 'task') return taskText(String(value));
  if (name === 'start') return i18n.t(`setup.starts.${value as 'trunk'}`);
  return String(value);
}
