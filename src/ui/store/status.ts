import type { Message } from '../../messages';
import type { RunState } from '../../pipeline/lab/lab';
import { findingsOf } from './findings';
import { standings, type Standings } from './references';
import type { StageModel } from './snapshot';

/** What the page says about the run in one sentence; the words are in the catalogue under `status`. */
export type Status =
  | { kind: 'problem'; path: string; message: Message; count: number }
  | { kind: 'engineStarting' | 'loading' | 'waiting' }
  | { kind: 'engineFailed'; message: Message }
  | { kind: 'unloaded'; stages: StageModel[] }
  | { kind: 'ready'; ready: StageModel[]; todo: StageModel[] }
  | { kind: 'running' | 'paused'; active: StageModel[]; secondsLeft?: number }
  | { kind: 'replay'; seed: number; backend: string; ended: boolean }
  | { kind: 'failed'; failed: StageModel[] }
  | {
      kind: 'done';
      standings: Standings[];
      /** Names of arms with whom something is wrong. */ troubled: string[];
    };

export interface StatusInput {
  state: RunState;
  stages: readonly StageModel[];
  problems: readonly { path: string; message: Message }[];
  engine: { status: 'starting' | 'ready' } | { status: 'failed'; message: Message };
  loaded: boolean;
  /** Shipped results that could not be loaded. */
  unloaded?: readonly { id: string }[];
  replay?: { seed: number; backend: string; state: string } | null;
}

export function statusOf({
  state,
  stages,
  problems,
  engine,
  loaded,
  unloaded = [],
  replay,
}: StatusInput): Status {
  if (replay)
    return {
      kind: 'replay',
      seed: replay.seed,
      backend: replay.backend,
      ended: replay.state === 'ended',
    };
  if (state !== 'idle') {
    if (engine.status === 'starting') return { kind: 'waiting' };
    const active = stages.filter((s) => s.status === 'running' || s.status === 'paused');
    const left = active.map((s) => s.progress?.secondsLeft).filter((s) => s !== undefined);
    return {
      kind: state,
      active,
      ...(left.length ? { secondsLeft: Math.max(...left) } : {}),
    };
  }
  const [problem] = problems;
  if (problem) return { kind: 'problem', ...problem, count: problems.length };
  if (engine.status === 'failed') return { kind: 'engineFailed', message: engine.message };
  if (!loaded) return { kind: 'loading' };
  if (unloaded.length)
    return { kind: 'unloaded', stages: stages.filter((s) => unloaded.some(({ id }) => id === s.id)) };
  if (engine.status === 'starting') return { kind: 'engineStarting' };
  const todo = stages.filter((s) => s.status !== 'done');
  const failed = stages.filter((s) => s.status === 'failed');
  if (failed.length) return { kind: 'failed', failed };
  if (todo.length) return { kind: 'ready', todo, ready: stages.filter((s) => s.status === 'done') };
  const troubled = stages.filter((s) => findingsOf(s).length > 0).map((s) => s.name);
  return { kind: 'done', standings: standings(stages), troubled };
}
