import { Table, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ArmName } from '../charts/ArmName';
import frame from '../charts/charts.module.css';
import { figureValue, spreadValue } from '../figures/figures';
import { figureAbout, figureName } from '../i18n/dynamic';
import { percent } from '../i18n/format';
import { isRelative } from '../figures/relative';
import { signOf, type Against } from '../../pipeline/lab/reference';
import type { StageModel } from '../store/snapshot';
import type { FigureBook } from '../figures/figure-book';
import type { GroupName } from '../figures/groups';
import { AgainstNote } from './AgainstNote';
import classes from './results.module.css';

interface FigureTableProps {
  name: GroupName;
  figures: readonly string[];
  book: FigureBook;
  styles: Readonly<Record<string, number>>;
  against: Against;
}

/** Figures of all arms that answer one question; each with one line of explanation. */
export function FigureTable({ name, figures, book, styles, against }: FigureTableProps) {
  const { t } = useTranslation();
  const arms =
    name === 'main' ? book.arms : book.arms.filter((arm) => figures.some((f) => hasAny(book, arm, f)));
  return (
    <div className={frame.frame} data-group={name}>
      <h3 className={frame.title}>{t(`results.groups.${name}.title`)}</h3>
      <p className={frame.question}>{t(`results.groups.${name}.question`)}</p>
      <Table.ScrollContainer
        minWidth={0}
        type="native"
        tabIndex={0}
        role="group"
        aria-label={t(`results.groups.${name}.title`)}
      >
        <Table fz="sm" verticalSpacing="0.25rem" horizontalSpacing="0.375rem" className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('results.arm')}</Table.Th>
              {figures.map((figure) => (
                <Table.Th key={figure} scope="col">
                  <Head figure={figure} />
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {arms.map((arm) => (
              <Table.Tr key={arm.id} data-result={arm.id}>
                <Table.Th scope="row">
                  <ArmName name={arm.name} style={styles[arm.id] ?? 0} />
                </Table.Th>
                {figures.map((figure) => (
                  <Table.Td key={figure}>
                    <Value
                      arm={arm}
                      figure={figure}
                      book={book}
                      sign={isRelative(figure) ? signOf(against, arm.id) : ''}
                    />
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <AgainstNote against={against} figures={figures} />
    </div>
  );
}

const hasAny = (book: FigureBook, arm: StageModel, figure: string): boolean =>
  (book.live(arm, figure) ?? book.recorded(arm, figure)) !== undefined;

/** The name of a figure; what it means on hover and focus. */
function Head({ figure }: { figure: string }) {
  const about = figureAbout(figure);
  if (!about) return figureName(figure);
  return (
    <Tooltip label={about} events={{ hover: true, focus: true, touch: true }}>
      <span className={classes.term} tabIndex={0}>
        {figureName(figure)}
      </span>
    </Tooltip>
  );
}

interface ValueProps {
  arm: StageModel;
  figure: string;
  book: FigureBook;
  /** Says that it is measured against something else than the others. */
  sign: string;
}

/** This run's value, and below it the recorded seeds'. */
function Value({ arm, figure, book, sign }: ValueProps) {
  const { t } = useTranslation();
  const live = book.live(arm, figure);
  const recorded = book.recorded(arm, figure);
  if (!live && !recorded) return <span className={classes.muted}>{t('results.none')}</span>;
  return (
    <>
      {live && (
        <span className={live.final ? undefined : classes.muted}>
          {figureValue(figure, live.value)}
          {sign}
          {figure === 'winRate' && <Interval arm={arm} book={book} />}
          {!live.final && ` ${t('results.soFar')}`}
        </span>
      )}
      {recorded && (
        <span className={classes.recorded} data-recorded>
          {spreadValue(figure, recorded)}
          {sign}
        </span>
      )}
    </>
  );
}

/** 95 % Wilson interval of the win rate. */
function Interval({ arm, book }: { arm: StageModel; book: FigureBook }) {
  const [low, high] = [book.live(arm, 'winRateLow'), book.live(arm, 'winRateHigh')];
  if (!low || !high) return null;
  return (
    <span className={classes.muted}>
      {' '}
      ({percent(low.value).replace(' %', '')}–{percent(high.value).replace(' %', '')})
    </span>
  );
}
