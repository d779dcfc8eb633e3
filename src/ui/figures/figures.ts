import { splitOwner } from '../../pipeline/contract/figures';
import { claimIds, type Claim } from '../../pipeline/records/claims';
import type { Demo } from '../../pipeline/records/demo';
import { STAGES, type StageName } from '../../pipeline/stages';
import { figureInfo } from '../../pipeline/stages/traits';
import type { Spread } from '../../pipeline/records/verdict';
import { fixed, percent } from '../i18n/format';
import { figureOf } from './figure-book';
import type { StageModel } from '../store/snapshot';

const comparedWith = (arm: { stage: StageName }) => STAGES[arm.stage].comparedWith ?? 'sft';

/** No arm walks away from SFT: a table says more than curves. */
export const isTableOnly = (arms: readonly { stage: StageName }[]): boolean =>
  arms.every((arm) => comparedWith(arm) !== 'sft');

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
  const usual = arms.some((arm) => comparedWith(arm) === 'tasks')
    ? TASKS
    : arms.every((arm) => comparedWith(arm) === 'itself')
      ? MEASURED
      : ANSWERS;
  return [...new Set([...(demo?.chart?.y ?? []), ...claimed, ...usual])];
}

function figuresOfArms(claim: Claim, ids: ReadonlySet<string>): string[] {
  if (!claimIds(claim).some((id) => ids.has(id))) return [];
  return [claim.left, claim.right].flatMap((figure) => {
    if (typeof figure !== 'string') return [];
    const { owner, figure: name } = splitOwner(figure);
    return ids.has(owner) ? [name] : [];
  });
}

/** The value of a figure, for people; two digits more if `precise`. */
export function figureValue(name: string, value: number, precise = false): string {
  const { kind, digits, signed = false, atMost = Infinity } = figureInfo(name);
  const more = precise ? 2 : 0;
  if (kind === 'share') return percent(value, more || (value > 0 && value < 0.1 ? 1 : 0));
  if (value > atMost) return `> ${atMost}`;
  return Number.isInteger(value) && !signed ? String(value) : fixed(value, digits + more, signed);
}

/** Mean and half-width of the 95 % interval, for people: "0.59 ± 0.02". */
export function spreadValue(name: string, { mean, halfWidth }: Spread): string {
  const { kind, digits, atMost = Infinity } = figureInfo(name);
  const value = figureValue(name, mean);
  if (Number.isNaN(halfWidth) || mean > atMost) return value;
  if (kind === 'share') return `${value.replace(' %', '')} ± ${figureValue(name, halfWidth)}`;
  return `${value} ± ${fixed(halfWidth, digits)}`;
}

/** Where bars of a figure begin and end. */
export const barRange = (name: string, values: readonly number[]): readonly [number, number] =>
  figureInfo(name).range ?? [Math.min(0, ...values), Math.max(0, ...values) || 1];

/** The arm with the highest value; undefined until every arm has one. */
export function highest(arms: readonly StageModel[], name: string): StageModel | undefined {
  const values = arms.map((arm) => figureOf(arm, name));
  if (!values.length || values.some((v) => !v?.final)) return undefined;
  return arms.reduce((best, arm, i) => (values[i]!.value > values[arms.indexOf(best)]!.value ? arm : best));
}
