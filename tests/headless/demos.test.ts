import { describe, expect, it } from 'vitest';
import { configProblems } from '../../src/pipeline/lab/config';
import { loadDemo, demoNames } from '../../src/headless/demos';

describe('demos', () => {
  it('are the thirteen of the lecture and can run', async () => {
    const names = await demoNames();
    for (const name of [
      'base-vs-instruct',
      'dpo',
      'fine-tune-vs-few-shot',
      'flan',
      'instructgpt',
      'labeler-bias',
      'lima',
      'overoptimization',
      'ppo',
      'ppo-vs-dpo',
      'reward-model',
      't0',
      'zephyr',
    ])
      // prettier-ignore
      expect(names).toContain(name);
    for (const name of names) {
      const demo = await loadDemo(name);
      expect(configProblems(demo.config)).toEqual([]);
      expect(demo.claims.length, name).toBeGreaterThan(0);
      for (const claim of demo.claims) expect(claim.paper.source, name).toMatch(/\d{4}/);
    }
  });
});
