import { z } from 'zod';
import type { BackendName } from '../../engine/types';
import { foreign } from '../../messages';
import { refuseAt } from '../../messages/shape';
import type { ModelSize } from '../../model/config';
import { decode, EOS } from '../../world';
import { buildGraph, keyOf, type Graph } from '../lab/graph';
import type { NodeView } from '../lab/lab';
import type { LabConfig } from '../lab/config';
import type { TimedEvent } from '../lab/runner';
import type { EvaluationEvent } from '../contract/stage';
import type { StageName } from '../stages';
import {
  backendSchema,
  figuresSchema,
  keySchema,
  messageSchema,
  positionSchema,
  refuseDisorder,
  refuseTwice,
  refuseUnknown,
  storedConfigSchema,
  wordSchema,
} from './stored-config';

/** What `summary.json` holds. */
export interface RunSummary {
  demo: string;
  seed: number;
  backend: BackendName;
  /** Wall-clock seconds of the whole run. */
  seconds: number;
  config: LabConfig;
  /** Headline figures and seconds of every trunk stage. */
  trunk: Record<string, Record<string, number | string>>;
  /** Headline figures of every arm: its final evaluation on held-out prompts, and what it adds. */
  arms: Record<string, Record<string, number>>;
  /** Stages that failed, with the reason. */
  failures: Record<string, string>;
}

/** A measurement of an arm on the way, as it is stored. */
export type StoredEvaluation = Omit<EvaluationEvent, 'weights' | 'type'> & { seconds: number };

/** One finished (demo, seed) as it lies in `demos/<name>/results`. */
export interface StoredRun {
  /** Of all `keys` together, so that a file whose keys were changed by hand is noticed. */
  key: string;
  /** What made the result of every stage and arm, by id: the graph's keys, without the run's seed. */
  keys: Record<string, string>;
  summary: RunSummary;
  /** Every measurement of every arm that is measured on the way, in order. */
  history: Record<string, StoredEvaluation[]>;
}

/** The stages of a demo as they are over seeds: whatever the seed, and with the trunk trained live. */
export const graphOverSeeds = (config: LabConfig): Graph => buildGraph({ ...config, seed: 0, start: 'base' });

/** Names what every stage and arm of a demo computes, its seed aside: changes with settings and versions. */
export const storedKeysOf = (config: LabConfig): Record<string, string> =>
  Object.fromEntries(graphOverSeeds(config).map(({ id, key }) => [id, key]));

/** One key for all of them. */
export const storedKeyOf = (keys: Readonly<Record<string, string>>): string => keyOf(Object.values(keys));

/** Version of the format; a recording of another version is not shown. */
export const RECORDING_VERSION = 1;

const timedEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('metrics'), ...positionSchema, metrics: figuresSchema }),
  z.object({ type: z.literal('evaluation'), ...positionSchema, evaluation: figuresSchema }),
]);

/** Why a stage failed. Recordings of earlier versions hold a sentence. */
const failureSchema = z.union([messageSchema, z.string().transform(foreign)]);

const sampleSchema = z.object({
  prompt: z.string(),
  /** Answers to the prompt under the same sampling noise; `id` is an arm's, or `sft`. */
  answers: z.array(z.object({ id: wordSchema, text: z.string(), gold: z.number() })),
});

/** A whole run without its weights: what is needed to show it again. */
export const recordingSchema = z
  .object({
    version: z.literal(RECORDING_VERSION),
    demo: wordSchema,
    seed: z.number().int().min(0),
    backend: backendSchema,
    /** Seconds of the whole run. */
    seconds: z.number().min(0),
    config: storedConfigSchema,
    nodes: z.array(
      z.object({
        id: wordSchema,
        name: z.string(),
        stage: wordSchema.transform((stage) => stage as StageName),
        size: wordSchema.transform((size) => size as ModelSize),
        key: keySchema,
        source: z.enum(['live', 'shipped']),
        seconds: z.number().min(0),
        summary: figuresSchema,
        events: z.array(timedEventSchema),
        /** Why the stage did not come to its end. */
        failure: failureSchema.optional(),
      }),
    ),
    samples: z.array(sampleSchema),
  })
  .superRefine(({ seed, config, nodes, samples }, context) => {
    if (seed !== config.seed)
      refuseAt(context, ['seed'], { code: 'record.differs', values: { from: 'config.seed' } });
    refuseTwice(context, ['nodes'], nodes, 'id');
    nodes.forEach(({ events }, i) => refuseDisorder(context, ['nodes', i, 'events'], events));
    const known = new Set([...nodes.map(({ id }) => id), ...config.arms.map(({ id }) => id), 'sft']);
    samples.forEach(({ answers }, i) => {
      refuseTwice(context, ['samples', i, 'answers'], answers, 'id');
      refuseUnknown(
        context,
        ['samples', i],
        answers.map(({ id }) => id),
        known,
      );
    });
  });

export type Recording = z.infer<typeof recordingSchema>;
export type RecordedSample = z.infer<typeof sampleSchema>;

/** Rows of training metrics kept of one stage, evenly spread; measurements are all kept. */
const KEPT_ROWS = 60;

/** Five digits are more than any chart shows. */
const short = (x: number): number => (Number.isFinite(x) ? Number(x.toPrecision(5)) : 0);
const shortened = (values: object): Record<string, number> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([k, v]) => (typeof v === 'number' ? [[k, short(v)]] : [])),
  );

/** The measurements of each arm that has any, without weights. */
export function historyOf(nodes: readonly NodeView[], config: LabConfig): StoredRun['history'] {
  const arms = new Set(config.arms.map((a) => a.id));
  return Object.fromEntries(
    nodes.flatMap(({ node, run }) => {
      if (!arms.has(node.id)) return [];
      const rows = (run?.events ?? []).flatMap((e) =>
        e.type === 'evaluation'
          ? [
              {
                ...positionOf(e),
                evaluation: shortened(e.evaluation) as unknown as StoredEvaluation['evaluation'],
              },
            ]
          : [],
      );
      return rows.length ? [[node.id, rows]] : [];
    }),
  );
}

const positionOf = ({ update, updates, samples, tokens, seconds }: TimedEvent) => ({
  update,
  updates,
  samples,
  tokens,
  seconds: short(seconds),
});

/** Everything that the page needs to show a finished run again. */
export function recordingOf(
  { demo, seed, backend, seconds, config }: RunSummary,
  nodes: readonly NodeView[],
  samples: RecordedSample[],
): Recording {
  return {
    version: RECORDING_VERSION,
    demo,
    seed,
    backend,
    seconds,
    config,
    nodes: nodes.flatMap(({ node, run }) =>
      run?.result || run?.failure
        ? [
            {
              ...{ id: node.id, name: node.name, stage: node.stage, size: node.size, key: node.key },
              source: run.source,
              seconds: short(run.seconds),
              summary: shortened(run.result?.summary ?? {}),
              events: thinned(run.events),
              ...(run.failure ? { failure: run.failure.message } : {}),
            },
          ]
        : [],
    ),
    samples,
  };
}

function thinned(events: readonly TimedEvent[]): Recording['nodes'][number]['events'] {
  const rows = events.filter((e) => e.type === 'metrics').length;
  const every = Math.max(1, Math.ceil(rows / KEPT_ROWS));
  let row = 0;
  return events.flatMap((e, i): Recording['nodes'][number]['events'] => {
    if (e.type === 'evaluation')
      return [{ type: 'evaluation', ...positionOf(e), evaluation: shortened(e.evaluation) }];
    const keep = row++ % every === 0 || i === events.length - 1 || 'accuracy' in e.metrics;
    return keep ? [{ type: 'metrics', ...positionOf(e), metrics: shortened(e.metrics) }] : [];
  });
}

/** Ids as text, without `<eos>` at the end; an answer that does not end says so by an ellipsis. */
export const textOf = (ids: readonly number[]): string =>
  ids.at(-1) === EOS ? decode(ids.slice(0, -1)).join(' ') : `${decode(ids).join(' ')} …`;
