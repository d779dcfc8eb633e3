import { roundUp4, type DeviceBuffer, type Kernels } from '../../kernels/kernels';
import type { HostOutputs, Matrix, TokensWanted } from '../types';
import type { ReadyModel } from './tensors';

/** What a group of rows has drawn after one node. */
interface Drawn {
  token: number;
  rows: readonly number[];
  /** Index of the node. */
  parent: number;
}

type Name = 'logProbs' | 'entropy' | 'values';

/**
 * What `evaluate` would give of sampled answers, from the logits that they were drawn from: decoding adds in the same
 * order as a pass over the whole row, so the numbers are the same to the last bit.
 */
export class SampledOutputs {
  private readonly rows: Record<Name, number[]>[];
  private readonly names: Name[];

  constructor(count: number, want: TokensWanted) {
    this.rows = Array.from({ length: count }, () => ({ logProbs: [], entropy: [], values: [] }));
    this.names = (['logProbs', 'entropy', 'values'] as const).filter((name) => want[name]);
  }

  /** Takes up what was drawn after the nodes whose states and logits these are. */
  async add(
    model: ReadyModel,
    {
      hidden,
      logits,
      nodes,
      drawn,
    }: { hidden: DeviceBuffer; logits: DeviceBuffer; nodes: number; drawn: readonly Drawn[] },
  ): Promise<void> {
    const { kernels } = model;
    await kernels.frame(async () => {
      const values = this.names.includes('values')
        ? await kernels.readFloats(scalars(model, hidden, nodes))
        : null;
      const parents = drawn.map(({ parent }) => parent);
      const found = await tokenLogProbs(model, logits, parents, drawn.map(({ token }) => token)); // prettier-ignore
      drawn.forEach(({ rows, parent }, i) => {
        for (const row of rows) {
          const mine = this.rows[row]!;
          mine.logProbs.push(found.logProbs[i]!);
          mine.entropy.push(found.entropy[i]!);
          if (values) mine.values.push(values[parent]!);
        }
      });
    });
  }

  /** [B, C] each, C = longest answer. */
  matrices(): HostOutputs {
    const rows = this.rows.length;
    const cols = Math.max(...this.rows.map(({ logProbs }) => logProbs.length));
    const matrix = (fill: (data: Float32Array, row: number, at: number) => void): Matrix => {
      const data = new Float32Array(rows * cols);
      for (let row = 0; row < rows; row++) fill(data, row, row * cols);
      return { rows, cols, data };
    };
    const mask = matrix((data, row, at) => data.fill(1, at, at + this.rows[row]!.logProbs.length));
    const named = this.names.map((name) => [
      name,
      matrix((data, row, at) => data.set(this.rows[row]![name], at)),
    ]);
    return { mask, ...(Object.fromEntries(named) as Partial<Record<Name, Matrix>>) };
  }
}

/** Log-prob of one token after each of the parents, and the entropy there. */
async function tokenLogProbs(
  { kernels, config }: ReadyModel,
  logits: DeviceBuffer,
  parents: readonly number[],
  tokens: readonly number[],
): Promise<{ logProbs: Float32Array; entropy: Float32Array }> {
  const rows = tokens.length;
  const [logProbs, entropy, logSum] = [0, 1, 2].map(() => kernels.temporary(rows)) as [DeviceBuffer, DeviceBuffer, DeviceBuffer]; // prettier-ignore
  kernels.tokenLogProb({
    logits: rowsOf(kernels, logits, parents, roundUp4(config.vocabSize)),
    labels: kernels.upload(Int32Array.from(tokens)),
    logProbs,
    entropy,
    logSum,
    rows,
    vocabulary: config.vocabSize,
  });
  return { logProbs: await kernels.readFloats(logProbs), entropy: await kernels.readFloats(entropy) };
}

/** Scalar head after each node, [nodes]. */
function scalars(
  { kernels, config, tensors }: ReadyModel,
  hidden: DeviceBuffer,
  nodes: number,
): DeviceBuffer {
  const size = { rows: nodes, width: config.nEmbd };
  const normal = kernels.temporary(nodes * config.nEmbd);
  kernels.layerNorm({ x: hidden, ...tensors.lnF, out: normal, stats: kernels.temporary(nodes * 2), ...size });
  const out = kernels.temporary(nodes);
  kernels.scalarHead({ x: normal, ...tensors.score, out, ...size });
  return out;
}

/** x[index], or x itself where that is the same. */
export function rowsOf(
  kernels: Kernels,
  x: DeviceBuffer,
  index: readonly number[],
  width: number,
): DeviceBuffer {
  const rows = index.length;
  if (x.length === rows * width && index.every((from, to) => from === to)) return x;
  const out = kernels.temporary(rows * width);
  kernels.gatherRows({ x, index: kernels.upload(Int32Array.from(index)), out, rows, width });
  return out;
}
