import { z } from 'zod';
import { messageSchema, keySchema, refuseDisorder, wordSchema } from '../../pipeline/records/stored-config';
import '../../messages/all';
import { refuseAt } from '../../messages/shape';
import { labConfigSchema } from '../../pipeline/lab/config';
import { MOST_CHARACTERS } from '../data/formats';
import { VOCABULARY_SIZE } from '../../model/tokens';
import { digestSchema } from '../digest';

/** The version of `.alignlet` files that is written; all up to it are read. */
export const LAB_VERSION = 2;

/** Numbers that JSON has no way to write, and the zero that it writes as another one. */
const WORDS = { NaN, Infinity, '-Infinity': -Infinity, '-0': -0 } as const;

/** A number as JSON holds it without loss. */
export const written = (x: number): number | string =>
  Object.is(x, -0) ? '-0' : Number.isFinite(x) ? x : String(x);

const anyNumber = z.union([
  z.number(),
  z.enum(Object.keys(WORDS) as [keyof typeof WORDS]).transform((word) => WORDS[word]),
]);

const figures = z.record(wordSchema, anyNumber);

/** Where in a stage, and after how many seconds of work. */
const position = {
  update: z.number().min(0),
  updates: z.number().min(0),
  samples: z.number().min(0),
  tokens: z.number().min(0),
  seconds: z.number().min(0),
};

/** What charts and tables look for in every evaluation. */
const ALWAYS = [
  ...['gold', 'kl', 'winRate', 'winRateLow', 'winRateHigh', 'prompts'],
  ...['eosRate', 'length', 'distinct1', 'distinct2', 'entropy'],
];

/** A record, which keeps the order of its figures. */
const evaluation = figures.superRefine((values, context) => {
  for (const name of ALWAYS)
    if (!Object.hasOwn(values, name))
      refuseAt(context, [name], { code: 'value.type', values: { expected: 'number', got: 'undefined' } });
});

const ids = z
  .array(
    z
      .number()
      .int()
      .min(0)
      .max(VOCABULARY_SIZE - 1),
  )
  .min(1)
  .max(1000);
const perToken = z.array(anyNumber).max(1000);

/** A TokenRecord: one answer that an update learned from. */
const record = z
  .strictObject({
    prompt: ids,
    completion: ids,
    ...{ oldLogProbs: perToken, referenceLogProbs: perToken, newLogProbs: perToken, values: perToken },
    ...{ rewards: perToken, rawAdvantages: perToken, advantages: perToken },
    ...{ gold: anyNumber, score: anyNumber, klCoef: anyNumber },
  })
  .superRefine((found, context) => {
    const { prompt: _, completion, gold: __, score: ___, klCoef: ____, ...lists } = found;
    for (const [name, { length }] of Object.entries(lists)) {
      const values = { expected: String(completion.length), got: String(length), name: `${name}.length` };
      if (length !== completion.length) refuseAt(context, [name], { code: 'exchange.differs', values });
    }
  });

const event = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('metrics'),
    ...position,
    metrics: figures,
    /** Since version 2. */
    records: z.array(record).max(100).optional(),
  }),
  z.strictObject({ type: z.literal('evaluation'), ...position, evaluation }),
]);

const plain = [z.string().max(MOST_CHARACTERS), z.number(), z.boolean()] as const;
const setting = z.union([...plain, z.null(), z.array(z.union(plain)).max(1000)]);

const perPrompt = z.array(anyNumber).max(100_000);

/** `stages/<id>/run.json`: one run of one stage. */
export const runSchema = z
  .strictObject({
    key: keySchema,
    made: z.strictObject({
      seed: labConfigSchema.shape.seed.unwrap(),
      size: labConfigSchema.shape.size.unwrap(),
      settings: z.record(wordSchema, setting),
    }),
    source: z.enum(['live', 'shipped']),
    seconds: z.number().min(0),
    events: z.array(event).max(200_000),
    notices: z.array(messageSchema).max(1000),
    /** Of a run that came to its end. */
    summary: figures.optional(),
    answers: z.strictObject({ gold: perPrompt, length: perPrompt }).optional(),
    /** Of one that did not. */
    failure: z.strictObject({ message: messageSchema, update: z.number().min(0).optional() }).optional(),
  })
  .superRefine(({ events }, context) => refuseDisorder(context, ['events'], events));

/** Answers to one prompt; `id` is a stage's. */
const sample = z.strictObject({
  prompt: z.string().max(MOST_CHARACTERS),
  answers: z
    .array(
      z.strictObject({
        id: wordSchema,
        text: z.string().max(MOST_CHARACTERS),
        gold: z.number(),
        proxy: z.number().optional(),
      }),
    )
    .max(1000),
});

/** `lab.json`: what the lab is, and which files its stages lie in. */
export const labSchema = z.strictObject({
  format: z.literal('alignlet'),
  version: z.number().int().min(1).max(LAB_VERSION),
  /** Of the demo it began with, or `free`. */
  name: z.string().min(1).max(200),
  config: labConfigSchema,
  /** SHA-256 of the files in `stages/<id>`: a zip's own sums are not looked at by everyone who reads it. */
  stages: z.record(wordSchema, z.strictObject({ run: digestSchema, artifact: digestSchema.optional() })),
  samples: z.array(sample).max(1000),
});

export type LabSample = z.infer<typeof sample>;

/** Only what version it is, of whatever else. */
export const versionSchema = z.looseObject({
  format: z.literal('alignlet'),
  version: z.number().int().min(1),
});
