import type { Figures } from '../../pipeline/claims';
import { claimIds, type Claim } from '../../pipeline/claims';
import type { Demo } from '../../pipeline/demo';
import type { StageName } from '../../pipeline/stage';
import { fixed, percent } from '../i18n/format';
import { latestMetric } from '../store/series';
import type { StageModel } from '../store/snapshot';

/** Stages that are not measured against SFT, so that the four charts have nothing to show of them. */
const UNCHARTED: readonly StageName[] = ['instruct', 'few-shot', 'probe'];

/** No arm walks away from SFT: a table says more than curves. */
export const isTableOnly = (arms: readonly { stage: StageName }[]): boolean =>
  arms.every((arm) => UNCHARTED.includes(arm.stage));

/** Final figures of the stages whose results belong to the settings in the form. */
export const finalFigures = (stages: readonly StageModel[]): Figures =>
  Object.fromEntries(
    stages.flatMap((s) => (s.status === 'done' && s.summary ? [[s.id, s.summary] as const] : [])),
  );

/** A figure of an arm: final, or the latest so far. */
export function figureOf(stage: StageModel, name: string): { value: number; final: boolean } | undefined {
  const final = stage.summary?.[name];
  if (stage.status === 'done') return final === undefined ? undefined : { value: final, final: true };
  if (stage.status !== 'running' && stage.status !== 'paused') return undefined;
  const evaluation = stage.evaluations.at(-1)?.evaluation as Record<string, number | undefined> | undefined;
  const value = evaluation?.[name] ?? latestMetric(stage.rows, name);
  return value === undefined ? undefined : { value, final: false };
}

const TASKS = ['accuracy', 'accuracy/heldOutClusters', 'accuracy/trainClusters', 'tokensPerQuestion'];
const ANSWERS = ['gold', 'winRate', 'kl'];

/** Figures that tell these arms apart, the main one first. */
export function figuresToShow(
  arms: readonly { id: string; stage: StageName }[],
  demo: Pick<Demo, 'chart' | 'claims'> | undefined,
): string[] {
  const ids = new Set(arms.map((arm) => arm.id));
  const claimed = (demo?.claims ?? []).flatMap((claim) => figuresOfArms(claim, ids));
  const usual = arms.some((arm) => arm.stage === 'instruct' || arm.stage === 'few-shot') ? TASKS : ANSWERS;
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

const SHARES = /^(accuracy|median|iqr|winRate|fewShot|eosRate|agreement)/;
const REWARDS = /^(gold|proxy)/;

/** The value of a figure, for people; two digits more if `precise`. */
export function figureValue(name: string, value: number, precise = false): string {
  const more = precise ? 2 : 0;
  if (SHARES.test(name)) return percent(value, more || (value > 0 && value < 0.1 ? 1 : 0));
  if (REWARDS.test(name)) return fixed(value, 2 + more, true);
  return Number.isInteger(value) ? String(value) : fixed(value, (/Loss|loss/.test(name) ? 2 : 1) + more);
}

/** Where bars of a figure begin and end. */
export function barRange(name: string, values: readonly number[]): [number, number] {
  if (SHARES.test(name)) return [0, 1];
  if (name.startsWith('gold')) return [-1, 1];
  return [Math.min(0, ...values), Math.max(0, ...values) || 1];
}

/** The arm with the highest value; undefined until every arm has one. */
export function highest(arms: readonly StageModel[], name: string): StageModel | undefined {
  const values = arms.map((arm) => figureOf(arm, name));
  if (!values.length || values.some((v) => !v?.final)) return undefined;
  return arms.reduce((best, arm, i) => (values[i]!.value > values[arms.indexOf(best)]!.value ? arm : best));
}
