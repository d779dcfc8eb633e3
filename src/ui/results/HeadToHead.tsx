import { Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ArmName } from '../charts/ArmName';
import frame from '../charts/charts.module.css';
import { namesIn } from '../charts/parts';
import { formatFigure } from '../../pipeline/contract/figures';
import { wilsonInterval } from '../../pipeline/maths/statistics';
import { percent } from '../i18n/format';
import type { StageModel } from '../store/snapshot';
import type { FigureBook } from '../figures/figure-book';
import classes from './results.module.css';

interface HeadToHeadProps {
  book: FigureBook;
  styles: Readonly<Record<string, number>>;
}

const over = (opponent: string): string => formatFigure({ base: 'winRate', opponent });

/** 95 % interval of a win rate: Wilson's over the prompts of this run, else that of the mean over recorded seeds. */
function intervalOf(book: FigureBook, arm: StageModel, other: string): string {
  const live = book.live(arm, over(other));
  const prompts = book.live(arm, 'prompts')?.value;
  const bounds = (low: number, high: number) =>
    `${percent(Math.max(0, low)).replace(' %', '')}–${percent(Math.min(1, high)).replace(' %', '')}`;
  if (live && prompts) {
    const { low, high } = wilsonInterval(live.value * prompts, prompts);
    return bounds(low, high);
  }
  const recorded = book.recorded(arm, over(other));
  if (!recorded || Number.isNaN(recorded.halfWidth)) return '';
  return bounds(recorded.mean - recorded.halfWidth, recorded.mean + recorded.halfWidth);
}

/** Every arm against every other on the same prompts: how often the row's answer is better than the column's. */
export function HeadToHead({ book, styles }: HeadToHeadProps) {
  const { t } = useTranslation();
  const others = new Set(book.variationsOf('winRate').flatMap(({ opponent }) => opponent ?? []));
  const arms = book.arms.filter((arm) => others.has(arm.id));
  if (arms.length < 2) return null;
  const names = namesIn(arms);
  return (
    <div className={frame.frame} data-group="headToHead">
      <h3 className={frame.title}>{t('results.headToHead.title')}</h3>
      <p className={frame.question}>{t('results.headToHead.question')}</p>
      <Table.ScrollContainer
        minWidth={0}
        type="native"
        tabIndex={0}
        role="group"
        aria-label={t('results.headToHead.title')}
      >
        <Table
          fz="sm"
          verticalSpacing="0.1875rem"
          horizontalSpacing="0.375rem"
          className={`${classes.table} ${classes.matrix}`}
        >
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('results.headToHead.over')}</Table.Th>
              {arms.map((arm) => (
                <Table.Th key={arm.id} scope="col">
                  <ArmName name={names[arm.id]!} style={styles[arm.id] ?? 0} />
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {arms.map((arm) => (
              <Table.Tr key={arm.id} data-row={arm.id}>
                <Table.Th scope="row">
                  <ArmName name={arm.name} style={styles[arm.id] ?? 0} />
                </Table.Th>
                {arms.map((other) => {
                  const share = book.value(arm, over(other.id));
                  return (
                    <Table.Td
                      key={other.id}
                      className={classes.share}
                      style={{ '--share': share === undefined ? 0 : Math.abs(share - 0.5) * 2 }}
                      data-side={share === undefined ? undefined : share > 0.5 ? 'ahead' : 'behind'}
                    >
                      {arm === other || share === undefined ? t('results.none') : percent(share)}
                      {arm !== other && share !== undefined && (
                        <span className={classes.recorded}>{intervalOf(book, arm, other.id)}</span>
                      )}
                    </Table.Td>
                  );
                })}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </div>
  );
}
