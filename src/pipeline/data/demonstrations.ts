import type { Rng } from '../../random/rng';
import type { AlignmentTask, DemonstrationSource } from '../../world/types';
import { completionIds, promptIds } from './tokens';

/** Which demonstrations SFT learns from. */
export interface DemonstrationChoice {
  source: DemonstrationSource;
  /** Size of a fixed set that is drawn from again and again; null: a fresh one every time. */
  examples: number | null;
}

/** Ids of a demonstration: the prompt with `<bos>`, the answer with `<eos>`. */
export interface DemonstrationIds {
  prompt: number[];
  completion: number[];
}

/** Demonstrations in the order in which SFT learns from them, without end. */
export function demonstrations(
  task: AlignmentTask,
  data: Rng,
  { source, examples }: DemonstrationChoice,
): () => DemonstrationIds {
  const draw = (): DemonstrationIds => {
    const { prompt, completion } = task.demonstration(data, source);
    return { prompt: promptIds(prompt), completion: completionIds(completion) };
  };
  const pool = examples === null ? null : Array.from({ length: examples }, draw);
  return () => (pool ? data.choice(pool) : draw());
}
