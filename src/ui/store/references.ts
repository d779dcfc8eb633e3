import { isLimit } from '../../pipeline/stages/traits';
import { byReference, referencesOf, type Reference, type References } from '../../pipeline/lab/reference';
import type { StageModel } from './snapshot';

/** What the arms among these stages are compared with. */
export const referencesIn = (stages: readonly StageModel[]): References =>
  referencesOf(
    stages,
    stages.filter((s) => s.isArm).map((s) => s.id),
  );

/** An arm's last measurement against its reference. */
export interface Standing {
  name: string;
  /** Share of held-out prompts on which its answer is better, ties half. */
  winRate: number;
  /** Nats per answer. */
  kl: number;
}

/** Arms that were measured against the same model. */
export interface Standings {
  reference: Reference;
  arms: Standing[];
}

/** Where the methods ended, in lists that may be compared; limits, which are no methods, only where there is nothing else. */
export function standings(stages: readonly StageModel[]): Standings[] {
  const measured = stages.filter((s) => s.isArm && s.evaluations.length > 0);
  const methods = measured.filter((s) => !isLimit(s));
  return byReference(methods.length ? methods : measured, referencesIn(stages)).map(
    ({ reference, arms }) => ({
      reference,
      arms: arms.map(({ name, evaluations }) => {
        const { winRate, kl } = evaluations.at(-1)!.evaluation;
        return { name, winRate, kl };
      }),
    }),
  );
}
