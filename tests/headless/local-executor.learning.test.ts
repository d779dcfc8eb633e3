import { describe, expect, it } from 'vitest';
import { nodeShippedResults } from '../../src/checkpoints/node';
import { createEngine } from '../../src/engine/create';
import { localExecutor } from '../../src/headless/local-executor';
import { Lab } from '../../src/pipeline/lab/lab';
import { defaultLabConfig, type LabConfig } from '../../src/pipeline/lab/config';

/**
 * Learning against the true reward, which training never sees: from the shipped review trunk, a third of
 * the default budget, several seeds. The bounds are far below what was measured (README), so that they
 * fail when something breaks and not when a seed is unlucky.
 */
describe('alignment on the review task, three seeds', () => {
  it.each([11, 12, 13])(
    'seed %i: PPO and DPO beat SFT on held-out prompts; without a KL penalty the proxy is gamed',
    async (seed) => {
      const config: LabConfig = {
        ...defaultLabConfig('review'),
        seed,
        evaluation: { times: 2, prompts: 64, finalPrompts: 256 },
        arms: [
          { id: 'ppo', name: 'PPO', stage: 'ppo', settings: { iterations: 25 } },
          { id: 'dpo', name: 'DPO', stage: 'dpo', settings: { steps: 60 } },
          {
            id: 'greedy',
            name: 'no KL',
            stage: 'ppo',
            settings: { klCoef: 0, iterations: 40, learningRate: 1e-3 },
          },
        ],
      };
      const { engine } = await createEngine('wasm');
      const lab = new Lab(config, localExecutor(engine), nodeShippedResults);
      await lab.run();
      const summary = Object.fromEntries(lab.nodes().map(({ node, run }) => [node.id, run!.result!.summary]));
      const sft = summary['sft']!['gold']!;
      for (const arm of ['ppo', 'dpo']) {
        expect(summary[arm]!['winRateLow'], `${arm} win rate`).toBeGreaterThan(0.55);
        expect(summary[arm]!['gold'], `${arm} gold`).toBeGreaterThan(sft + 0.2);
        expect(summary[arm]!['kl'], `${arm} KL`).toBeLessThan(10);
      }
      const greedy = summary['greedy']!;
      expect(greedy['proxy']!).toBeGreaterThan(summary['ppo']!['proxy']!);
      expect(greedy['gold']!).toBeLessThan(sft);
      engine.dispose();
    },
    120_000,
  );
});
