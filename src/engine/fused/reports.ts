import type { DeviceBuffer, Kernels, MaybePromise } from '../../kernels/kernels';
import type { UpdateReport } from '../types';

/** Floats of an entry: a view of a device buffer starts at a multiple of 256 bytes. */
const ENTRY = 64;

/** Loss and metrics of a term. */
export interface StepValue {
  loss: number;
  metrics: Record<string, number>;
}

/** What a term comes to, found from the numbers of the sheet (or known without them). */
export type TermValue = (numbers: Float32Array) => MaybePromise<StepValue>;

/** Numbers that wait on the device until all of them are read together: norms, and losses computed there. */
export class ReportSheet {
  /** Entries so far. */
  private used = 0;

  /** `buffer` has room for `floatsFor` the entries to come. */
  constructor(
    private readonly kernels: Kernels,
    private readonly buffer: DeviceBuffer,
  ) {}

  static floatsFor(entries: number): number {
    return entries * ENTRY;
  }

  /** Room for at most 64 floats, and the place of the first in what is read. */
  entry(length: number): { at: number; buffer: DeviceBuffer } {
    const at = this.used++ * ENTRY;
    return { at, buffer: this.kernels.slice(this.buffer, at, length) };
  }

  /** All entries so far. */
  get written(): DeviceBuffer {
    return this.kernels.slice(this.buffer, 0, this.used * ENTRY);
  }
}

/** The value of an entry that holds the loss and then the metrics with these names. */
export const valueAt =
  (at: number, names: readonly (string | null)[]): TermValue =>
  (numbers) => ({
    loss: numbers[at]!,
    metrics: Object.fromEntries(
      names.flatMap((name, i) => (name === null ? [] : [[name, numbers[at + 1 + i]!] as const])),
    ),
  });

/** Sums the terms of an update; `norm` is the place of its gradient norm. */
export async function reportOf(
  terms: readonly TermValue[],
  norm: number,
  numbers: Float32Array,
): Promise<UpdateReport> {
  const values = await Promise.all(terms.map((term) => term(numbers)));
  return {
    loss: values.reduce((sum, v) => sum + v.loss, 0),
    gradNorm: numbers[norm]!,
    metrics: Object.assign({}, ...values.map((v) => v.metrics)) as Record<string, number>,
  };
}
