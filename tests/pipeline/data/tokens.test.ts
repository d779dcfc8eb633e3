import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, Matrix } from '../../../src/engine/types';
import { labelLogProbs } from '../../support/categorical';
import { modelOf, type StageContext } from '../../../src/pipeline/contract/stage';
import {
  completionIds,
  drawPrompts,
  goldOf,
  promptIds,
  sequence,
  trainingPrompts,
} from '../../../src/pipeline/data/tokens';
import { rngFrom } from '../../../src/random/rng';
import { BOS, decode, EOS, PAD, reviewTask, TASKS } from '../../../src/world';
import type { AlignmentTask } from '../../../src/world/types';
import { nanoContext, openEngine, trainTrunk, type Trunk } from '../support';

let engine: Engine;
let context: StageContext;
let trunk: Trunk;

beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine);
  trunk = await trainTrunk(context);
}, 120_000);
afterAll(() => engine.dispose());

describe('sequences', () => {
  it('an answer to learn from ends with <eos>, the prompt begins with <bos>, loss begins after the prompt', () => {
    const { prompt, completion } = reviewTask.demonstration(rngFrom(1), 'crowd');
    const row = sequence(promptIds(prompt), completionIds(completion));
    expect(row.ids[0]).toBe(BOS);
    expect(row.start).toBe(prompt.words.length + 1);
    expect(decode(row.ids.slice(1, row.start))).toEqual(prompt.words);
    expect(decode(row.ids.slice(row.start, -1))).toEqual(completion);
    expect(row.ids.at(-1)).toBe(EOS);
    expect(row.ids).not.toContain(PAD);
  });

  it('gold sees the words without <eos> and whether it was there', () => {
    const seen: unknown[] = [];
    const task = {
      ...reviewTask,
      gold: (_: unknown, words: readonly string[], finished: boolean) => {
        seen.push([words.join(' '), finished]);
        return { total: 0, parts: [] };
      },
    };
    const ids = completionIds(['the', 'movie', '.']);
    const prompt = { words: [], meta: null };
    goldOf(task as never, prompt, ids);
    goldOf(task as never, prompt, ids.slice(0, -1));
    expect(seen).toEqual([['the movie .', true], ['the movie .', false]]); // prettier-ignore
  });

  it.each(TASKS.map((t) => [t.name, t] as const))('%s: prompt, answer and <eos> fit the model', (_, task) => {
    for (const split of ['train', 'heldOut'] as const) {
      const { ids } = drawPrompts(task, rngFrom(3), split, 200);
      expect(Math.max(...ids.map((p) => p.length)) + task.maxNewTokens).toBeLessThanOrEqual(64);
    }
  });

  it('column c of an output belongs to completion token c: its log-prob is that of the logits before it', async () => {
    const model = modelOf(context, trunk.sft);
    const demonstrations = Array.from({ length: 3 }, (_, i) => reviewTask.demonstration(rngFrom(i), 'crowd'));
    const batch = demonstrations.map((d) => sequence(promptIds(d.prompt), completionIds(d.completion)));
    const { logProbs, mask } = await model.evaluate(batch, { logProbs: true });
    for (const [b, { ids, start }] of batch.entries()) {
      const logits = await model.nextLogits(ids.map((_, t) => ({ ids: ids.slice(0, t + 1), start: t + 1 })));
      const rows = ids.map((_, t) => logits.data.subarray(t * logits.cols, (t + 1) * logits.cols));
      const expected = labelLogProbs(
        rows,
        ids.map((id, t) => (t < start ? -100 : id)),
      );
      expect(expected).toHaveLength(ids.length - start);
      const at = (m: Matrix) => Array.from(m.data.subarray(b * m.cols, (b + 1) * m.cols));
      expect(at(mask)).toEqual(Array.from({ length: mask.cols }, (_, c) => (c < expected.length ? 1 : 0)));
      at(logProbs!).forEach((x, c) => expect(x).toBeCloseTo(expected[c] ?? 0, 4));
    }
    model.dispose();
  });
});

describe('prompts to learn on', () => {
  const task = reviewTask as AlignmentTask;
  const rng = () => rngFrom(3, 'prompts');
  const prompts = (...texts: string[]) => ({
    kind: 'prompts' as const,
    rows: texts.map((text) => ({ prompt: text.split(' ') })),
  });

  it('are the task’s as they always were', () => {
    const source = trainingPrompts(task, rng(), null);
    const before = rng();
    for (const count of [3, 5]) expect(source(count)).toEqual(drawPrompts(task, before, 'train', count));
  });

  it('are a person’s own, whose gold the task knows', () => {
    const { prompts: drawn, ids } = trainingPrompts(task, rng(), prompts('review: the movie was'))(4);
    expect(drawn).toEqual(Array(4).fill(task.parsePrompt(['review:', 'the', 'movie', 'was'])));
    expect(ids).toEqual(drawn.map(promptIds));
  });

  it('of another form are named by their row', () => {
    expect(() => trainingPrompts(task, rng(), prompts('review: the movie', 'post: the movie'))).toThrow(
      'Prompt 2 (“post: the movie”)',
    );
  });
});
