import type { DeviceBuffer, Kernels } from '../../kernels/kernels';
import type { GptConfig } from '../../model/config';
import type { Sequence, Wanted } from '../types';
import type { RaggedBatch } from './batch';

/** Where attention finds the tokens of whole rows, of which each is computed once however many rows begin with it. */
export interface Fold {
  /** U, tokens of the rows that attention sees. */
  tokens: number;
  /** [U] int32, the node of each of them. */
  nodes: DeviceBuffer;
  /** [N] int32, one of the places where each node stands. */
  places: DeviceBuffer;
}

/** A batch as a tree of its prefixes; `tokens` are the N nodes, `predictors` and `lasts` what differs among them. */
export interface FoldedBatch extends Omit<RaggedBatch, 'cells' | 'mask'> {
  /** Absent where no two rows share a token. */
  fold?: Fold;
}

/** Where an output belongs: head `from` of the folded batch is that of completion token `column` (or of the row). */
interface Place {
  row: number;
  column: number;
  from: number;
}

/**
 * Rows folded where they begin alike. In a causal model the state of a token depends on the tokens up to it and on
 * nothing else, so rows share it for as long as they agree; rows with a two-way prefix only if that is the same.
 */
export class PrefixTree {
  private readonly nodeOf = new Map<number, number>();
  private readonly roots = new Map<string, number>([['', -1]]);
  private readonly headOf = new Map<number, number>();
  private readonly lastOf = new Map<number, number>();
  private readonly ids: number[] = [];
  private readonly positions: number[] = [];
  private readonly nodes: number[] = [];
  private readonly places: number[] = [];
  private readonly offsets = [0];
  private readonly prefixes: number[] = [];
  private readonly parents: number[] = [];
  private readonly labels: number[] = [];
  /** What the heads give is copied to these places of the outputs. */
  readonly cells: Place[] = [];
  readonly scores: Place[] = [];

  constructor(
    private readonly config: GptConfig,
    private readonly want: Wanted,
  ) {}

  /** N, nodes so far. */
  get size(): number {
    return this.ids.length;
  }

  /** Adds row `row` of the outputs; returns the nodes of its tokens. */
  add({ ids, start, prefix = 0 }: Sequence, row: number): readonly number[] {
    const length = this.want.scores || prefix === ids.length ? ids.length : ids.length - 1;
    const path = this.pathOf(ids, length, prefix);
    if (this.want.logProbs || this.want.entropy || this.want.values)
      for (let t = start; t < ids.length; t++)
        this.cells.push({ row, column: t - start, from: this.predictor(path[t - 1]!, ids[t]!) });
    if (this.want.scores) {
      const last = path[length - 1]!;
      let from = this.lastOf.get(last);
      if (from === undefined) this.lastOf.set(last, (from = this.lastOf.size));
      this.scores.push({ row, column: 0, from });
    }
    return path;
  }

  /** The nodes of the first `length` tokens; those that are new stand in a row of attention that they need. */
  private pathOf(ids: readonly number[], length: number, prefix: number): number[] {
    const path: number[] = [];
    const first = this.offsets.at(-1)!;
    const before = this.size;
    let node = this.rootOf(ids, prefix);
    for (let t = 0; t < length; t++) {
      const key = node * this.config.vocabSize + ids[t]!;
      let next = this.nodeOf.get(key);
      if (next === undefined) {
        next = this.size;
        this.nodeOf.set(key, next);
        this.ids.push(ids[t]!);
        this.positions.push(t);
        this.places.push(first + t);
      }
      path.push((node = next));
    }
    if (this.size > before) {
      this.nodes.push(...path);
      this.offsets.push(first + length);
      this.prefixes.push(prefix);
    }
    return path;
  }

  /** Negative, so that it is no node. */
  private rootOf(ids: readonly number[], prefix: number): number {
    const name = prefix ? ids.slice(0, prefix).join() : '';
    let root = this.roots.get(name);
    if (root === undefined) this.roots.set(name, (root = -1 - this.roots.size));
    return root;
  }

  /** The head that predicts this token after that node. */
  private predictor(node: number, label: number): number {
    const key = node * this.config.vocabSize + label;
    let head = this.headOf.get(key);
    if (head === undefined) {
      this.headOf.set(key, (head = this.labels.length));
      this.parents.push(node);
      this.labels.push(label);
    }
    return head;
  }

  /** Uploads the tree (temporaries of the enclosing frame). */
  upload(kernels: Kernels): FoldedBatch {
    const { offsets, ids, nodes } = this;
    const ints = (values: Iterable<number>) => kernels.upload(Int32Array.from(values));
    const count = offsets.length - 1;
    return {
      rows: {
        count,
        offsets: ints(offsets),
        prefixes: ints(this.prefixes),
        lengths: Array.from({ length: count }, (_, r) => offsets[r + 1]! - offsets[r]!),
      },
      tokens: ids.length,
      ids: ints(ids),
      positions: ints(this.positions),
      heads: ints([...this.parents, ...this.lastOf.keys()]),
      labels: ints(this.labels),
      predictors: this.labels.length,
      lasts: this.lastOf.size,
      ...(nodes.length > ids.length
        ? { fold: { tokens: nodes.length, nodes: ints(nodes), places: ints(this.places) } }
        : {}),
    };
  }
}

/** Indices of rows in an order in which those that begin alike follow each other, the longer first. */
export function inOrder(rows: readonly (readonly number[])[]): number[] {
  const compare = (a: readonly number[], b: readonly number[]) => {
    const shorter = Math.min(a.length, b.length);
    for (let t = 0; t < shorter; t++) if (a[t] !== b[t]) return a[t]! - b[t]!;
    return b.length - a.length;
  };
  return rows.map((_, row) => row).sort((a, b) => compare(rows[a]!, rows[b]!) || a - b);
}
