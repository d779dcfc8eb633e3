import { describe, expect, it } from 'vitest';
import { settingFields } from '../../../src/pipeline/contract/settings';
import { STAGES, type StageName } from '../../../src/pipeline/stages';
import { defaultSettings } from '../../../src/pipeline/lab/config';
import { formulaOf } from '../../../src/pipeline/stages/traits';
import { texHtml } from '../../../src/ui/formula/Tex';

const stages = Object.keys(STAGES) as StageName[];
/** Stages whose formula the page shows. */
const withFormula = stages.filter((stage) => STAGES[stage].formula);

describe('formulas', () => {
  const variants: [StageName, Record<string, unknown>][] = [
    ...withFormula.map((stage): [StageName, Record<string, unknown>] => [stage, {}]),
    ['ppo', { clipRange: null, valueModel: 'none', entropyCoef: 0.01, pretrainCoef: 1 }],
    ['dpo', { lossType: 'ipo', sftCoef: 0.5 }],
    ['dpo', { lossType: 'hinge', referenceFree: true }],
    ['dpo', { labelSmoothing: 0.1, sftCoef: 0.5 }],
  ];

  it.each(variants)('%s %j: renders, and every marked symbol is a setting of the stage', (stage, changes) => {
    const settings = { ...defaultSettings('review', stage), ...changes };
    const { lines, symbols } = formulaOf({ stage, settings })!;
    const fields = new Map(settingFields(STAGES[stage].settings).map((f) => [f.name, f]));
    for (const line of lines) expect(texHtml(line)).not.toContain('katex-error');
    const marked = new Set(lines.flatMap((line) => [...line.matchAll(/setting=(\w+)/g)].map((m) => m[1]!)));
    expect([...marked].sort()).toEqual(Object.keys(symbols).sort());
    for (const [name, symbol] of Object.entries(symbols)) {
      expect(fields.has(name)).toBe(true);
      expect(symbol).toBe(fields.get(name)!.info.symbol ?? symbol);
    }
  });

  it('drops the clip from PPO’s formula when it is off', () => {
    const first = (settings: Record<string, unknown>) => formulaOf({ stage: 'ppo', settings })!.lines[0];
    expect(first({})).toContain('clip');
    expect(first({ clipRange: null })).not.toContain('clip');
  });
});
