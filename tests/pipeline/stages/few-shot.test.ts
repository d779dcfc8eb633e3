import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import { fewShotQuestions } from '../../../src/pipeline/data/few-shot';
import type { Settings } from '../../../src/pipeline/lab/config';
import type { LanguageModelArtifact, StageContext } from '../../../src/pipeline/contract/stage';
import type { StageName } from '../../../src/pipeline/stages';
import { decode, INSTRUCTION_CLUSTERS } from '../../../src/world';
import { nanoContext, openEngine, runToEnd, trainTrunk, type Trunk } from '../support';

let engine: Engine;
let context: StageContext;
let trunk: Trunk;
const parents = () => ({ ...trunk, teacher: trunk.sft, judge: trunk.reward });
const run = (stage: StageName, changes: Settings = {}, within = context) =>
  runToEnd<LanguageModelArtifact>(within, stage, changes, parents());

beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine);
  trunk = await trainTrunk(context);
}, 120_000);
afterAll(() => engine.dispose());

describe('few-shot', () => {
  it('puts solved examples of other entities in front and fits the context', () => {
    for (const shots of [0, 1, 3, 16])
      for (const question of fewShotQuestions(
        context,
        INSTRUCTION_CLUSTERS,
        { shots, format: 'qa' },
        6,
        64,
      )) {
        const words = decode(question.prompt);
        expect(question.prompt.length + question.answer.length + 1).toBeLessThanOrEqual(64);
        expect(words.filter((w) => w === 'a:').length).toBeLessThanOrEqual(shots + 1);
        expect(words.at(-1)).toBe('a:');
      }
  });

  it('as a table looks like the web’s tables and does not give the answer away', () => {
    for (const question of fewShotQuestions(context, ['king'], { shots: 2, format: 'table' }, 12, 64)) {
      const text = decode(question.prompt).join(' ');
      expect(text).toMatch(/^<bos> (\w+ : \w+ , ){2}\w+ :$/);
      expect(text).not.toContain(decode(question.answer).join(' '));
    }
  });

  it('spends context', async () => {
    const tokens = async (shots: number) =>
      (await run('few-shot', { shots })).result.summary['tokensPerQuestion']!;
    expect(await tokens(2)).toBeGreaterThan((await tokens(0)) + 10);
  });
});
