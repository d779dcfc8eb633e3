import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FIGURE_GROUPS, rewardFigure, share } from '../../../src/pipeline/contract/figures';
import { METRIC_GROUPS } from '../../../src/pipeline/contract/traits';
import { choice, number } from '../../../src/pipeline/contract/settings';
import { STAGES, type StageName } from '../../../src/pipeline/stages';
import { i18n, LANGUAGE_CODES } from '../../../src/ui/i18n';
import { figureName } from '../../../src/ui/i18n/dynamic';
import type { Catalogue } from '../../../src/ui/i18n/catalogue';
import { rngFrom } from '../../../src/random/rng';
import { TASKS } from '../../../src/world';
import { missingWords, wordsOf } from '../words';

describe.each(LANGUAGE_CODES)('%s', (code) => {
  it.each(Object.keys(STAGES) as StageName[])('has every word of the stage %s', (name) => {
    expect(missingWords(STAGES[name], code)).toEqual([]);
  });

  it('misses every word of a stage that nobody has translated', () => {
    const stage = {
      name: 'new-method',
      settings: z.object({
        rate: number(1, 0, 2, { label: 'rate', unit: 'per step', effect: 'Higher: more.' }),
        kind: choice(['a', 'b'], 'a', { label: 'kind', effect: 'A or b.' }),
      }),
      metrics: { loss: 'loss', 'new/metric': 'policy', step: 'hidden' },
      figures: { gold: rewardFigure(), 'new.figure': share() },
      formula: true,
    } as const;
    const settings = [
      'rate.label',
      'rate.effect',
      'rate.unit',
      'kind.label',
      'kind.effect',
      'kind.a',
      'kind.b',
    ];
    expect(missingWords(stage, code)).toEqual([
      'stage.names.new-method',
      'stage.about.new-method',
      'formula.alt.new-method',
      'metric.new/metric',
      'figure.new_figure',
      ...(code === 'en' ? [] : settings.map((path) => `settings.new-method.${path}`)),
    ]);
  });

  it.each(TASKS)('has the words of the task $name and of the parts of its gold reward', (task) => {
    const { task: tasks, goldPart } = wordsOf(code) as Record<string, Record<string, unknown>>;
    expect(tasks![task.name]).toEqual({ name: expect.any(String) as string, about: expect.any(String) as string }); // prettier-ignore
    const rng = rngFrom('gold parts', task.name);
    for (let i = 0; i < 200; i++) {
      const { prompt, completion } = task.demonstration(rng, 'crowd');
      const answers = [completion, [], [...completion, ...completion], rng.shuffle([...completion])];
      for (const answer of answers)
        for (const part of task.gold(prompt, answer, false).parts) expect(goldPart).toHaveProperty(part.name);
    }
  });

  it('names every heading of metrics and every table of figures', () => {
    const { metricGroup, results } = wordsOf(code) as Catalogue;
    expect(Object.keys(metricGroup).sort()).toEqual([...METRIC_GROUPS].sort());
    expect(Object.keys(results.groups).sort()).toEqual([...FIGURE_GROUPS].sort());
  });

  it('names variations of figures by the name of the figure', async () => {
    await i18n.changeLanguage(code);
    const gold = figureName('gold');
    for (const name of ['gold.64', 'gold@0.5', 'sft.gold']) expect(figureName(name)).toContain(gold);
    expect(figureName('winRate/dpo')).toContain('dpo');
    expect(figureName('reward.labelAccuracy')).toContain(figureName('labelAccuracy'));
    await i18n.changeLanguage('en');
  });
});
