import { checkBatch } from '../shared/batch';
import type { GenerateOptions, Rollout } from '../types';
import { generateOnDevice } from './generate-device';
import { generateOnHost } from './generate-host';
import { readyModel, type DeviceModel } from './tensors';

/** Samples completions: one ragged pass over the prompts, then one token per row and step. */
export async function generate(
  model: DeviceModel,
  prompts: readonly (readonly number[])[],
  options: GenerateOptions,
): Promise<Rollout> {
  const { kernels, config } = model;
  checkBatch(
    prompts.map((ids) => ({ ids, start: ids.length })),
    config,
  );
  const limits = prompts.map((p) => Math.min(options.maxNewTokens, config.nPositions - p.length));
  const steps = Math.max(...limits);
  if (steps <= 0)
    return { completions: prompts.map(() => []), finished: prompts.map(() => false), readbacks: 0 };
  const capacity = Math.max(...prompts.map((p, i) => p.length + Math.max(0, limits[i]!)));
  const run = kernels.hostMemory ? generateOnHost : generateOnDevice;
  return run(readyModel(model), { prompts, limits, steps, capacity }, options);
}
