import { nodeShippedResults } from '../checkpoints/node';
import type { ExchangedRun } from '../exchange/run';
import { MODEL_SIZES, type ModelSize } from '../model/config';
import type { Artifact } from '../pipeline/contract/artifacts';
import { defaultLabConfig, type LabConfig } from '../pipeline/lab/config';
import { buildGraph } from '../pipeline/lab/graph';
import { TRUNK_STAGES } from '../pipeline/stages';
import { TASK_NAMES } from '../world';

const SIZES = Object.keys(MODEL_SIZES) as ModelSize[];

/** Node of the trunk that a shipped file holds, by the first part of its name. */
const NODES: Record<string, string> = { base: 'pretrain' };

/** A configuration that asks for what has this name, and which of its nodes: all for `chat-tiny`, one for `sft-chat-tiny`. */
function asked(name: string): { config: LabConfig; only: string | undefined } | undefined {
  const parts = name.split('-');
  const size = parts.pop() as ModelSize;
  if (!SIZES.includes(size)) return undefined;
  const task = (TASK_NAMES as readonly string[]).includes(parts.at(-1) ?? '') ? parts.pop()! : undefined;
  const [first] = parts;
  const only = first === undefined ? undefined : (NODES[first] ?? first);
  const isBase = only === 'pretrain';
  if (parts.length > 1 || isBase !== (task === undefined)) return undefined;
  if (only !== undefined && !(TRUNK_STAGES as readonly string[]).includes(only)) return undefined;
  return { config: { ...defaultLabConfig(task), size }, only };
}

/**
 * A shipped result by the name of its file (`base-tiny`, `sft-chat-tiny`) or a whole trunk (`chat-tiny`); undefined
 * where there is none of that name.
 */
export async function shippedRun(name: string): Promise<ExchangedRun | undefined> {
  const what = asked(name);
  if (!what) return undefined;
  const artifacts = new Map<string, Artifact>();
  const figures: ExchangedRun['figures'] = {};
  for (const { id, key } of buildGraph(what.config)) {
    if (what.only !== undefined && id !== what.only) continue;
    const result = await nodeShippedResults.get(key);
    if (!result) continue;
    artifacts.set(id, result.artifact);
    figures[id] = result.summary;
  }
  return artifacts.size === 0 ? undefined : { name, config: what.config, figures, artifacts };
}
