import type { Kernels, MaybePromise } from '../../kernels/kernels';
import type { Batch, HostOutputs, Wanted } from '../types';
import { packBatch, type RaggedBatch } from './batch';
import { evaluateOnHost } from './evaluate-host';
import { forward } from './forward';
import { headsForward } from './heads';
import { hostOutputs, joinOutputs } from './outputs';
import { readyModel, type DeviceModel } from './tensors';

/** Rows evaluated at a time on a GPU. */
const EVALUATE_ROWS = 64;

/** A pass without gradient over a batch. */
export interface Pass {
  model: DeviceModel;
  batch: Batch;
  want: Wanted;
}

/**
 * Outputs of several passes on one device. Everything is enqueued in one turn of the event loop, so that a GPU
 * reads it back in one round trip. Call inside a frame.
 */
export async function evaluatePasses(kernels: Kernels, passes: readonly Pass[]): Promise<HostOutputs[]> {
  if (kernels.hostMemory) return onHost(passes);
  const packings = new Packings(kernels);
  const packed = passes.map((pass) => packings.of(pass)); // of this frame: passes share them
  const parts = passes.map((pass, i) => kernels.frame(() => outputsOf(pass, packed[i]!)));
  return Promise.all(parts.map(async (chunks) => joinOutputs(await Promise.all(chunks))));
}

async function onHost(passes: readonly Pass[]): Promise<HostOutputs[]> {
  const found: HostOutputs[] = [];
  for (const { model, batch, want } of passes)
    found.push(await model.kernels.frame(() => evaluateOnHost(readyModel(model), batch, want)));
  return found;
}

function outputsOf({ model, want }: Pass, chunks: readonly RaggedBatch[]): MaybePromise<HostOutputs>[] {
  const { kernels } = model;
  const ready = readyModel(model);
  const found: MaybePromise<HostOutputs>[] = [];
  for (const ragged of chunks)
    kernels.frame(() => {
      const { x } = forward(ready, ragged, { keep: false });
      const heads = headsForward(ready, ragged, x, { want, keep: false });
      found.push(hostOutputs(kernels, ragged, heads, want)); // a copy: the frame need not wait for it
    });
  return found;
}

/** Batches on the device, in chunks of rows: one packing for all passes that want the same tokens of a batch. */
class Packings {
  private readonly found = new Map<Batch, Map<string, RaggedBatch[]>>();

  constructor(private readonly kernels: Kernels) {}

  of({ model, batch, want }: Pass): RaggedBatch[] {
    const { nPositions, vocabSize } = model.config;
    const tokens = Boolean(want.logProbs || want.entropy || want.values);
    const key = [tokens, Boolean(want.scores), nPositions, vocabSize].join();
    let kinds = this.found.get(batch);
    if (!kinds) this.found.set(batch, (kinds = new Map<string, RaggedBatch[]>()));
    let chunks = kinds.get(key);
    if (!chunks) kinds.set(key, (chunks = this.pack({ model, batch, want })));
    return chunks;
  }

  private pack({ model, batch, want }: Pass): RaggedBatch[] {
    const { kernels } = this;
    const chunks: RaggedBatch[] = [];
    for (let first = 0; first === 0 || first < batch.length; first += EVALUATE_ROWS)
      chunks.push(packBatch(kernels, batch.slice(first, first + EVALUATE_ROWS), want, model.config));
    return chunks;
  }
}
