import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CartesianGrid, Scatter, ScatterChart } from 'recharts';
import { splitOwner } from '../../pipeline/contract/figures';
import { BottomAxis, LeftAxis } from '../charts/ChartAxes';
import { niceAxis } from '../charts/axes';
import { ChartFrame } from '../charts/ChartFrame';
import { Plot } from '../charts/Plot';
import { EndLabels, type EndLabel } from '../charts/EndLabels';
import { roomFor } from '../charts/labels';
import { MARGIN, namesIn } from '../charts/parts';
import { barRange, figureValue } from '../figures/figures';
import { figureName, optionText, settingName } from '../i18n/dynamic';
import { brief } from '../i18n/format';
import type { StageModel } from '../store/snapshot';
import type { FigureBook } from '../figures/figure-book';
import classes from './results.module.css';
import { settingAxis } from './setting-axis';
import { SettingPoints, type SettingPoint } from './SettingPoints';
import { useTypeScale } from '../charts/useTypeScale';

interface SettingChartProps {
  book: FigureBook;
  styles: Readonly<Record<string, number>>;
  figure: string;
  picker?: ReactNode;
  /** The setting along the axis. */
  x: string;
  /** Settings that put arms on lines of their own. */
  lines: readonly string[];
  /** Figures below and above, drawn as a bar around the point. */
  spread: readonly [string, string] | undefined;
}

/** A figure of all arms over a setting in which they differ; arms that differ in nothing else are joined. */
export function SettingChart({ book, styles, figure, picker, x, lines, spread }: SettingChartProps) {
  const { t } = useTranslation();
  const typeScale = useTypeScale();
  const placed = book.arms.flatMap((arm) => {
    const at = book.position(arm, x);
    return at === undefined ? [] : [{ arm, at }];
  });
  const axis = settingAxis(placed.map((p) => p.at));
  const ends: [number, number] = [axis.place(axis.values[0] ?? 0), axis.place(axis.values.at(-1) ?? 1)];
  const points = placed.flatMap(({ arm, at }): SettingPoint[] => {
    const live = book.live(arm, figure);
    const recorded = book.recorded(arm, figure);
    const y = live?.value ?? recorded?.mean;
    if (y === undefined) return [];
    const reach = spread?.map((name) => book.value(arm, name));
    return [
      {
        id: arm.id,
        line: lineOf(book, arm, lines),
        style: styles[arm.id] ?? 0,
        x: axis.place(at),
        y,
        isRecorded: !live,
        isFinal: live?.final ?? true,
        ...(recorded && Number.isFinite(recorded.halfWidth)
          ? { interval: [recorded.mean - recorded.halfWidth, recorded.mean + recorded.halfWidth] as const }
          : {}),
        ...(reach?.[0] !== undefined && reach[1] !== undefined
          ? { spread: [reach[0], reach[1]] as const }
          : {}),
      },
    ];
  });
  const [low, high] = barRange(
    figure,
    points.flatMap((p) => [p.y, ...(p.interval ?? []), ...(p.spread ?? [])]),
  );
  const y = niceAxis([low, high], [], 4);
  const names = namesIn(book.arms);
  const last = lastOfLines(points);
  const labels: EndLabel[] = last.map((p) => ({
    key: p.id,
    text: lines.length || last.length > 1 ? lineName(book, p.id, lines, last) || names[p.id]! : '',
    colour: 'var(--text)',
    x: p.x,
    y: p.y,
  }));
  const xName = settingName(x, placed[0]?.arm.stage);
  const title = t('results.over', { figure: figureName(figure), setting: xName });
  const values = points.map((p) => `${names[p.id]}: ${figureValue(figure, p.y)}`).join('; ');
  const question = t(axis.isLog ? 'results.overLog' : 'results.overLinear');
  return (
    <div className={classes.plot} data-group="answer">
      <ChartFrame
        title={title}
        question={question}
        unit={figureName(figure)}
        xUnit={xName}
        controls={picker}
        summary={t('charts.summary', { title, question, values })}
        empty={points.length ? undefined : t('results.overEmpty')}
      >
        <Plot>
          <ScatterChart margin={MARGIN} accessibilityLayer={false}>
            <CartesianGrid stroke="var(--grid)" />
            <BottomAxis
              axis={{ domain: ends, ticks: axis.values.map(axis.place) }}
              before={16}
              after={roomFor([xName, ...labels.map((l) => l.text)], typeScale)}
              format={(place) =>
                brief(axis.values.find((v) => Math.abs(axis.place(v) - place) < 1e-9) ?? place)
              }
            />
            <LeftAxis axis={y} of="y" width={52} format={(value) => figureValue(figure, value)} />
            <Scatter data={points} shape={() => <g />} isAnimationActive={false} />
            <SettingPoints points={points} />
            <EndLabels labels={labels.filter((l) => l.text)} end={ends[1]} />
          </ScatterChart>
        </Plot>
      </ChartFrame>
    </div>
  );
}

/** What an arm's line is told apart by: model size and the given settings. */
const lineOf = (book: FigureBook, arm: StageModel, lines: readonly string[]): string =>
  JSON.stringify([arm.stage, arm.size, ...lines.map((name) => book.setting(arm, name))]);

/** The rightmost point of every line. */
function lastOfLines(points: readonly SettingPoint[]): SettingPoint[] {
  const last = new Map<string, SettingPoint>();
  for (const p of points) {
    const before = last.get(p.line);
    if (!before || p.x >= before.x) last.set(p.line, p);
  }
  return [...last.values()];
}

/** A line by the settings in which lines differ: "curated", "crowd". Empty where a value has no words of its own. */
function lineName(
  book: FigureBook,
  id: string,
  lines: readonly string[],
  ends: readonly SettingPoint[],
): string {
  const armOf = (of: string) => book.arms.find((arm) => arm.id === of)!;
  const arm = armOf(id);
  const words = lines.map((name) => {
    const value = book.setting(arm, name);
    const differs = ends.some((p) => book.setting(armOf(p.id), name) !== value);
    if (!differs || typeof value !== 'string') return '';
    const { owner, figure: setting } = splitOwner(name);
    return optionText((owner || arm.stage) as StageModel['stage'], setting, value);
  });
  const sizes = ends.some((p) => armOf(p.id).size !== arm.size);
  return lines.length === 1 && !sizes ? words.filter(Boolean).join(', ') : '';
}
