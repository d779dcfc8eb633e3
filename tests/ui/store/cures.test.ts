import { expect, it } from 'vitest';
import { cureOf } from '../../../src/ui/store/cures';
import { resolvedSettings } from '../../../src/pipeline/lab/config';
import type { StageName } from '../../../src/pipeline/stages';

const arm = (stage: StageName, changes: Record<string, unknown> = {}) => ({
  stage,
  size: 'tiny' as const,
  settings: { ...resolvedSettings({ task: 'review', size: 'tiny' }, stage, {}), ...changes },
});
const cure = (kind: Parameters<typeof cureOf>[0], of: ReturnType<typeof arm>) =>
  cureOf(kind, of as never, 'review');

it('a cure is the setting that caused it, at a value that it may have', () => {
  const { klCoef, learningRate, clipRange } = arm('ppo').settings as Record<string, number>;
  expect(cure('overoptimised', arm('ppo', { klCoef: 0 }))).toEqual({ name: 'klCoef', value: klCoef });
  expect(cure('fooled', arm('dpo', { beta: 0.02 }))?.name).toBe('beta');
  expect(cure('overoptimised', arm('ppo'))!.value).toBeGreaterThan(klCoef!);
  expect(cure('ratioExploded', arm('ppo', { learningRate: 0.01 }))).toEqual({
    name: 'learningRate',
    value: learningRate,
  });
  expect(cure('ratioExploded', arm('ppo', { clipRange: null }))).toEqual({
    name: 'clipRange',
    value: clipRange,
  });
  expect(cure('ratioExploded', arm('ppo'))!.value).toBeLessThan(learningRate!);
  expect(cure('overoptimised', arm('best-of-n'))).toBeUndefined();
});
