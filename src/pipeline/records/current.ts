import { MessageError } from '../../messages';
import { missingFigures, splitOwner } from '../contract/figures';
import type { LabConfig } from '../lab/config';
import { buildGraph, type Graph } from '../lab/graph';
import { STAGES, type StageName } from '../stages';
import { claimIds, type Claim } from './claims';
import { graphOverSeeds, storedKeysOf, type Recording, type StoredRun } from './recording';
import { partnersOf } from './partners';
import { judge, type ClaimResult } from './verdict';

/*
 * What today's code would compute of a stored run. A result is kept under the key of what made it, so a stage
 * whose version was raised, or whose settings were changed, takes along what builds on it and nothing else.
 */

const graphs = new WeakMap<LabConfig, Graph>();

/** The stages of a configuration as they are over seeds. Remembered: a configuration is never changed in place. */
export function graphOf(config: LabConfig): Graph {
  let graph = graphs.get(config);
  if (!graph) graphs.set(config, (graph = graphOverSeeds(config)));
  return graph;
}

type Numbers = Readonly<Record<string, number | string>>;

/** There is a measurement, not only the time that it took. */
const isMeasured = (figures: Numbers | undefined): boolean =>
  !!figures && Object.keys(figures).some((name) => name !== 'seconds');

/** The stages and arms of a stored run that `config` would compute just so. */
export const currentIds = (run: StoredRun, config: LabConfig): ReadonlySet<string> =>
  new Set(graphOf(config).flatMap(({ id, key }) => (run.keys[id] === key ? [id] : [])));

/**
 * The run with nothing in it but what `config` would compute just so. A figure between two arms stays only if
 * both do.
 */
export function currentPart(run: StoredRun, config: LabConfig): StoredRun {
  const ids = currentIds(run, config);
  const { summary } = run;
  const pick = <T>(of: Record<string, T>, also: (value: T) => boolean = () => true): Record<string, T> =>
    Object.fromEntries(Object.entries(of).filter(([id, value]) => ids.has(id) && also(value)));
  const measured = pick(summary.arms, isMeasured);
  const holds = (figure: string) => partnersOf(figure, summary.config.arms).every((id) => id in measured);
  const arms = Object.entries(measured).map(([id, figures]) => [
    id,
    Object.fromEntries(Object.entries(figures).filter(([name]) => holds(name))),
  ]);
  return {
    ...run,
    keys: pick(run.keys),
    summary: {
      ...summary,
      trunk: pick(summary.trunk),
      arms: Object.fromEntries(arms) as typeof summary.arms,
      failures: pick(summary.failures),
    },
    history: pick(run.history),
  };
}

/**
 * Figures that today's code measures and a current result lacks, by the id of the stage or arm. Measuring more
 * changes no key: what is there stays true, but only a run measures the rest.
 */
export function lackingIn(run: StoredRun, config: LabConfig): Record<string, string[]> {
  const { trunk, arms } = currentPart(run, config).summary;
  return lacking(config, { ...trunk, ...arms });
}

/** The same of summaries that are known to be current. */
export function lacking(
  config: LabConfig,
  summaries: Readonly<Record<string, Numbers>>,
): Record<string, string[]> {
  return Object.fromEntries(
    graphOf(config).flatMap(({ id, stage }) => {
      const missing = summaries[id] ? missingFigures(STAGES[stage].figures, summaries[id]) : [];
      return missing.length ? [[id, missing]] : [];
    }),
  );
}

/** The current parts of stored runs; a run with no current arm says nothing about the demo as it is. */
export const currentRuns = (runs: readonly StoredRun[], config: LabConfig): StoredRun[] =>
  runs.map((run) => currentPart(run, config)).filter((run) => Object.keys(run.summary.arms).length > 0);

/** Why stored results are not shown: a stage that has changed since, by its code or by its settings. */
export interface Cause {
  stage: StageName;
  why: 'version' | 'settings';
}

type Keys = Readonly<Record<string, string>>;

/**
 * What has changed under the given stages and arms since results were made under `made`: the nodes with which it
 * begins. What was never made has not changed.
 */
function changedNodes(graph: Graph, made: Keys, ids: readonly string[]): Graph {
  const needed = new Set(ids);
  for (const { id, inputs } of graph.toReversed())
    if (needed.has(id)) for (const input of Object.values(inputs)) needed.add(input);
  const changed = new Set(
    graph.flatMap(({ id, key }) => (made[id] === undefined || made[id] === key ? [] : [id])),
  );
  const begins = (inputs: Graph[number]['inputs']) => !Object.values(inputs).some((id) => changed.has(id));
  return graph.filter(({ id, inputs }) => needed.has(id) && changed.has(id) && begins(inputs));
}

/** What has changed under the stored results of the given stages and arms, each cause once. */
export function causesOf(runs: readonly StoredRun[], config: LabConfig, ids: readonly string[]): Cause[] {
  const causes = new Map<string, Cause>();
  for (const run of runs) {
    const changed = changedNodes(graphOf(config), run.keys, ids);
    const sameSettings = changed.length ? keysToday(run.summary.config) : {};
    for (const { id, key, stage } of changed) {
      const why = sameSettings[id] === key ? 'version' : 'settings';
      causes.set(`${stage} ${why}`, { stage, why });
    }
  }
  return [...causes.values()];
}

/** What today's code makes of the settings of a stored run; nothing where it no longer knows them. */
function keysToday(config: LabConfig): Record<string, string> {
  try {
    return storedKeysOf(config);
  } catch {
    return {}; // a stage or a task that is gone
  }
}

export interface StoredClaim extends ClaimResult {
  /** Of a claim that is not run: what has changed since its figures were stored; empty if there never were any. */
  causes: readonly Cause[];
}

/** The verdict on a claim from what is current in stored runs. */
export function judgeStored(claim: Claim, runs: readonly StoredRun[], config: LabConfig): StoredClaim {
  const current = currentRuns(runs, config);
  const result = judge(
    claim,
    current.map(({ summary }) => ({ ...summary.trunk, ...summary.arms })),
  );
  const causes = result.verdict === 'not run' ? causesOf(runs, config, neededBy(claim, config)) : [];
  return { ...result, causes };
}

/** The stages and arms that a claim is about, and those that its figures compare with. */
const neededBy = (claim: Claim, { arms }: LabConfig): string[] => [
  ...claimIds(claim),
  ...[claim.left, claim.right].flatMap((figure) =>
    typeof figure === 'string' ? partnersOf(splitOwner(figure).figure, arms) : [],
  ),
];

export interface CurrentRecording {
  /** With the demo's settings, and with nothing in it that today's code would compute differently. */
  recording: Recording;
  /** Arms of the demo that are not in it. */
  leftOut: string[];
}

/**
 * What of a recording may be played as a run of the demo as it is. Throws a MessageError that names the stages
 * that have changed if no arm is left.
 */
export function currentRecording(recording: Recording, demo: LabConfig): CurrentRecording {
  const { seed, start } = recording.config;
  const config = { ...demo, seed, start };
  const graph = buildGraph(config);
  const keys = new Map(graph.map(({ id, key }) => [id, key]));
  const nodes = recording.nodes.filter(({ id, key }) => keys.get(id) === key);
  const ids = new Set(nodes.map(({ id }) => id));
  const arms = config.arms.map((arm) => arm.id);
  const leftOut = arms.filter((id) => !ids.has(id));
  if (leftOut.length === arms.length) {
    const made = Object.fromEntries(recording.nodes.map(({ id, key }) => [id, key]));
    const stages = [...new Set(changedNodes(graph, made, arms).map(({ stage }) => stage))];
    throw new MessageError({ code: 'recording.outdated', values: { stages } });
  }
  const samples = recording.samples.map(({ prompt, answers }) => ({
    prompt,
    answers: answers.filter(({ id }) => ids.has(id)),
  }));
  return { recording: { ...recording, config, nodes, samples }, leftOut };
}
