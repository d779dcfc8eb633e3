import { expect, test } from 'vitest';
import { OURS } from '../../../src/bench/contenders';
import { measure, QUICK } from '../../../src/bench/measure';

test('the measuring code measures, checks and counts', async () => {
  const messages: string[] = [];
  const results = await measure({ ...QUICK, backends: ['wasm'], parts: ['steps', 'longTasks'] }, OURS, {
    progress: (message) => messages.push(message),
  });
  expect(results.steps.map((r) => [r.contender, r.status, r.why])).toEqual([
    ['fused', 'measured', undefined],
    ['plain', 'measured', undefined],
  ]);
  for (const row of results.steps) {
    expect(row.step!.samples).toHaveLength(QUICK.rounds);
    expect(row.check!.drift).toBeLessThan(0.001);
    expect(row.counts!.device.peakBytes).toBeGreaterThan(100_000);
  }
  const [fused, plain] = results.steps;
  expect(fused!.ratio).toBeUndefined();
  expect(plain!.ratio!.median).toBeGreaterThan(0);
  expect(plain!.counts!.kernels).toBeGreaterThan(100);
  expect(results.longTasks).toHaveLength(1);
  expect(messages).toContain('done');
});
