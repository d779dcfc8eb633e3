import { describe, expect, it } from 'vitest';
import { drawPanel } from '../../../src/pipeline/data/labelers';
import { panelAgreement } from '../../../src/pipeline/measures/labeler-panel';
import type { PreferencePair } from '../../../src/pipeline/contract/stage';
import { DEFAULT_LABELER, encode, EOS, preferenceProbability } from '../../../src/world';
import { nanoContext } from '../support';

describe('labelers with tastes', () => {
  const pair = (chosen: string, goldChosen: number, rejected: string, goldRejected: number) =>
    ({
      prompt: [],
      chosen: [...encode(chosen.split(' ')), EOS],
      rejected: [...encode(rejected.split(' ')), EOS],
      goldChosen,
      goldRejected,
    }) as PreferencePair;
  const pairs = [
    pair('it is white .', 0.5, 'it is white . it is white . it is white .', 0.45),
    pair('it is white .', 0.2, 'it is white . it is white .', 0.2),
  ];
  const context = { seed: 4, task: nanoContext(null as never).task };

  it('are the same people for the same seed, and two groups', () => {
    const panel = drawPanel(context, 1);
    expect(drawPanel(context, 1)).toEqual(panel);
    expect(panel.train).not.toEqual(panel.heldOut);
    expect(drawPanel(context, 0).train.every((t) => t.length === 0 && t.flattery === 0)).toBe(true);
  });

  it('agree as p² + (1 − p)² says when all judge alike, and less with tastes', () => {
    const alike = panelAgreement(pairs, drawPanel(context, 0), DEFAULT_LABELER);
    const ps = [preferenceProbability({ gold: 0.5, words: [] }, { gold: 0.45, words: [] }, DEFAULT_LABELER), 0.5]; // prettier-ignore
    const expected = ps.reduce((sum, p) => sum + p * p + (1 - p) ** 2, 0) / 2;
    expect(alike.labelerAgreement).toBeCloseTo(expected, 12);
    expect(alike.heldOutAgreement).toBeCloseTo(expected, 12);
    const clear = [pair('it is white .', 0.9, 'it is white . it is white . it is white .', 0.3)];
    const differing = panelAgreement(clear, drawPanel(context, 3), DEFAULT_LABELER);
    expect(differing.labelerAgreement).toBeLessThan(
      panelAgreement(clear, drawPanel(context, 0), DEFAULT_LABELER).labelerAgreement,
    );
  });
});
