import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ArmName } from '../charts/ArmName';
import frame from '../charts/charts.module.css';
import { barRange, figureValue, spreadValue } from '../figures/figures';
import { isRelative } from '../figures/relative';
import { figureName } from '../i18n/dynamic';
import { signOf, type Against } from '../../pipeline/lab/reference';
import { armColour } from '../theme/palette';
import type { FigureBook } from '../figures/figure-book';
import { AgainstNote } from './AgainstNote';
import classes from './results.module.css';

interface BarsProps {
  book: FigureBook;
  styles: Readonly<Record<string, number>>;
  figure: string;
  against: Against;
  /** A switch between figures. */
  picker?: ReactNode;
}

/** One bar per arm, from zero: this run filled, else the recorded mean in outline; with the interval over seeds. */
export function Bars({ book, styles, figure, against, picker }: BarsProps) {
  const { t } = useTranslation();
  const rows = book.arms.map((arm) => ({
    arm,
    live: book.live(arm, figure),
    recorded: book.recorded(arm, figure),
  }));
  const [low, high] = barRange(
    figure,
    rows.flatMap(({ live, recorded }) => [live?.value ?? 0, recorded?.mean ?? 0]),
  );
  const place = (value: number) => (100 * (Math.min(Math.max(value, low), high) - low)) / (high - low);
  return (
    <figure className={frame.frame}>
      <figcaption className={classes.caption}>
        <h3 className={frame.title}>{t('results.chart', { figure: figureName(figure) })}</h3>
        {picker}
      </figcaption>
      <ul className={classes.bars}>
        {rows.map(({ arm, live, recorded }) => {
          const colour = armColour(styles[arm.id] ?? 0);
          const value = live?.value ?? recorded?.mean;
          const [from, to] = [0, value ?? 0].sort((a, b) => a - b) as [number, number];
          return (
            <li key={arm.id}>
              <ArmName
                name={arm.name + (isRelative(figure) ? signOf(against, arm.id) : '')}
                style={styles[arm.id] ?? 0}
              />
              <span className={classes.track} aria-hidden>
                <span className={classes.zero} style={{ left: `${place(0)}%` }} />
                {value !== undefined && (
                  <span
                    className={classes.barFill}
                    data-recorded={!live || undefined}
                    style={{
                      left: `${place(from)}%`,
                      width: `max(2px, ${place(to) - place(from)}%)`,
                      color: colour,
                      opacity: !live || live.final ? 1 : 0.5,
                    }}
                  />
                )}
                {recorded && Number.isFinite(recorded.halfWidth) && (
                  <span
                    className={classes.whisker}
                    style={{
                      left: `${place(recorded.mean - recorded.halfWidth)}%`,
                      width: `${place(recorded.mean + recorded.halfWidth) - place(recorded.mean - recorded.halfWidth)}%`,
                    }}
                  />
                )}
              </span>
              <span className={classes.barValue}>
                {live
                  ? figureValue(figure, live.value)
                  : recorded
                    ? spreadValue(figure, recorded)
                    : t(`stage.status.${arm.status}`)}
              </span>
            </li>
          );
        })}
      </ul>
      <AgainstNote against={against} figures={[figure]} />
    </figure>
  );
}
