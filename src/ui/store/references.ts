import {
  byReference,
  distinctReferences,
  referencesOf,
  type Reference,
  type References,
} from '../../pipeline/lab/reference';
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
  const methods = measured.filter((s) => s.stage !== 'tilt');
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

/** Signs of the second reference, the third and so on; the first has none. */
const SIGNS = ['†', '‡', '§', '¶'];

/** How a chart says what its arms are compared with: the reference of most arms in words, the others by a sign. */
export interface Against {
  /** What most arms are compared with; undefined where no arm is compared with anything. */
  main: Reference | undefined;
  others: { sign: string; reference: Reference }[];
  references: References;
}

export function againstOf(references: References): Against {
  const [main, ...rest] = distinctReferences(references);
  const others = rest.map((reference, i) => ({ sign: SIGNS[i] ?? '*', reference }));
  return { main, others, references };
}

/** The sign of an arm that is not compared with what most arms are; empty for those that are. */
export const signOf = ({ references, others }: Against, id: string): string =>
  others.find(({ reference }) => reference.id === references[id]?.id)?.sign ?? '';
