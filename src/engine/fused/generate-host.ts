import type { LayerCache } from '../../kernels/kernels';
import { message, MessageError } from '../../messages';
import { EOS } from '../../model/tokens';
import type { GenerateOptions, Rollout } from '../types';
import { decode, penalties, prefill, sample, type DecodePlan } from './decode';
import type { ReadyModel } from './tensors';

interface ActiveRow {
  /** Row of the batch, and slot in the cache. */
  row: number;
  /** Tokens so far, prompt included. */
  length: number;
}

/** Reads every token as it is drawn, and goes on with the unfinished rows only: best in host memory. */
export async function generateOnHost(
  model: ReadyModel,
  { prompts, limits, steps, capacity }: DecodePlan,
  options: GenerateOptions,
): Promise<Rollout> {
  const { kernels, config, tensors } = model;
  const width = config.nEmbd;
  const { firstRow = 0, banned = [] } = options;
  const completions: number[][] = prompts.map(() => []);
  const finished = prompts.map(() => false);
  const slots = prompts.length;
  const caches: LayerCache[] = tensors.layers.map(() => kernels.layerCache({ slots, capacity, width }));
  const penalty = kernels.upload(penalties(config.vocabSize, banned));
  const hidden = kernels.temporary(slots * width);
  const state = { caches, hidden };
  prefill(model, prompts, state);
  let active: ActiveRow[] = prompts.map((p, row) => ({ row, length: p.length }));

  for (let step = 0; step < steps && active.length > 0; step++)
    await kernels.frame(async () => {
      const n = active.length;
      const drawn = kernels.temporary(n);
      const noise = {
        noiseRows: kernels.upload(Int32Array.from(active, ({ row }) => firstRow + row)),
        noiseSteps: kernels.upload(new Int32Array(n).fill(step)),
      };
      sample(model, { hidden, penalty, ...noise, out: drawn, rows: n }, options);
      const tokens = await kernels.readInts(drawn);
      const fed: number[] = [];
      const survivors: ActiveRow[] = [];
      active.forEach(({ row, length }, i) => {
        if (limits[row]! <= 0) return; // the prompt already fills the context
        const token = tokens[i]!;
        if (token < 0) throw new MessageError(message('sampling.notFinite', {}));
        completions[row]!.push(token);
        if (token === EOS) finished[row] = true;
        else if (step + 1 < limits[row]!) {
          survivors.push({ row, length: length + 1 });
          fed.push(token);
        }
      });
      active = survivors;
      if (active.length === 0) return;
      const next = {
        ids: kernels.upload(Int32Array.from(fed)),
        slots: kernels.upload(Int32Array.from(active, ({ row }) => row)),
        positions: kernels.upload(Int32Array.from(active, ({ length }) => length - 1)),
        tokens: active.length,
      };
      decode(model, next, state);
    });
  return { completions, finished, readbacks: 0 };
}
