import { describe, expect, it } from 'vitest';
import { configProblems, defaultLabConfig } from '../../../src/pipeline/lab/config';
import { withArm } from '../../../src/pipeline/lab/edit';
import { buildGraph } from '../../../src/pipeline/lab/graph';
import { armOn, METHODS_ON } from '../../../src/ui/own/use-data';

const HASH = '0123456789abcdef0123456789abcdef';

describe.each(['pairs', 'demonstrations', 'prompts'] as const)('an arm on own %s', (kind) => {
  it.each(METHODS_ON[kind])('%s is a configuration in which something learns from them', (stage) => {
    const { config, arm } = withArm(defaultLabConfig(), stage);
    const arms = config.arms.map((other) => (other === arm ? { ...arm, ...armOn(kind, HASH) } : other));
    const changed = { ...config, arms };
    expect(configProblems(changed)).toEqual([]);
    const graph = buildGraph(changed);
    expect(graph.filter(({ settings }) => Object.values(settings).includes(HASH))).toHaveLength(1);
    const before = buildGraph(config).find(({ id }) => id === arm.id)!;
    expect(graph.find(({ id }) => id === arm.id)!.key).not.toBe(before.key);
  });

  it('is offered for some method', () => expect(METHODS_ON[kind].length).toBeGreaterThan(0));
});
