import { defaultLabConfig, type LabConfig } from '../../../src/pipeline/lab/config';
import { buildGraph } from '../../../src/pipeline/lab/graph';
import { RECORDING_VERSION, type Recording } from '../../../src/pipeline/records/recording';

/** The default lab with its trunk trained live. */
export const config: LabConfig = { ...defaultLabConfig(), start: 'base' };

const event = (update: number, seconds: number) => ({
  type: 'evaluation' as const,
  update,
  updates: 2,
  samples: 8 * update,
  tokens: 100,
  seconds,
  evaluation: { gold: update / 10, kl: update, winRate: 0.5 },
});

/** A short recording of a configuration: three measurements of each arm. */
export function recordingOf(of: LabConfig): Recording {
  return {
    version: RECORDING_VERSION,
    demo: 'x',
    seed: 1,
    backend: 'wasm',
    seconds: 40,
    config: of,
    nodes: buildGraph(of).map((node) => ({
      id: node.id,
      name: node.name,
      stage: node.stage,
      size: node.size,
      key: node.key,
      source: node.shippable ? ('shipped' as const) : ('live' as const),
      seconds: 10,
      summary: { gold: 0.2, kl: 2, winRate: 0.7 },
      events: node.id === 'ppo' || node.id === 'dpo' ? [event(0, 0.1), event(1, 5), event(2, 10)] : [],
    })),
    samples: [{ prompt: 'review: x', answers: [{ id: 'sft', text: 'a', gold: 0 }] }],
  };
}
