import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  formatFigure,
  parseFigure as parse,
  share,
  splitOwner,
} from '../../../src/pipeline/contract/figures';
import { figureInfo, FIGURES, parseFigure } from '../../../src/pipeline/stages/traits';

const DEMOS = new URL('../../../demos/', import.meta.url);

/** Every name of a figure in every stored run. */
function storedNames(): string[] {
  const names = new Set<string>();
  const folders = readdirSync(DEMOS, { withFileTypes: true }).filter((e) => e.isDirectory());
  for (const { name: demo } of folders)
    for (const file of readdirSync(new URL(`${demo}/results/`, DEMOS)).filter((f) =>
      /^seed.*json$/.test(f),
    )) {
      const run = JSON.parse(readFileSync(new URL(`${demo}/results/${file}`, DEMOS), 'utf8')) as {
        summary: Record<'trunk' | 'arms', Record<string, object>>;
      };
      for (const figures of [...Object.values(run.summary.trunk), ...Object.values(run.summary.arms)])
        for (const name of Object.keys(figures)) names.add(name);
    }
  return [...names].filter((name) => name !== 'seconds' && name !== 'source'); // noted by the runner
}

describe('names of figures', () => {
  it.each([
    ['gold', { base: 'gold' }],
    ['peak.gold', { base: 'peak.gold' }],
    ['gold.64', { base: 'gold', point: 64 }],
    ['kl.0.5', { base: 'kl', point: 0.5 }],
    ['winRate@0.5', { base: 'winRate', temperature: 0.5 }],
    ['gold@0', { base: 'gold', temperature: 0 }],
    ['winRate/dpo-1', { base: 'winRate', opponent: 'dpo-1' }],
    ['labelerWinRate.train', { base: 'labelerWinRate.train' }],
    ['accuracy/trainClusters', { base: 'accuracy/trainClusters' }],
    ['accuracy.opposite', { base: 'accuracy', part: 'opposite' }],
    ['reward.accuracy', { stage: 'reward', base: 'accuracy' }],
    ['ai-feedback.agreement', { stage: 'ai-feedback', base: 'agreement' }],
    ['median.heldOut', { base: 'median.heldOut' }],
    // nothing that is declared: their own base
    ['length.3', { base: 'length.3' }],
    ['gold.01', { base: 'gold.01' }],
    ['golden', { base: 'golden' }],
    ['accuracy/dpo', { base: 'accuracy/dpo' }],
  ])('%s', (name, read) => {
    expect(parseFigure(name)).toEqual(read);
    expect(formatFigure(parseFigure(name))).toBe(name);
  });

  it('of every stored run are declared, and written as they were read', () => {
    const names = storedNames();
    expect(names.length).toBeGreaterThan(150);
    expect(names.filter((name) => !Object.hasOwn(FIGURES, parseFigure(name).base))).toEqual([]);
    expect(names.filter((name) => formatFigure(parseFigure(name)) !== name)).toEqual([]);
  });

  it('carry only variations that are declared', () => {
    const vocabulary = { figures: { won: share({ varies: ['opponent'] }) }, stages: ['trunk'] };
    expect(parse('won/a', vocabulary)).toEqual({ base: 'won', opponent: 'a' });
    expect(parse('won@1', vocabulary)).toEqual({ base: 'won@1' });
    expect(parse('trunk.won/a', vocabulary)).toEqual({ stage: 'trunk', base: 'won', opponent: 'a' });
    expect(parse('toString', vocabulary)).toEqual({ base: 'toString' });
  });

  it('in claims begin with whose they are', () => {
    expect(splitOwner('ppo.gold.64')).toEqual({ owner: 'ppo', figure: 'gold.64' });
    expect(splitOwner('pairs-50/reward.accuracy')).toEqual({ owner: 'pairs-50/reward', figure: 'accuracy' });
    expect(splitOwner('clusters')).toEqual({ owner: '', figure: 'clusters' });
  });

  it('lead to what is known of the figure, variations included', () => {
    expect(figureInfo('gold.64')).toBe(FIGURES['gold']);
    expect(figureInfo('preferences.labelerAgreement').kind).toBe('share');
    expect(figureInfo('something')).toEqual({ kind: 'number', digits: 1 });
  });
});
