import type { LabConfig } from '../pipeline/lab/config';
import { derivedFigures } from '../pipeline/measures/derived';
import { partnersOf } from '../pipeline/records/partners';
import { currentPart, currentRecording } from '../pipeline/records/current';
import {
  graphOverSeeds,
  storedKeyOf,
  storedKeysOf,
  type Recording,
  type StoredRun,
} from '../pipeline/records/recording';
import type { RunOutput } from './run';

/*
 * A stored run of which some arms were run again. What ran now replaces what was there; what was there stays
 * while today's code would compute it just so. The whole is what a full run would have given, times aside.
 */

/** `b` over `a`, in the order of `ids`, and nothing else. */
const inOrder = <T>(ids: readonly string[], a: Record<string, T> = {}, b: Record<string, T> = {}) =>
  Object.fromEntries(
    ids.flatMap((id): [string, T][] => {
      const value = b[id] ?? a[id];
      return value === undefined ? [] : [[id, value]];
    }),
  );

/** What lies in `demos/<name>/results` after a run; `before` is what lay there, by whatever version it was made. */
export function storedAfter(config: LabConfig, fresh: RunOutput, before?: StoredRun): StoredRun {
  const ids = graphOverSeeds(config).map((node) => node.id);
  const { summary } = fresh;
  const now = { ...summary.trunk, ...summary.arms, ...summary.failures };
  const kept = before && without(currentPart(before, config), Object.keys(now));
  const keys = inOrder(ids, kept?.keys, pick(storedKeysOf(config), Object.keys(now)));
  const whole: StoredRun = {
    key: storedKeyOf(keys),
    keys,
    summary: {
      ...summary,
      seconds: secondsAfter(fresh, before, kept),
      trunk: inOrder(ids, kept?.summary.trunk, summary.trunk),
      arms: inOrder(ids, kept && withGaps(kept.summary.arms, fresh, config), summary.arms),
      failures: inOrder(ids, kept?.summary.failures, summary.failures),
    },
    history: inOrder(ids, kept?.history, fresh.history),
  };
  return currentPart(whole, config); // no figure against an arm that has failed now
}

const pick = <T>(of: Record<string, T>, ids: readonly string[]): Record<string, T> =>
  Object.fromEntries(Object.entries(of).filter(([id]) => ids.includes(id)));

const omit = <T>(of: Record<string, T>, ids: readonly string[]): Record<string, T> =>
  Object.fromEntries(Object.entries(of).filter(([id]) => !ids.includes(id)));

const without = (run: StoredRun, ids: readonly string[]): StoredRun => ({
  ...run,
  keys: omit(run.keys, ids),
  summary: {
    ...run.summary,
    trunk: omit(run.summary.trunk, ids),
    arms: omit(run.summary.arms, ids),
    failures: omit(run.summary.failures, ids),
  },
  history: omit(run.history, ids),
});

type Arms = StoredRun['summary']['arms'];

/** Arms that were kept, with their distance from a limit that was measured again. */
function withGaps(kept: Arms, { finished }: RunOutput, config: LabConfig): Arms {
  const { arms } = config;
  const references = new Map(graphOverSeeds(config).map(({ id, inputs }) => [id, inputs.sft]));
  const places = Object.entries(kept).flatMap(([id, { gold, kl }]) =>
    gold === undefined || kl === undefined
      ? []
      : [{ id, isLimit: false, reference: references.get(id), final: { gold, kl }, evaluations: [] }],
  );
  const derived = derivedFigures([...finished, ...places]);
  return Object.fromEntries(
    Object.entries(kept).map(([id, figures]) => {
      const names = Object.keys(figures);
      const pairs = names.filter((name) => name !== 'gap' && partnersOf(name, arms).length > 0);
      return [id, { ...omit(figures, pairs), ...derived[id], ...pick(figures, pairs) }]; // as a full run orders them
    }),
  );
}

/** Seconds of all that the whole consists of. */
function secondsAfter(
  { summary }: RunOutput,
  before: StoredRun | undefined,
  kept: StoredRun | undefined,
): number {
  if (!before || !kept || Object.keys(kept.summary.arms).length === 0) return summary.seconds;
  const rest = sum(before) - sum(kept);
  const again = sum({ summary });
  return Math.round(100 * Math.max(again, before.summary.seconds - rest + again)) / 100;
}

const sum = ({ summary: { trunk, arms } }: Pick<StoredRun, 'summary'>): number =>
  Object.values<Record<string, number | string>>({ ...trunk, ...arms })
    .map((figures) => figures['seconds'])
    .reduce<number>((total, seconds) => total + (typeof seconds === 'number' ? seconds : 0), 0);

/** The recording after a run that took `seconds` as a whole, node by node and answer by answer. */
export function recordingAfter(
  config: LabConfig,
  { recording }: RunOutput,
  seconds: number,
  before?: Recording,
): Recording {
  const kept = before && playable(before, config);
  if (!kept) return recording;
  const ids = graphOverSeeds(config).map((node) => node.id);
  const byId = (nodes: Recording['nodes']) => Object.fromEntries(nodes.map((node) => [node.id, node]));
  const order = ['sft', ...config.arms.map((arm) => arm.id)];
  const samples = recording.samples.map(({ prompt, answers }) => {
    const earlier = kept.samples.find((sample) => sample.prompt === prompt)?.answers ?? [];
    const answersOf = (of: typeof answers) => Object.fromEntries(of.map((answer) => [answer.id, answer]));
    return { prompt, answers: Object.values(inOrder(order, answersOf(earlier), answersOf(answers))) };
  });
  return {
    ...recording,
    seconds,
    nodes: Object.values(inOrder(ids, byId(kept.nodes), byId(recording.nodes))),
    samples: samples.length > 0 ? samples : kept.samples,
  };
}

/** What of a recording is current; undefined where nothing is. */
export function playable(recording: Recording, config: LabConfig): Recording | undefined {
  try {
    return currentRecording(recording, config).recording;
  } catch {
    return undefined; // every arm has changed
  }
}
