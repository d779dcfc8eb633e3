import { Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { demoByName } from '../gallery/demos';
import { barRange, figureOf, figuresToShow, figureValue } from '../gallery/figures';
import { figureName } from '../i18n/dynamic';
import type { StageModel } from '../store/snapshot';
import { useLab } from '../store/useLab';
import { armColour, armStyle, isHollow } from '../theme/palette';
import classes from './charts.module.css';
import { MarkerIcon } from './Marker';

/** The figures of all arms side by side, the main one as bars. */
export function Results() {
  const { t } = useTranslation();
  const stages = useLab((s) => s.stages);
  const styles = useLab((s) => s.styles);
  const demo = useLab((s) => s.demo);
  const arms = stages.filter((s) => s.isArm);
  const [main = 'gold', ...others] = figuresToShow(arms, demoByName(demo));
  const columns = [main, ...others.filter((name) => arms.some((arm) => figureOf(arm, name)))];
  return (
    <section className={classes.results} tabIndex={0} aria-label={t('results.title')}>
      <Bars arms={arms} styles={styles} figure={main} />
      <div className={classes.frame}>
        <Table.ScrollContainer minWidth={0} type="native">
          <Table fz="sm" verticalSpacing="0.3125rem" horizontalSpacing="0.5rem" className={classes.table}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('results.arm')}</Table.Th>
                {columns.map((name) => (
                  <Table.Th key={name} scope="col">
                    {figureName(name)}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {arms.map((arm) => (
                <Table.Tr key={arm.id} data-result={arm.id}>
                  <Table.Th scope="row">
                    <ArmName arm={arm} style={styles[arm.id] ?? 0} />
                  </Table.Th>
                  {columns.map((name) => (
                    <Table.Td key={name}>
                      <Value arm={arm} figure={name} />
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
        <p className={classes.footnote}>{t('results.note')}</p>
      </div>
    </section>
  );
}

function ArmName({ arm, style }: { arm: StageModel; style: number }) {
  return (
    <span className={classes.barName}>
      <MarkerIcon
        shape={armStyle(style).marker}
        colour={armColour(style)}
        size={12}
        hollow={isHollow(style)}
      />
      {arm.name}
    </span>
  );
}

function Value({ arm, figure }: { arm: StageModel; figure: string }) {
  const { t } = useTranslation();
  const value = figureOf(arm, figure);
  if (!value) return <span className={classes.muted}>{t('results.none')}</span>;
  return value.final ? (
    figureValue(figure, value.value)
  ) : (
    <span className={classes.muted}>
      {figureValue(figure, value.value)} {t('results.soFar')}
    </span>
  );
}

interface BarsProps {
  arms: readonly StageModel[];
  styles: Readonly<Record<string, number>>;
  figure: string;
}

/** One bar per arm, from zero. */
function Bars({ arms, styles, figure }: BarsProps) {
  const { t } = useTranslation();
  const values = arms.map((arm) => figureOf(arm, figure));
  const [low, high] = barRange(
    figure,
    values.flatMap((v) => (v ? [v.value] : [])),
  );
  const place = (value: number) => (100 * (Math.min(Math.max(value, low), high) - low)) / (high - low);
  return (
    <figure className={classes.frame}>
      <figcaption className={classes.title}>{t('results.chart', { figure: figureName(figure) })}</figcaption>
      <ul className={classes.bars}>
        {arms.map((arm, i) => {
          const value = values[i];
          const [from, to] = value ? [0, value.value].sort((a, b) => a - b) : [0, 0];
          return (
            <li key={arm.id}>
              <ArmName arm={arm} style={styles[arm.id] ?? 0} />
              <span className={classes.track} aria-hidden>
                <span className={classes.zero} style={{ left: `${place(0)}%` }} />
                {value && (
                  <span
                    className={classes.barFill}
                    style={{
                      left: `${place(from!)}%`,
                      width: `max(2px, ${place(to!) - place(from!)}%)`,
                      background: armColour(styles[arm.id] ?? 0),
                      opacity: value.final ? 1 : 0.5,
                    }}
                  />
                )}
              </span>
              <span className={classes.barValue}>
                {value ? figureValue(figure, value.value) : t(`stage.status.${arm.status}`)}
              </span>
            </li>
          );
        })}
      </ul>
    </figure>
  );
}
