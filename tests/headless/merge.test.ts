import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/create';
import type { Engine } from '../../src/engine/types';
import { armsToRun } from '../../src/headless/plan';
import { reproduceOne } from '../../src/headless/reproduce-one';
import { parseDemo } from '../../src/pipeline/records/demo';
import { currentPart, lacking, lackingIn } from '../../src/pipeline/records/current';
import {
  recordingSchema,
  storedKeyOf,
  type Recording,
  type StoredRun,
} from '../../src/pipeline/records/recording';
import { checkedRun } from '../../src/pipeline/records/stored-run';
import { TOY } from './toy';

const demo = parseDemo('toy', JSON.stringify(TOY));

/** Times are another every time; all the rest must be the same. */
const timeless = <T>(value: T): T =>
  JSON.parse(JSON.stringify(value, (name, of: unknown) => (name === 'seconds' ? 0 : of))) as T;

/** What is read back from a file. */
const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const namesIn = ({ summary: { trunk, arms } }: StoredRun) =>
  Object.entries<object>({ ...trunk, ...arms }).map(([id, figures]) => [id, Object.keys(figures)]);

const OTHER = '0'.repeat(32);

/** As if a version had been raised since: other keys, and figures that are no longer true. */
function outdated(run: StoredRun, recording: Recording, ...ids: string[]) {
  const old = stored(run);
  for (const id of ids) {
    old.keys[id] = OTHER;
    const figures = (old.summary.arms[id] ?? old.summary.trunk[id]) as Record<string, number>;
    for (const name of Object.keys(figures)) figures[name] = -99;
    if (id in old.history) old.history[id] = old.history[id]!.slice(0, 1);
  }
  for (const [name, arm] of Object.entries(old.summary.arms))
    for (const figure of Object.keys(arm))
      if (figure === 'gap' ? ids.includes('limit') : ids.some((id) => figure === `winRate/${id}`))
        old.summary.arms[name]![figure] = -99;
  old.key = storedKeyOf(old.keys);
  const nodes = recording.nodes.map((n) => (ids.includes(n.id) ? { ...n, key: OTHER, summary: {} } : n));
  const samples = recording.samples.map(({ prompt, answers }) => ({
    prompt,
    answers: answers.map((a) => (ids.includes(a.id) ? { ...a, text: 'old' } : a)),
  }));
  return { run: checkedRun(old), recording: recordingSchema.parse({ ...recording, nodes, samples }) };
}

describe('a run of which some arms are outdated', () => {
  let engine: Engine;
  let full: { run: StoredRun; recording: Recording };
  const plan = (...ids: string[]) => armsToRun(demo.config, outdated(full.run, full.recording, ...ids));

  beforeAll(async () => {
    ({ engine } = await createEngine('wasm'));
    full = stored(await reproduceOne(demo, 1, {}, engine));
  }, 120_000);
  afterAll(() => engine.dispose());

  it('was whole before: every figure between arms is there', () => {
    const { ppo, best, limit } = full.run.summary.arms;
    expect(ppo).toMatchObject({ 'winRate/dpo': expect.any(Number), gap: expect.any(Number) });
    expect(best).toMatchObject({ gap: expect.any(Number) });
    expect(limit).not.toHaveProperty('gap');
    expect(full.run.summary.failures).toEqual({});
    expect(currentPart(full.run, demo.config)).toEqual(full.run);
    expect(lackingIn(full.run, demo.config)).toEqual({});
    const nodes = Object.fromEntries(full.recording.nodes.map(({ id, summary }) => [id, summary]));
    expect(lacking(demo.config, nodes)).toEqual({}); // else it would be run again for ever
  });

  it('runs what is outdated, what is compared with it, and no more', () => {
    expect(armsToRun(demo.config, full)).toEqual([]);
    expect(armsToRun(demo.config, { ...full, recording: null })).toEqual([]);
    expect(plan('best')).toEqual(['best', 'limit']);
    expect(plan('limit')).toEqual(['limit']);
    expect(plan('dpo')).toEqual(['ppo', 'dpo', 'limit']);
    expect(plan('best/reward')).toEqual(['best', 'limit']);
    expect(plan('sft')).toEqual(['ppo', 'dpo', 'best', 'limit']);
    expect(armsToRun(demo.config, {})).toEqual(['ppo', 'dpo', 'best', 'limit']);
  });

  it('runs again what has no figures, has failed, or is not in the recording', () => {
    const empty = stored(full.run);
    empty.summary.arms['best'] = {};
    expect(armsToRun(demo.config, { run: empty, recording: null })).toEqual(['best', 'limit']);
    const failed = stored(full.run);
    delete failed.summary.arms['limit'];
    failed.summary.failures['limit'] = 'diverged';
    expect(armsToRun(demo.config, { run: failed, recording: null })).toEqual(['limit']);
    expect(armsToRun(demo.config, { run: full.run, recording: undefined })).toHaveLength(4);
    const nodes = full.recording.nodes.filter((node) => node.id !== 'limit');
    expect(armsToRun(demo.config, { run: full.run, recording: { ...full.recording, nodes } })).toEqual([
      'limit',
    ]);
  });

  it('runs again what lacks a figure that is measured by now, and no more', async () => {
    const earlier = stored(full);
    delete earlier.run.summary.arms['limit']!['effectiveSamples'];
    expect(lackingIn(earlier.run, demo.config)).toEqual({ limit: ['effectiveSamples'] });
    expect(armsToRun(demo.config, { ...earlier, recording: null })).toEqual(['limit']);
    const merged = stored(await reproduceOne(demo, 1, earlier, engine));
    expect(timeless(merged.run)).toEqual(timeless(full.run));
    const trunk = stored(full);
    delete trunk.run.summary.trunk['sft']!['length'];
    expect(armsToRun(demo.config, trunk)).toHaveLength(4);
    const played = stored(full);
    delete played.recording.nodes.find((node) => node.id === 'best')!.summary['bestOf'];
    expect(armsToRun(demo.config, played)).toEqual(['best', 'limit']);
  });

  it.each([[['best']], [['limit']], [['dpo']], [['best/reward', 'best']]])(
    'is, with %j run again, what a full run gives, times aside',
    async (ids) => {
      const before = outdated(full.run, full.recording, ...ids);
      expect(timeless(before.run)).not.toEqual(timeless(full.run));
      const merged = stored(await reproduceOne(demo, 1, before, engine));
      expect(timeless(merged.run)).toEqual(timeless(full.run));
      expect(timeless(merged.recording)).toEqual(timeless(full.recording));
      expect(namesIn(merged.run)).toEqual(namesIn(full.run)); // in the same order, too
      expect(merged.run.summary.seconds).toBeGreaterThan(0);
      expect(armsToRun(demo.config, merged)).toEqual([]);
    },
    120_000,
  );
});
