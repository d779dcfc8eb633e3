import type { Outputs } from '../types';

/** Everything a loss may read besides the mask. */
export const OUTPUT_NAMES = ['logProbs', 'entropy', 'values', 'scores'] as const;

/** Reading an output that was not wanted throws instead of giving zeros. */
export function guardOutputs(found: Partial<Outputs>): Outputs {
  const outputs = {};
  for (const name of [...OUTPUT_NAMES, 'mask'] as const)
    Object.defineProperty(outputs, name, {
      enumerable: found[name] !== undefined,
      get() {
        if (!found[name]) throw new TypeError(`the loss reads '${name}', which its term does not want`);
        return found[name];
      },
    });
  return outputs as Outputs;
}
