import { nats, numeric, rewardFigure, type FigureDeclarations } from '../contract/figures';
import type { FitForm } from '../contract/traits';

/** A fitted peak beyond this KL only says that the curve hardly bends, nats. */
const FARTHEST = 1000;

export const PEAK_FIGURES = {
  'peak.gold': rewardFigure({ range: [-1, 1], group: 'peak', when: 'sometimes' }),
  'peak.kl': nats({ group: 'peak', when: { with: 'peak.gold' } }),
  'fit.alpha': numeric(2, { group: 'peak', when: 'sometimes' }),
  'fit.beta': numeric(2, { group: 'peak', when: { with: 'fit.alpha' } }),
  'fit.r2': numeric(2, { group: 'peak', when: { with: 'fit.alpha' } }),
  'fit.r2Other': numeric(2, { group: 'peak', when: { with: 'fit.alpha' } }),
  'fit.peakKl': nats({ digits: 2, group: 'peak', atMost: FARTHEST, when: 'sometimes' }),
} satisfies FigureDeclarations;

/** A point on the way away from SFT. */
export interface PathPoint {
  /** Nats per answer from SFT. */
  kl: number;
  gold: number;
}

/** Fewer points with a KL above 0 than this say nothing about a curve of two parameters. */
const ENOUGH = 4;

/**
 * How the true reward follows the distance d = √KL along a path, relative to where the path began (Gao et al.
 * 2022 §3): RL is described by R(d) = d(α − β ln d), best-of-n by R(d) = d(α − βd). Least squares over the
 * points given. Figures: `peak.gold` and `peak.kl` (nats), the highest point measured; with at least four
 * points away from the start also `fit.alpha`, `fit.beta`, `fit.r2` (share of the variance explained, negative
 * for a curve worse than the mean), `fit.r2Other` (that of the other form, for comparison) and `fit.peakKl`, the KL at which the fitted curve is highest (absent when
 * β ≤ 0: no peak).
 */
export function fitOveroptimization(form: FitForm, path: readonly PathPoint[]): Record<string, number> {
  const start = path[0];
  if (!start || path.length < 2) return {};
  const peak = path.reduce((best, p) => (p.gold > best.gold ? p : best));
  const figures: Record<string, number> = { 'peak.gold': peak.gold, 'peak.kl': peak.kl };
  const points = path.filter((p) => p.kl > 0.01).map((p) => ({ d: Math.sqrt(p.kl), r: p.gold - start.gold }));
  if (points.length < ENOUGH) return figures;

  const fit = leastSquares(form, points);
  const other = leastSquares(form === 'rl' ? 'best-of-n' : 'rl', points);
  if (!fit) return figures;
  const { alpha, beta, r2 } = fit;
  const peakDistance = form === 'rl' ? Math.exp(alpha / beta - 1) : alpha / (2 * beta);
  const peaks = beta > 0 && peakDistance > 0 && Number.isFinite(peakDistance ** 2);
  return {
    ...figures,
    'fit.alpha': alpha,
    'fit.beta': beta,
    'fit.r2': r2,
    ...(other ? { 'fit.r2Other': other.r2 } : {}),
    ...(peaks ? { 'fit.peakKl': peakDistance ** 2 } : {}),
  };
}

/** α and β of a form through points of distance d and reward r, and the share of the variance of r they explain. */
function leastSquares(form: FitForm, points: readonly { d: number; r: number }[]) {
  const bend = (d: number) => (form === 'rl' ? -d * Math.log(d) : -d * d); // what β multiplies
  let [dd, db, bb, dr, br] = [0, 0, 0, 0, 0];
  for (const { d, r } of points) {
    dd += d * d;
    db += d * bend(d);
    bb += bend(d) ** 2;
    dr += d * r;
    br += bend(d) * r;
  }
  const determinant = dd * bb - db * db;
  const average = points.reduce((sum, p) => sum + p.r, 0) / points.length;
  const variance = points.reduce((sum, { r }) => sum + (r - average) ** 2, 0);
  if (!(determinant > 1e-9 * dd * bb) || !(variance > 0)) return undefined;
  const alpha = (bb * dr - db * br) / determinant;
  const beta = (dd * br - db * dr) / determinant;
  const residual = points.reduce((sum, { d, r }) => sum + (r - alpha * d - beta * bend(d)) ** 2, 0);
  return { alpha, beta, r2: 1 - residual / variance };
}

/** The fitted reward at a KL, relative to the start of the path. */
export function fittedReward(
  form: FitForm,
  { alpha, beta }: { alpha: number; beta: number },
  kl: number,
): number {
  const d = Math.sqrt(kl);
  if (d === 0) return 0;
  return form === 'rl' ? d * (alpha - beta * Math.log(d)) : d * (alpha - beta * d);
}
