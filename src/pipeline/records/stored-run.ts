import { z } from 'zod';
import { MessageError } from '../../messages';
import { checkedShape, refuseAt } from '../../messages/shape';
import { storedKeyOf, type StoredEvaluation, type StoredRun } from './recording';
import {
  backendSchema,
  byId,
  figuresSchema,
  keySchema,
  positionSchema,
  refuseDisorder,
  refuseUnknown,
  storedConfigSchema,
  wordSchema,
} from './stored-config';

/** A file of `demos/<name>/results`. Settings are not checked here: they may be those of earlier code. */
const storedRunSchema = z
  .object({
    key: keySchema,
    keys: byId(keySchema),
    summary: z.object({
      demo: wordSchema,
      seed: z.number().int().min(0),
      backend: backendSchema,
      seconds: z.number().min(0),
      config: storedConfigSchema,
      trunk: byId(byId(z.union([z.number(), z.string()]))),
      arms: byId(figuresSchema),
      failures: byId(z.string()),
    }),
    history: byId(
      z.array(
        z.object({
          ...positionSchema,
          evaluation: figuresSchema.transform(
            (figures) => figures as unknown as StoredEvaluation['evaluation'],
          ),
        }),
      ),
    ),
  })
  .superRefine(({ keys, summary, history }, context) => {
    const made = new Set(Object.keys(keys));
    const arms = new Set(summary.config.arms.map((arm) => arm.id));
    if (summary.seed !== summary.config.seed)
      refuseAt(context, ['summary', 'seed'], { code: 'record.differs', values: { from: 'config.seed' } });
    refuseUnknown(context, ['summary', 'trunk'], Object.keys(summary.trunk), made);
    refuseUnknown(context, ['summary', 'arms'], Object.keys(summary.arms), arms);
    refuseUnknown(context, ['summary', 'failures'], Object.keys(summary.failures), made);
    refuseUnknown(context, ['history'], Object.keys(history), arms);
    for (const [id, rows] of Object.entries(history)) refuseDisorder(context, ['history', id], rows);
  });

/** Checks what was stored. Throws a MessageError that names the first thing that is wrong. */
export function checkedRun(json: unknown): StoredRun {
  const run = checkedShape(storedRunSchema, json);
  if (run.key !== storedKeyOf(run.keys)) throw new MessageError({ code: 'record.keys', values: {} });
  return run;
}
