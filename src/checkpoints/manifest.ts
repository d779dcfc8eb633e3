import { z } from 'zod';
import { checkedShape } from '../messages/shape';
import { CheckpointError } from '../model/safetensors';
import type { ShippedResults } from '../pipeline/lab/lab';
import type { StageResult } from '../pipeline/contract/stage';
import { refuseTwice } from '../pipeline/records/stored-config';
import { loadArtifact } from './artifact-file';

/** One shipped result: which graph key it answers, and where its artifact lies. */
export const manifestSchema = z
  .array(
    z.strictObject({
      key: z.string().regex(/^[0-9a-f]{32}$/),
      file: z.string().regex(/^[\w.-]+\.safetensors$/),
      /** Headline figures, measured when it was made. */
      summary: z.record(z.string(), z.number()),
    }),
  )
  .superRefine((entries, context) => {
    refuseTwice(context, [], entries, 'key');
    refuseTwice(context, [], entries, 'file');
  });

export type Manifest = z.infer<typeof manifestSchema>;

/** Throws a MessageError that names the first thing that is wrong. */
export const checkedManifest = (json: unknown): Manifest => checkedShape(manifestSchema, json);

/**
 * Shipped results behind a function that reads one file. A file is read once; one that could not be read or is
 * damaged is read again when it is asked for again. `get` rejects with a MessageError that names the file.
 */
export function shippedFrom(
  manifest: () => Promise<Manifest>,
  read: (file: string) => Promise<Uint8Array>,
): ShippedResults {
  const cache = new Map<string, Promise<StageResult>>();
  const load = async ({ file, summary }: Manifest[number]): Promise<StageResult> => {
    const bytes = await read(file);
    try {
      return { artifact: loadArtifact(bytes), summary };
    } catch (error) {
      throw error instanceof CheckpointError ? error.in(file) : error;
    }
  };
  return {
    async get(key) {
      const entry = (await manifest()).find((e) => e.key === key);
      if (!entry) return undefined;
      let result = cache.get(key);
      if (!result) {
        cache.set(key, (result = load(entry)));
        result.catch(() => cache.delete(key));
      }
      return result;
    },
  };
}
