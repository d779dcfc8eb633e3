import { z } from 'zod';
import { message, MessageError } from '../../messages';
import { shapeProblems } from '../../messages/shape';
import type { LabConfig } from '../lab/config';
import { storedKeyOf, type StoredEvaluation, type StoredRun } from './recording';

const byId = <V extends z.ZodType>(value: V) => z.record(z.string(), value);
const position = { update: z.number(), updates: z.number(), samples: z.number(), tokens: z.number() };

/** As much of a configuration of earlier code as is looked at; the rest is kept. */
const configSchema = z.looseObject({
  arms: z.array(
    z.looseObject({ id: z.string(), name: z.string(), stage: z.string(), settings: byId(z.unknown()) }),
  ),
});

/** A file of `demos/<name>/results`. Settings are not checked here: they may be those of earlier code. */
const storedRunSchema = z.object({
  key: z.string(),
  keys: byId(z.string().regex(/^[0-9a-f]{32}$/)),
  summary: z.object({
    demo: z.string(),
    seed: z.number(),
    backend: z.string(),
    seconds: z.number(),
    config: configSchema as unknown as z.ZodType<LabConfig>,
    trunk: byId(byId(z.union([z.number(), z.string()]))),
    arms: byId(byId(z.number())),
    failures: byId(z.string()),
  }),
  history: byId(
    z.array(
      z.object({
        ...position,
        seconds: z.number(),
        evaluation: z.custom<StoredEvaluation['evaluation']>(
          (value) => byId(z.number()).safeParse(value).success,
        ),
      }),
    ),
  ),
});

/** Checks what was stored. Throws a MessageError that names the first thing that is wrong. */
export function checkedRun(json: unknown): StoredRun {
  const run = checkedShape(storedRunSchema, json);
  if (run.key !== storedKeyOf(run.keys)) throw new MessageError({ code: 'record.keys', values: {} });
  return run;
}

/** The value as the schema has it. Throws a MessageError that names the first place where it is not. */
export function checkedShape<S extends z.ZodType>(schema: S, value: unknown): z.infer<S> {
  const [wrong] = shapeProblems(schema, value);
  if (wrong) throw new MessageError(message('at', { path: wrong.path || 'JSON', problem: wrong.message }));
  return schema.parse(value);
}
