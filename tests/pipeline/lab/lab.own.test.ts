import { expect, it } from 'vitest';
import { ownKey, type OwnData } from '../../../src/pipeline/contract/own';
import type { StageResult } from '../../../src/pipeline/contract/stage';
import { withPairs, pairsBetween } from '../../../src/pipeline/lab/address';
import { configProblems, defaultLabConfig } from '../../../src/pipeline/lab/config';
import { withOwnLabels } from '../../../src/pipeline/lab/edit';
import { buildGraph } from '../../../src/pipeline/lab/graph';
import { Lab } from '../../../src/pipeline/lab/lab';
import { RunControl, runStage, type Job } from '../../../src/pipeline/lab/runner';
import type { Engine } from '../../../src/engine/types';
import { sentence } from '../../../src/messages';

const pair = { prompt: ['review:', 'the'], chosen: ['movie'], rejected: ['film'] };
const data: OwnData = { kind: 'pairs', rows: [pair] };
const hash = ownKey(data);
const other = ownKey({ kind: 'pairs', rows: [pair, pair] });

const labelled = (labels: string) =>
  withOwnLabels(defaultLabConfig(), 'DPO, mine', { labels, simulated: 100 });
const keys = (labels: string) =>
  Object.fromEntries(buildGraph(labelled(labels).config).map(({ id, key }) => [id, key]));

it('an arm on own labels has a reward model of its own that learns from the same', () => {
  const { config, arm } = labelled(hash);
  expect(configProblems(config)).toEqual([]);
  expect(arm).toMatchObject({ id: 'dpo-2', stage: 'dpo', from: { preferences: 'own-labels' } });
  expect(config.arms.at(-1)!.name).toBe('DPO, mine');
  const nodes = new Map(buildGraph(config).map((node) => [node.id, node]));
  expect(nodes.get('dpo-2')!.inputs).toEqual({ sft: 'sft', preferences: 'dpo-2/own-labels', reward: 'dpo-2/reward' }); // prettier-ignore
  expect(nodes.get('dpo-2/reward')!.inputs).toEqual({ sft: 'sft', preferences: 'dpo-2/own-labels' });
});

it('equal data, equal keys; other data, other keys of what learns from it and of nothing else', () => {
  const again = ownKey(JSON.parse(JSON.stringify(data)) as OwnData);
  expect(keys(again)).toEqual(keys(hash));
  const [a, b] = [keys(hash), keys(other)];
  const changed = Object.keys(a).filter((id) => a[id] !== b[id]);
  expect(changed.sort()).toEqual(['dpo-2', 'dpo-2/own-labels', 'dpo-2/reward']);
});

it('a link names the data by its hash alone', () => {
  const { config } = labelled(hash);
  const pairs = pairsBetween(defaultLabConfig(), config);
  expect(pairs).toContainEqual(['dpo-2/own-labels.labels', hash]);
  expect(JSON.stringify(pairs)).not.toContain('movie');
  expect(withPairs(defaultLabConfig(), pairs)).toEqual({ config, problems: [] });
});

/** Runs the arm in a lab that has this data; what the executor was given. */
async function jobs(own: Record<string, OwnData>): Promise<Job[]> {
  const given: Job[] = [];
  const result: StageResult = { artifact: { kind: 'scores', scores: new Float32Array() }, summary: {} };
  const executor = {
    slots: 1,
    execute: (job: Job) => {
      given.push(job);
      return Promise.resolve({ status: 'done' as const, result, seconds: 0 });
    },
  };
  const nothing = { get: () => Promise.resolve(undefined) };
  const source = { own: (name: string) => Promise.resolve(own[name]) };
  await new Lab(labelled(hash).config, executor, nothing, undefined, source).run(['dpo-2']);
  return given;
}

it('data travels with the job of the stage that names it, and with no other', async () => {
  const given = await jobs({ [hash]: data, [other]: data });
  const by = (stage: string) => given.find((job) => job.stage === stage)!;
  expect(by('own-labels').own).toEqual({ [hash]: data });
  expect(by('reward')).not.toHaveProperty('own');
  expect(by('dpo')).not.toHaveProperty('own');
});

it('data that is not here is a sentence when the stage runs, and so is data under a false name', async () => {
  const job = (await jobs({})).find(({ stage }) => stage === 'own-labels')!;
  expect(job.own).toEqual({});
  const parents = {
    sft: { kind: 'model', config: { nPositions: 64 }, weights: new Float32Array() },
  } as never;
  const said = async (own: Record<string, OwnData>) => {
    const outcome = await runStage({} as Engine, { ...job, own, parents }, new RunControl(), () => undefined);
    return outcome.status === 'failed' ? sentence(outcome.message) : outcome.status;
  };
  expect(await said({})).toContain('does not have');
  expect(await said({ [other]: data })).toContain('is not what the name stands for');
  expect(await said({ [hash]: { kind: 'pairs', rows: [] } as OwnData })).toContain('rows');
});
