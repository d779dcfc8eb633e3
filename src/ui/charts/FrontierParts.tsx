import { usePlotArea, useXAxisScale, useYAxisScale } from 'recharts';
import { useId } from 'react';
import type { Place } from '../../pipeline/measures/derived';
import type { ArmBand } from '../figures/bands';
import { armColour } from '../theme/palette';
import type { FitCurve } from './frontier';
import { armClass } from './scrub';

type At = (place: Place) => { x: number; y: number } | undefined;

/** Pixels of a place in the plane; `distance` turns nats into what the axis counts. */
function usePlane(distance: (kl: number) => number): At | undefined {
  const xScale = useXAxisScale();
  const yScale = useYAxisScale();
  if (!xScale || !yScale) return undefined;
  return ({ kl, gold }) => {
    const [x, y] = [xScale(distance(kl)), yScale(gold)];
    return x === undefined || y === undefined || !Number.isFinite(y) ? undefined : { x, y };
  };
}

function pathThrough(places: readonly Place[], at: At): string {
  const spots = places.flatMap((place) => at(place) ?? []);
  return spots.map(({ x, y }, i) => `${i ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
}

interface LimitProps {
  curve: readonly Place[];
  style: number;
  distance: (kl: number) => number;
  /** Where the axis ends. */
  end: number;
  /** What is said of the region above. */
  text: string;
}

/** The best reachable reward, and hatching where no policy can be. */
export function Limit({ curve, style, distance, end, text }: LimitProps) {
  const id = useId();
  const at = usePlane(distance);
  const xScale = useXAxisScale();
  const area = usePlotArea();
  if (!at || !area || !xScale) return null;
  const first = at(curve[0]!);
  const last = at(curve[curve.length - 1]!);
  if (!first || !last) return null;
  const line = pathThrough(curve, at);
  // The text stands above the curve, near its middle, if there is room between it and the top.
  const middle = at(curve[Math.floor(curve.length / 2)]!);
  const room = middle ? middle.y - area.y : 0;
  return (
    <g pointerEvents="none">
      <defs>
        <pattern id={id} width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path d="M0 0V7" stroke="var(--text-muted)" strokeWidth="1" opacity="0.45" />
        </pattern>
      </defs>
      <path d={`${line}V${area.y}H${first.x}Z`} fill={`url(#${id})`} stroke="none" />
      <path d={line} fill="none" stroke={armColour(style)} strokeWidth="2.5" strokeLinejoin="round" />
      {/* It never falls: beyond what was measured it is at least as high. */}
      <path d={`M${last.x} ${last.y}H${xScale(end)}`} stroke={armColour(style)} strokeDasharray="3 4" />
      {room > 26 && last.x - first.x > 90 && (
        <text
          x={first.x + 8}
          y={area.y + 13}
          fontSize="0.6875rem"
          fill="var(--text-muted)"
          stroke="var(--surface)"
          strokeWidth={4}
          paintOrder="stroke"
        >
          {text}
        </text>
      )}
    </g>
  );
}

interface FitsProps {
  fits: readonly { id: string; style: number; fit: FitCurve }[];
  distance: (kl: number) => number;
  /** How a peak is called. */
  peakText: string;
}

/** Fitted curves, thin and dashed, with their peaks. */
export function Fits({ fits, distance, peakText }: FitsProps) {
  const id = useId();
  const at = usePlane(distance);
  const area = usePlotArea();
  if (!at || !area) return null;
  return (
    <g pointerEvents="none" fill="none" strokeWidth="1.25" clipPath={`url(#${id})`}>
      <clipPath id={id}>
        <rect {...area} />
      </clipPath>
      {fits.map(({ id: arm, style, fit }) => {
        const peak = fit.peak && at(fit.peak);
        return (
          <g key={arm} className={armClass(arm)} stroke={armColour(style)}>
            <path d={pathThrough(fit.points, at)} strokeDasharray="6 4" />
            {peak && (
              <>
                <path d={`M${peak.x} ${peak.y - 7}V${peak.y + 7}`} strokeWidth="2" />
                {fits.length === 1 && (
                  <text
                    x={peak.x}
                    y={peak.y - 10}
                    textAnchor="middle"
                    fontSize="0.6875rem"
                    fill={armColour(style)}
                    stroke="var(--surface)"
                    strokeWidth={3}
                    paintOrder="stroke"
                  >
                    {peakText}
                  </text>
                )}
              </>
            )}
          </g>
        );
      })}
    </g>
  );
}

interface ProxyPathsProps {
  /** In units of the gold axis. */
  paths: readonly { id: string; style: number; places: readonly Place[] }[];
  distance: (kl: number) => number;
}

/** What the reward model thinks along the way, dashed as everywhere. */
export function ProxyPaths({ paths, distance }: ProxyPathsProps) {
  const at = usePlane(distance);
  if (!at) return null;
  return (
    <g pointerEvents="none" fill="none" strokeWidth="2" strokeDasharray="2 4" strokeLinecap="round">
      {paths.map(({ id, style, places }) => (
        <path key={id} className={armClass(id)} d={pathThrough(places, at)} stroke={armColour(style)} />
      ))}
    </g>
  );
}

interface SeedPathsProps {
  bands: readonly ArmBand[];
  distance: (kl: number) => number;
}

/** The middle of the recorded seeds on their way, and from lowest to highest at its end in both directions. */
export function SeedPaths({ bands, distance }: SeedPathsProps) {
  const at = usePlane(distance);
  if (!at) return null;
  return (
    <g pointerEvents="none" fill="none">
      {bands.map((band) => {
        const { kl, gold } = band.points[band.points.length - 1]!.ranges;
        const ends = [
          [at({ kl: kl.low, gold: gold.median }), at({ kl: kl.high, gold: gold.median })],
          [at({ kl: kl.median, gold: gold.low }), at({ kl: kl.median, gold: gold.high })],
        ];
        const places = band.points.map((p) => ({ kl: p.ranges.kl.median, gold: p.ranges.gold.median }));
        return (
          <g key={band.id} className={armClass(band.id)} stroke={armColour(band.style)}>
            <path d={pathThrough(places, at)} strokeWidth="1" opacity="0.75" />
            {ends.map(
              ([a, b], i) =>
                a && b && <path key={i} d={`M${a.x} ${a.y}L${b.x} ${b.y}`} strokeWidth="5" opacity="0.3" />,
            )}
          </g>
        );
      })}
    </g>
  );
}
