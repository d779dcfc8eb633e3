import { z } from 'zod';
import type { BackendName } from '../../engine/types';
import { isMessage, sentence, SENTENCES, type Message, type MessageLanguage } from '../../messages';
import { refuseAt } from '../../messages/shape';
import { labConfigSchema, MOST, type LabConfig } from '../lab/config';

/*
 * What files of runs have in common. They may be those of earlier code, with stages and settings that are gone, or
 * of nobody: names are not looked up here, but everything has its type, its place and an end.
 */

/** A name in a file: an id, a stage, a size. */
export const wordSchema = z.string().min(1).max(MOST.letters);

export const keySchema = z.string().regex(/^[0-9a-f]{32}$/);

export const byId = <V extends z.ZodType>(value: V) => z.record(wordSchema, value);

export const figuresSchema = byId(z.number());

/** A time or a count. */
const amount = z.number().min(0);

/** Where in a stage something was measured. */
export const positionSchema = {
  update: amount,
  updates: amount,
  samples: amount,
  tokens: amount,
  seconds: amount,
};

const settings = byId(z.unknown());
const trunk = byId(settings);
const { seed, start, evaluation } = labConfigSchema.shape;

const armSchema = z.looseObject({
  id: labConfigSchema.shape.arms.element.shape.id,
  name: labConfigSchema.shape.arms.element.shape.name,
  stage: wordSchema,
  settings,
  trunk: trunk.optional(),
  size: wordSchema.optional(),
  from: byId(wordSchema).optional(),
  start: wordSchema.optional(),
});

/** A configuration of today or of earlier. */
export const storedConfigSchema = z
  .looseObject({
    task: wordSchema,
    size: wordSchema,
    seed: seed.unwrap(),
    start: start.unwrap(),
    trunk,
    arms: z.array(armSchema).min(1).max(MOST.arms),
    evaluation: evaluation.unwrap(),
    teacher: z.looseObject({ size: wordSchema, trunk }).optional(),
  })
  .superRefine(({ arms }, context) => refuseTwice(context, ['arms'], arms, 'id'))
  .transform((config) => config as unknown as LabConfig);

export const backendSchema = z.enum(['webgpu', 'webgl', 'wasm', 'cpu'] satisfies BackendName[]);

/** A message that can be said in every language: a file may hold a code with values that are not its own. */
export const messageSchema = z.custom<Message>((value) => {
  try {
    return (
      isMessage(value) &&
      (Object.keys(SENTENCES) as MessageLanguage[]).every((l) => typeof sentence(value, l) === 'string')
    );
  } catch {
    return false;
  }
});

type Refinement = Parameters<typeof refuseAt>[0];

/** Refuses the second of two entries that have the same name. */
export function refuseTwice<T extends object>(
  context: Refinement,
  path: readonly PropertyKey[],
  entries: readonly T[],
  name: keyof T,
): void {
  const known = new Set<unknown>();
  entries.forEach((entry, i) => {
    if (known.has(entry[name])) refuseAt(context, [...path, i, name], { code: 'name.twice', values: {} });
    known.add(entry[name]);
  });
}

/** Refuses ids that are not among those that there are. */
export function refuseUnknown(
  context: Refinement,
  path: readonly PropertyKey[],
  ids: Iterable<string>,
  known: ReadonlySet<string>,
): void {
  for (const id of ids)
    if (!known.has(id)) refuseAt(context, [...path, id], { code: 'name.unknown', values: {} });
}

/** Refuses rows of a stage that run backwards in time, or past its end. Updates may begin anew: a ladder follows. */
export function refuseDisorder(
  context: Refinement,
  path: readonly PropertyKey[],
  rows: readonly { update: number; updates: number; seconds: number }[],
): void {
  rows.forEach((row, i) => {
    if (row.seconds < (rows[i - 1]?.seconds ?? 0) || row.update > row.updates)
      refuseAt(context, [...path, i], { code: 'record.order', values: {} });
  });
}
