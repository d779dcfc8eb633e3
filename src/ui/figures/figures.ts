import { claimIds, type Claim } from '../../pipeline/records/claims';
import type { Demo } from '../../pipeline/records/demo';
import type { StageName } from '../../pipeline/contract/stage';
import type { Spread } from '../../pipeline/records/verdict';
import { fixed, percent } from '../i18n/format';
import { figureOf } from './figure-book';
import type { StageModel } from '../store/snapshot';

/** Stages that are not measured against SFT, so that the four charts have nothing to show of them. */
const UNCHARTED: readonly StageName[] = ['instruct', 'few-shot', 'probe'];

/** No arm walks away from SFT: a table says more than curves. */
export const isTableOnly = (arms: readonly { stage: StageName }[]): boolean =>
  arms.every((arm) => UNCHARTED.includes(arm.stage));

const TASKS = ['accuracy', 'accuracy/heldOutClusters', 'accuracy/trainClusters', 'tokensPerQuestion'];
const ANSWERS = ['gold', 'winRate', 'lcWinRate', 'kl', 'gap', 'length'];

/** Of models that are measured as they are: each would be compared with itself. */
const MEASURED = ['gold', 'length'];

/** Figures that tell these arms apart, the main one first. */
export function figuresToShow(
  arms: readonly { id: string; stage: StageName }[],
  demo: Pick<Demo, 'chart' | 'claims'> | undefined,
): string[] {
  const ids = new Set(arms.map((arm) => arm.id));
  const claimed = (demo?.claims ?? []).flatMap((claim) => figuresOfArms(claim, ids));
  const usual = arms.some((arm) => arm.stage === 'instruct' || arm.stage === 'few-shot')
    ? TASKS
    : arms.every((arm) => arm.stage === 'probe')
      ? MEASURED
      : ANSWERS;
  return [...new Set([...(demo?.chart?.y ?? []), ...claimed, ...usual])];
}

function figuresOfArms(claim: Claim, ids: ReadonlySet<string>): string[] {
  if (!claimIds(claim).some((id) => ids.has(id))) return [];
  return [claim.left, claim.right].flatMap((figure) => {
    if (typeof figure !== 'string') return [];
    const dot = figure.indexOf('.');
    return ids.has(figure.slice(0, dot)) ? [figure.slice(dot + 1)] : [];
  });
}

const SHARES =
  /^(reward\.)?(accuracy|labelAccuracy|median|iqr|q1|q3|winRate|lcWinRate|labelerWinRate|implicitAccuracy|clipFraction|fewShot|eosRate|agreement|labelerAgreement|heldOutAgreement)/;
const REWARDS = /^(gold|proxy|peak\.gold|delta)/;
/** Two digits say more than one. */
const FINE = /Loss|loss|gap|ratioSpread|fit\.|flattery/;

/** A fitted peak beyond this KL only says that the curve hardly bends. */
const FARTHEST = 1000;

/** The value of a figure, for people; two digits more if `precise`. */
export function figureValue(name: string, value: number, precise = false): string {
  const more = precise ? 2 : 0;
  if (SHARES.test(name)) return percent(value, more || (value > 0 && value < 0.1 ? 1 : 0));
  if (name === 'fit.peakKl' && value > FARTHEST) return `> ${FARTHEST}`;
  if (REWARDS.test(name)) return fixed(value, 2 + more, true);
  return Number.isInteger(value) ? String(value) : fixed(value, (FINE.test(name) ? 2 : 1) + more);
}

/** Mean and half-width of the 95 % interval, for people: "0.59 ± 0.02". */
export function spreadValue(name: string, { mean, halfWidth }: Spread): string {
  const value = figureValue(name, mean);
  if (Number.isNaN(halfWidth) || (name === 'fit.peakKl' && mean > FARTHEST)) return value;
  if (SHARES.test(name)) return `${value.replace(' %', '')} ± ${figureValue(name, halfWidth)}`;
  return `${value} ± ${fixed(halfWidth, REWARDS.test(name) || FINE.test(name) ? 2 : 1)}`;
}

/** Where bars of a figure begin and end. */
export function barRange(name: string, values: readonly number[]): [number, number] {
  if (SHARES.test(name)) return [0, 1];
  if (/^(gold|peak\.gold)/.test(name)) return [-1, 1];
  return [Math.min(0, ...values), Math.max(0, ...values) || 1];
}

/** The arm with the highest value; undefined until every arm has one. */
export function highest(arms: readonly StageModel[], name: string): StageModel | undefined {
  const values = arms.map((arm) => figureOf(arm, name));
  if (!values.length || values.some((v) => !v?.final)) return undefined;
  return arms.reduce((best, arm, i) => (values[i]!.value > values[arms.indexOf(best)]!.value ? arm : best));
}
