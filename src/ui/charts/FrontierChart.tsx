import { SegmentedControl } from '@mantine/core';
import { memo, useCallback, useDeferredValue } from 'react';
import { useTranslation } from 'react-i18next';
import { CartesianGrid, Scatter, ScatterChart } from 'recharts';
import '../i18n/look';
import { brief, fixed } from '../i18n/format';
import { shortReference, withReference } from '../i18n/reference';
import { signOf } from '../../pipeline/lab/reference';
import { isLadder } from '../../pipeline/stages/traits';
import { useLab } from '../store/useLab';
import { setView, useView, type ViewState } from '../store/useView';
import { useCursor } from '../store/useCursor';
import { armColour, isHollow } from '../theme/palette';
import { AgainstLegend } from './AgainstLegend';
import { BottomAxis, LeftAxis, RightAxis } from './ChartAxes';
import { mirrored } from './axes';
import { ChartFrame } from './ChartFrame';
import { Plot } from './Plot';
import classes from './charts.module.css';
import { CursorLayer } from './CursorLayer';
import { EndLabels, labelText, type EndLabel } from './EndLabels';
import { distance, fitCurve, klAxisTo, limitOf, reachOf } from './frontier';
import { Fits, Limit, ProxyPaths, SeedPaths } from './FrontierParts';
import { roomFor } from './labels';
import { Marker } from './Marker';
import { LineSign } from './LineSign';
import { MARGIN, markerOf, opacityOf } from './parts';
import { compared, type FrontierProps } from './props';
import { armClass, type Scrub } from './scrub';
import { Readout, Scrubber } from './Scrubber';
import { useTypeScale } from './useTypeScale';

/** With more arms than this only the selected one shows what the reward model thinks of it. */
const MANY = 2;

const GOLD_TICKS = [-1, -0.5, 0, 0.5, 1];

interface ShapeProps {
  cx?: number;
  cy?: number;
  payload?: { last?: boolean };
}

/** Gold reward against the KL it cost, below the best that is reachable; every arm walks away from its start at KL 0. */
export const FrontierChart = memo(function FrontierChart(props: FrontierProps) {
  const { series, bands, lonely, against, startGold, klAxis, empty } = compared(props);
  const nameOf = (id: string) => props.names[id]! + signOf(against, id);
  const { t } = useTranslation(['translation', 'look']);
  const typeScale = useTypeScale();
  const enlarged = useView((s) => s.enlarged === 'frontier');
  const limit = limitOf(series, bands);
  const chosen = useLab((s) => s.selected);
  const selected = useDeferredValue(useCursor((s) => s.held) ?? chosen); // input comes first
  // On an even scale an arm that is far out is left outside, with its KL at the edge.
  const reach =
    klAxis === 'log'
      ? Infinity
      : distance(
          reachOf([
            ...series.filter((s) => !s.isLimit).map((s) => Math.max(...s.points.map((p) => p.evaluation.kl))),
            ...lonely.filter((b) => !b.isLimit).map((b) => b.points.at(-1)!.ranges.kl.median),
          ]),
          klAxis,
        );
  const toAxis = useCallback((kl: number) => Math.min(reach, distance(kl, klAxis)), [klAxis, reach]);
  const isOut = (kl: number) => distance(kl, klAxis) > reach;
  const paths = series
    .filter((s) => s.id !== limit?.id)
    .map((s) => ({
      series: s,
      data: s.points.map((p, i) => ({
        kl: p.evaluation.kl,
        at: toAxis(p.evaluation.kl),
        gold: p.evaluation.gold,
        last: i === s.points.length - 1,
      })),
    }))
    .map((path) => ({ ...path, inside: path.data.filter((d) => !isOut(d.kl)) }));
  const others = lonely.filter((b) => b.id !== limit?.id);
  const shownBands = bands.filter((b) => b.id !== limit?.id && !isOut(b.points.at(-1)!.ranges.kl.median));
  const fits = series.flatMap((s) => {
    const fit = s.stale || s.isLimit ? undefined : fitCurve(s);
    const wanted = enlarged || (klAxis !== 'kl' && fit?.peak && (paths.length <= MANY || s.id === selected));
    return fit && wanted && !isOut(s.points.at(-1)!.evaluation.kl) ? [{ id: s.id, style: s.style, fit }] : [];
  });
  // What the reward model thinks, on an axis of its own to the right; both zeros are at the same height.
  const proxied =
    klAxis !== 'kl' || enlarged
      ? paths.filter(({ series: s }) => paths.length <= MANY || s.id === selected)
      : [];
  const proxies = proxied.flatMap(({ series: s }) => s.points.flatMap((p) => p.evaluation.proxy ?? []));
  const proxyReach = mirrored(proxies).domain[1];
  const x = klAxisTo(
    Math.max(
      ...paths.flatMap((p) => p.inside.map((d) => d.at)),
      ...shownBands.flatMap((b) => b.points.map((p) => toAxis(p.ranges.kl.median))),
      ...(limit ? limit.curve.map((place) => toAxis(place.kl)) : []),
      distance(1, klAxis),
    ),
    klAxis,
  );
  const labelled = (id: string, kl: number) =>
    (isOut(kl) ? `${nameOf(id)} KL ${fixed(kl, 0)}` : nameOf(id)).trim();
  const labels: EndLabel[] = [
    ...paths.map(({ series: s, data }) => ({
      key: s.id,
      text: labelled(s.id, data[data.length - 1]!.kl),
      colour: armColour(s.style),
      arm: { id: s.id, style: s.style },
      x: Math.min(x.domain[1], data[data.length - 1]!.at),
      y: data[data.length - 1]!.gold,
      faint: s.stale,
    })),
    ...others.map((b) => {
      const { kl, gold } = b.points[b.points.length - 1]!.ranges;
      const colour = armColour(b.style);
      return {
        key: b.id,
        text: labelled(b.id, kl.median),
        colour,
        arm: { id: b.id, style: b.style },
        x: Math.min(x.domain[1], toAxis(kl.median)),
        y: gold.median,
      };
    }),
  ];
  const limitStyle = [...series, ...bands].find((s) => s.id === limit?.id)?.style ?? 0;
  if (limit) {
    const end = limit.curve[limit.curve.length - 1]!;
    const colour = armColour(limitStyle);
    labels.push({ key: limit.id, text: t('charts.frontier.limit'), colour, x: toAxis(end.kl), y: end.gold });
  }
  if (startGold !== undefined && against.main) {
    const text = shortReference(against.main);
    labels.push({ key: 'start', text, colour: 'var(--sft)', x: 0, y: startGold, fixed: true });
  }
  const lowest = Math.min(0, ...labels.map((l) => l.y), ...paths.flatMap((p) => p.inside.map((d) => d.gold)));
  const low = lowest < -0.5 ? -1 : -0.5;
  const xUnit =
    klAxis === 'log' ? t('look:log.unit') : t(klAxis === 'sqrt' ? 'charts.klRoot' : 'charts.klShort');
  const title = t('charts.frontier.title');
  const question = t('charts.frontier.question');
  const time = useView((s) => s.xAxis);
  const scrub: Scrub = {
    axis: time,
    lines: paths.map(({ series: s, data }) => ({
      id: s.id,
      name: s.name,
      style: s.style,
      points: data.map((d, i) => ({ time: isLadder(s) ? i : s.points[i]![time], x: d.at, y: d.gold })),
    })),
    format: (gold) => fixed(gold, 2, true),
    isOverTime: false,
  };
  const values = paths
    .map(
      ({ series: s, data }) =>
        `${s.name}: ${fixed(data.at(-1)!.gold, 2, true)}, KL ${fixed(data.at(-1)!.kl, 1)}`,
    )
    .join('; ');
  return (
    <ChartFrame
      name="frontier"
      title={title}
      question={<Readout scrub={scrub} question={question} />}
      scrubber={<Scrubber scrub={scrub} title={title} shown={{ domain: [0, 1], ticks: [] }} />}
      unit={t('charts.goldUnit')}
      xUnit={xUnit}
      summary={t('charts.summary', { title, question, values })}
      empty={empty}
      rightUnit={proxies.length ? t('charts.proxyUnit') : undefined}
      legend={
        <>
          <AgainstLegend against={against} />
          {fits.length > 0 && (
            <span>
              <LineSign dashes="6 4" width={1.25} /> {t('charts.frontier.fit')}
            </span>
          )}
          {proxies.length > 0 && (
            <span>
              <LineSign
                dashes="2 4"
                colour={proxied.length === 1 ? armColour(proxied[0]!.series.style) : undefined}
              />{' '}
              {t('charts.proxy')}
            </span>
          )}
        </>
      }
      controls={
        <SegmentedControl
          size="xs"
          className={classes.compact}
          aria-label={withReference('charts.frontier.axis', against.main)}
          value={klAxis}
          onChange={(value) => setView({ klAxis: value as ViewState['klAxis'] })}
          data={[
            { value: 'kl', label: 'KL' },
            { value: 'sqrt', label: '√KL' },
            { value: 'log', label: t('look:log.kl') },
          ]}
        />
      }
    >
      <Plot>
        <ScatterChart margin={MARGIN} accessibilityLayer={false}>
          <CartesianGrid stroke="var(--grid)" />
          <BottomAxis
            axis={x}
            of="at"
            before={6}
            cut
            format={(at) => brief(x.nats.get(at) ?? at)}
            after={roomFor([`${xUnit}000`, ...labels.map(labelText)], typeScale)}
          />
          <LeftAxis axis={{ domain: [low, 1], ticks: GOLD_TICKS.filter((tick) => tick >= low) }} of="gold" />
          {proxies.length > 0 && (
            <RightAxis
              axis={{ domain: [low * proxyReach, proxyReach], ticks: [low * proxyReach, 0, proxyReach] }}
            />
          )}
          {limit && (
            <Limit
              curve={startGold === undefined ? limit.curve : [{ kl: 0, gold: startGold }, ...limit.curve]}
              style={limitStyle}
              distance={toAxis}
              end={x.domain[1]}
              text={t('charts.frontier.above')}
            />
          )}
          <SeedPaths bands={shownBands} distance={toAxis} />
          <ProxyPaths
            paths={proxied.map(({ series: s }) => ({
              id: s.id,
              style: s.style,
              places: s.points.flatMap(({ evaluation: { kl, proxy } }) =>
                proxy === undefined || isOut(kl) ? [] : [{ kl, gold: proxy / proxyReach }],
              ),
            }))}
            distance={toAxis}
          />
          <Fits fits={fits} distance={toAxis} peakText={t('charts.frontier.peak')} />
          {paths.map(({ series: s, inside }) => (
            <Scatter
              key={s.id}
              className={armClass(s.id)}
              data={inside}
              line={{ stroke: armColour(s.style), strokeWidth: 1.5, strokeOpacity: 0.55 * opacityOf(s) }}
              lineJointType="linear"
              isAnimationActive={false}
              shape={({ cx = 0, cy = 0, payload }: ShapeProps) => (
                <g opacity={opacityOf(s)}>
                  <Marker
                    shape={markerOf(s)}
                    x={cx}
                    y={cy}
                    size={payload?.last ? 5 : paths.length > 4 ? 2 : 2.6}
                    colour={armColour(s.style)}
                    filled={!isHollow(s.style)}
                  />
                </g>
              )}
            />
          ))}
          {startGold !== undefined && (
            <Scatter
              data={[{ at: 0, gold: startGold }]}
              isAnimationActive={false}
              shape={({ cx = 0, cy = 0 }: ShapeProps) => (
                <Marker shape="circle" x={cx} y={cy} size={5} colour="var(--sft)" filled />
              )}
            />
          )}
          <CursorLayer scrub={scrub} end={x.domain[1]} />
          <EndLabels labels={labels} end={x.domain[1]} />
        </ScatterChart>
      </Plot>
    </ChartFrame>
  );
});
