import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import { ownKey, type OwnData, type OwnPair } from '../../../src/pipeline/contract/own';
import {
  modelOf,
  type PreferencesArtifact,
  type RewardModelArtifact,
  type StageContext,
} from '../../../src/pipeline/contract/stage';
import { comparisonName } from '../../../src/pipeline/data/own-pairs';
import { accuracyOnLabels } from '../../../src/pipeline/measures/pair-accuracy';
import { decode } from '../../../src/world';
import { nanoContext, openEngine, runToEnd, trainTrunk, type Trunk } from '../support';

let engine: Engine;
let context: StageContext;
let trunk: Trunk;

beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine);
  trunk = await trainTrunk(context);
}, 120_000);
afterAll(() => engine.dispose());

/** A person who likes the longer answer, whatever it is worth. */
function likesLong(count: number): OwnPair[] {
  const words = (ids: readonly number[]) => decode(ids);
  return trunk.preferences.pairs
    .filter(({ chosen, rejected }) => chosen.length !== rejected.length)
    .slice(0, count)
    .map(({ prompt, chosen, rejected }) => {
      const [long, short] = chosen.length > rejected.length ? [chosen, rejected] : [rejected, chosen];
      return { prompt: words(prompt.slice(1)), chosen: words(long), rejected: words(short) };
    });
}

const pairs = (rows: OwnPair[]): OwnData => ({ kind: 'pairs', rows });

const run = (data: OwnData, settings = {}) => {
  const labels = ownKey(data);
  const given = { ...context, own: { [labels]: data } };
  return runToEnd<PreferencesArtifact>(given, 'own-labels', { labels, heldOutPairs: 64, ...settings }, trunk);
};

describe('own labels', () => {
  it('are what is learned from; ties are left out, and the gold of the task is known', async () => {
    const rows = likesLong(20);
    const tie: OwnPair = { ...rows[0]!, tie: true };
    const { result } = await run(pairs([...rows, tie, tie]));
    expect(result.artifact.pairs).toHaveLength(20);
    expect(result.artifact.pairs.every((p) => p.chosen.length > p.rejected.length)).toBe(true);
    const known = new Map(trunk.preferences.pairs.map((p) => [comparisonName(p), p]));
    for (const pair of result.artifact.pairs) {
      const { goldChosen, goldRejected } = known.get(comparisonName(pair))!;
      expect([pair.goldChosen, pair.goldRejected].sort()).toEqual([goldChosen, goldRejected].sort());
    }
    expect(result.summary).toMatchObject({ pairs: 20, ownPairs: 20, ties: 2 });
    expect(result.artifact.heldOut.length).toBeGreaterThan(32);
  });

  it('stand beside simulated ones, which are the first of the stage that draws them, each pair once', async () => {
    const rows = likesLong(10);
    const { result } = await run(pairs(rows), { simulated: 600, labelTemperature: 0.1 });
    const mine = new Set(result.artifact.pairs.slice(0, 10).map(comparisonName));
    const simulated = trunk.preferences.pairs.slice(0, 600).filter((p) => !mine.has(comparisonName(p)));
    expect(result.artifact.pairs.slice(10)).toEqual(simulated);
    expect(simulated.length).toBeLessThan(600);
    expect(result.artifact.heldOut).toEqual(
      trunk.preferences.heldOut.slice(0, result.artifact.heldOut.length),
    );
  });

  it('move a reward model: its accuracy on what the person prefers rises, whatever gold says', async () => {
    const rows = likesLong(260);
    const { result } = await run(pairs(rows.slice(0, 200)));
    const unseen = (await run(pairs(rows.slice(200)))).result.artifact.pairs;
    const accuracy = async (artifact: RewardModelArtifact) => {
      const model = modelOf(context, artifact);
      const share = await accuracyOnLabels(model, unseen);
      model.dispose();
      return share!;
    };
    const parents = { ...trunk, preferences: result.artifact };
    const learned = await runToEnd<RewardModelArtifact>(context, 'reward', { steps: 40, learningRate: 3e-3 }, parents); // prettier-ignore
    expect(await accuracy(learned.result.artifact)).toBeGreaterThan(0.8);
    expect(await accuracy(trunk.reward)).toBeLessThan(0.6);
  });

  it('to prompts of another form have no gold: no agreement is said', async () => {
    const foreign = { ...likesLong(1)[0]!, prompt: ['q:', 'what', 'is', 'a:'] };
    const { result, rows } = await run(pairs([foreign, { ...foreign, rejected: ['<eos>'] }]));
    expect(result.artifact.pairs.map((p) => [p.goldChosen, p.goldRejected])).toEqual([[0, 0], [0, 0]]); // prettier-ignore
    expect(result.summary).not.toHaveProperty('agreement');
    expect(rows[0]!.metrics).toEqual({});
  });

  it('that are not here, none, only ties, unknown or too long are a sentence', async () => {
    const [row] = likesLong(1) as [OwnPair];
    const fails = (data: OwnData, settings = {}) => expect(run(data, settings)).rejects;
    await fails(pairs([row]), { labels: '0123456789abcdef0123456789abcdef' }).toThrow(/does not have/);
    await fails(pairs([row]), { labels: null }).toThrow(/none was chosen/);
    await fails(pairs([{ ...row, tie: true }])).toThrow(/no comparisons|comparisons/i);
    await fails(pairs([{ ...row, chosen: ['flurbs'] }])).toThrow(/flurbs/);
    await fails(pairs([{ ...row, chosen: row.chosen.flatMap((w) => Array<string>(9).fill(w)) }])).toThrow(/Row 1 is/); // prettier-ignore
  });
});
