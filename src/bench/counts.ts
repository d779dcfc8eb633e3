import type { Engine, LanguageModel } from '../engine/types';
import { runUpdates } from './ours';
import type { LabStage } from './worker-api';
import type { Shape } from './workload';

/** Work asked of a device. */
export interface Asked {
  /** WebGPU dispatches, or WebGL draws (clearing a buffer is one). */
  dispatches: number;
  readbacks: number;
  submits: number;
}

/** One call of a model that a stage made, in the order in which it made them. */
export interface CountedCall extends Asked {
  /** Name of the method. */
  call: string;
  /** Of `update`: it was read back. */
  read?: boolean;
}

export const WORKS = [
  'PPO iteration',
  'rollout',
  'DPO update, logged',
  'DPO update, not logged',
  'reward update, logged',
  'reward update, not logged',
  'SFT update, not logged',
  'pretraining update, not logged',
] as const;
export type Work = (typeof WORKS)[number];

export type Counted = Record<Work, Asked>;

const ZERO: Asked = { dispatches: 0, readbacks: 0, submits: 0 };
const less = (a: Asked, b: Asked): Asked => ({
  dispatches: a.dispatches - b.dispatches,
  readbacks: a.readbacks - b.readbacks,
  submits: a.submits - b.submits,
});

/** The engine, and a list of what was asked of it in every call of its models since the list was last emptied. */
export function counted(engine: Engine): { engine: Engine; calls: CountedCall[]; asked: () => Asked } {
  const asked = (): Asked => ({ ...ZERO, ...engine.counters?.() });
  const calls: CountedCall[] = [];
  const raw = new WeakMap<object, object>();
  /** Arguments with models among them, as the engine knows them. */
  const known = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(known);
    if (typeof value !== 'object' || value === null) return value;
    if (raw.has(value)) return raw.get(value);
    return 'model' in value ? { ...value, model: known(value.model) } : value;
  };
  const listening = <T extends object>(target: T, skip: readonly string[]): T => {
    const proxy = new Proxy(target, {
      get(object, name) {
        const found = Reflect.get(object, name) as unknown;
        if (typeof found !== 'function' || typeof name !== 'string' || skip.includes(name)) return found;
        return (...args: unknown[]) => {
          const before = asked();
          const result = (found as (...a: unknown[]) => unknown).apply(object, args.map(known));
          if (!(result instanceof Promise)) return result;
          return result.then((value) => {
            const read = name === 'update' ? { read: Boolean(args[2]) } : {};
            calls.push({ call: name, ...read, ...less(asked(), before) });
            return value as unknown;
          });
        };
      },
    });
    raw.set(proxy, target);
    return proxy;
  };
  const wrapped = listening(engine, ['createModel', 'counters', 'memory', 'dispose']);
  const createModel: Engine['createModel'] = (config, weights) =>
    listening<LanguageModel>(engine.createModel(config, weights), ['dispose', 'setWeights']);
  return {
    engine: new Proxy(wrapped, {
      get: (object, name) => (name === 'createModel' ? createModel : (Reflect.get(object, name) as unknown)),
    }),
    calls,
    asked,
  };
}

/** Updates until every kind of them has been seen: of so many every second is logged. */
const PLANNED = { ppo: 200, dpo: 200, reward: 200, sft: 200, pretrain: 600 };
const RUN = 4;

/** Rows of a batch (PPO: rollouts; DPO and reward: pairs). */
export interface CountRows {
  ppo: number;
  pairs: number;
  texts: number;
}

/**
 * A quarter of the lab's, for GPUs in software. With the whole batches WebGPU takes one dispatch more for a rollout and a
 * few more an update, where sums over at least 256 tokens are cut into slices.
 */
export const COUNT_ROWS: CountRows = { ppo: 16, pairs: 8, texts: 16 };

/** What the stages ask of an engine in their steady state; each runs for a few updates. */
export async function measureCounts(
  engine: Engine,
  shape: Shape,
  { rows = COUNT_ROWS, say }: { rows?: CountRows; say?: (message: string) => void } = {},
): Promise<Counted> {
  const counts: Partial<Counted> = {};
  const listened = counted(engine);
  const run = async (
    stage: LabStage,
    overrides: Record<string, unknown>,
    until: number,
    hear: (update: number) => void,
  ) => {
    say?.(stage);
    listened.calls.length = 0;
    await runUpdates(listened.engine, stage, shape, overrides, ({ update }) => {
      hear(update);
      return update < until;
    });
  };
  let last = ZERO;
  let first = 0;
  await run('ppo', { rolloutBatch: rows.ppo, iterations: PLANNED.ppo }, 2, (update) => {
    const now = listened.asked();
    if (update === 2) {
      counts['PPO iteration'] = less(now, last);
      const { dispatches, readbacks, submits } = listened.calls
        .slice(first)
        .find((c) => c.call === 'generate')!;
      counts.rollout = { dispatches, readbacks, submits };
    }
    last = now;
    first = listened.calls.length;
  });
  const updates = async (
    stage: 'dpo' | 'reward' | 'sft' | 'pretrain',
    overrides: Record<string, unknown>,
  ) => {
    await run(stage, { steps: PLANNED[stage], ...overrides }, RUN, () => undefined);
    const of = (read: boolean): Asked => {
      const { dispatches, readbacks, submits } = listened.calls.filter((c) => c.read === read).at(-1)!;
      return { dispatches, readbacks, submits };
    };
    return { logged: of(true), quiet: of(false) };
  };
  const dpo = await updates('dpo', { batchSize: rows.pairs });
  const reward = await updates('reward', { batchSize: rows.pairs });
  const sft = await updates('sft', { batchSize: rows.texts });
  const pretrain = await updates('pretrain', { batchSize: rows.texts, corpusTokens: 20_000 });
  return {
    ...(counts as Counted),
    'DPO update, logged': dpo.logged,
    'DPO update, not logged': dpo.quiet,
    'reward update, logged': reward.logged,
    'reward update, not logged': reward.quiet,
    'SFT update, not logged': sft.quiet,
    'pretraining update, not logged': pretrain.quiet,
  };
}
