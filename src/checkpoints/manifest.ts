import { z } from 'zod';
import { CheckpointError } from '../model/safetensors';
import type { ShippedResults } from '../pipeline/lab/lab';
import type { StageResult } from '../pipeline/contract/stage';
import { loadArtifact } from './artifact-file';

/** One shipped result: which graph key it answers, and where its artifact lies. */
export const manifestSchema = z.array(
  z.strictObject({
    key: z.string().regex(/^[0-9a-f]{32}$/),
    file: z.string().regex(/^[\w.-]+\.safetensors$/),
    /** Headline figures, measured when it was made. */
    summary: z.record(z.string(), z.number()),
  }),
);

export type Manifest = z.infer<typeof manifestSchema>;

/** Shipped results behind a function that reads one file; each file is read at most once. */
export function shippedFrom(
  manifest: () => Promise<Manifest>,
  read: (file: string) => Promise<Uint8Array>,
): ShippedResults {
  const cache = new Map<string, Promise<StageResult>>();
  return {
    async get(key) {
      const entry = (await manifest()).find((e) => e.key === key);
      if (!entry) return undefined;
      let result = cache.get(key);
      if (!result) {
        result = read(entry.file).then((bytes) => {
          try {
            return { artifact: loadArtifact(bytes), summary: entry.summary };
          } catch (error) {
            throw error instanceof CheckpointError ? error.in(entry.file) : error;
          }
        });
        cache.set(key, result);
      }
      return result;
    },
  };
}
