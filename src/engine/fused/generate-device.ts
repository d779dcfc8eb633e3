import type { DeviceBuffer } from '../../kernels/kernels';
import { message, MessageError } from '../../messages';
import { EOS } from '../../model/tokens';
import type { GenerateOptions, Rollout } from '../types';
import { noiseRow, samplingTemperature } from '../shared/sampling';
import { decode, penalties, prefill, sample, type DecodePlan } from './decode';
import { attentionShape } from './forward';
import type { ReadyModel } from './tensors';

/** Views of a device buffer must start at a multiple of this many elements (256 bytes). */
const ALIGN = 64;

/**
 * Drawn tokens stay on the device, where the next step's embedding reads them; rows run to the last step (or, where
 * the kernels decode whole rollouts, to their own end), and one readback at the end fetches the whole [steps, B] table. What a row draws after its <eos>
 * or its limit is dropped here.
 */
export async function generateOnDevice(
  model: ReadyModel,
  { prompts, limits, steps, capacity }: DecodePlan,
  options: GenerateOptions,
): Promise<Rollout> {
  const { kernels, config, tensors } = model;
  const width = config.nEmbd;
  const { banned = [] } = options;
  const n = prompts.length;
  const stride = Math.ceil(n / ALIGN) * ALIGN;
  const shape = attentionShape(config);
  const prompt = Math.max(...prompts.map((ids) => ids.length));
  const penalty = kernels.upload(penalties(config.vocabSize, banned));
  const hidden = kernels.temporary(n * width);
  const tokens = kernels.temporary(steps * stride);
  const noiseRows = kernels.upload(Int32Array.from(prompts, (_, row) => noiseRow(options, row)));
  const { layers } = tensors;
  const whole = kernels.rolloutCaches?.({ layers: layers.length, slots: n, capacity, prompt, width, shape });
  if (whole && kernels.decodeRollout) {
    prefill(model, prompts, { caches: whole, hidden });
    kernels.decodeRollout({
      ...{ weights: tensors, caches: whole, hidden, penalty, noiseRows, out: tokens, shape },
      lengths: kernels.upload(Int32Array.from(prompts, (ids) => ids.length)),
      limits: kernels.upload(Int32Array.from(limits)),
      ...{ rows: n, steps, stride, vocabulary: config.vocabSize, end: EOS },
      temperature: samplingTemperature(options.temperature),
      key: options.noiseKey,
    });
  } else stepByStep();
  const drawn = await kernels.readInts(tokens);

  const completions: number[][] = [];
  const finished: boolean[] = [];
  for (let row = 0; row < n; row++) {
    const ids: number[] = [];
    for (let step = 0; step < limits[row]! && ids[step - 1] !== EOS; step++) {
      const token = drawn[step * stride + row]!;
      if (token < 0) throw new MessageError(message('sampling.notFinite', {}));
      ids.push(token);
    }
    completions.push(ids);
    finished.push(ids[ids.length - 1] === EOS);
  }
  return { completions, finished, readbacks: 1 };

  /** All rows run to the last step. */
  function stepByStep(): void {
    const caches = layers.map(() => kernels.layerCache({ slots: n, capacity, width }));
    const slots = kernels.upload(Int32Array.from(prompts, (_, row) => row));
    const table = (f: (step: number, row: number) => number) =>
      kernels.upload(
        Int32Array.from({ length: steps * stride }, (_, i) => f(Math.floor(i / stride), i % stride)),
      );
    const noiseSteps = table((step) => step);
    // a row beyond its limit stays on its last position
    const positions = table((step, row) => Math.min(capacity - 1, (prompts[row]?.length ?? 0) + step));
    const at = (buffer: DeviceBuffer, step: number) => kernels.slice(buffer, step * stride, n);
    const state = { caches, hidden };
    prefill(model, prompts, state);
    for (let step = 0; step < steps; step++)
      kernels.frame(() => {
        const ids = at(tokens, step);
        const noise = { noiseRows, noiseSteps: at(noiseSteps, step) };
        sample(model, { hidden, penalty, ...noise, out: ids, rows: n }, options);
        if (step + 1 === steps) return;
        decode(model, { ids, slots, positions: at(positions, step), tokens: n }, state);
      });
  }
}
