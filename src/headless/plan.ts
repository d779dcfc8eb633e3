import type { LabConfig } from '../pipeline/lab/config';
import { currentPart, lacking, lackingIn } from '../pipeline/records/current';
import { graphOverSeeds, type Recording, type StoredRun } from '../pipeline/records/recording';
import { playable } from './merge';
import { hasAnswers, isLimit } from '../pipeline/stages/traits';

/** What is there already of one (demo, seed). */
export interface Existing {
  run?: StoredRun | undefined;
  /** Null where none is wanted. */
  recording?: Recording | null | undefined;
}

/**
 * The arms that have to be run so that everything is there: those whose result is missing or outdated or lacks a
 * figure that is measured today, or that of a stage under them, and those that they are compared with, since figures between arms come from what only a
 * run has (answers to all prompts, the limit in full precision). Empty when nothing is to be done.
 */
export function armsToRun(config: LabConfig, { run, recording }: Existing): string[] {
  const summary = run && currentPart(run, config).summary;
  const nodes = recording ? playable(recording, config)?.nodes : undefined;
  const played = Object.fromEntries((nodes ?? []).map(({ id, summary: figures }) => [id, figures]));
  const incomplete = { ...(run && lackingIn(run, config)), ...lacking(config, played) };
  const isThere = (id: string): boolean =>
    !!summary &&
    (id in summary.arms || id in summary.trunk) &&
    !(id in incomplete) &&
    (recording === null || !!nodes?.some((node) => node.id === id && !node.failure));
  const missing = new Set<string>();
  for (const { id, inputs } of graphOverSeeds(config))
    if (!isThere(id) || Object.values(inputs).some((input) => missing.has(input))) missing.add(id);
  const arms = config.arms.filter((arm) => missing.has(arm.id));
  if (arms.length === 0) return [];
  const inPairs = arms.some(hasAnswers);
  return config.arms
    .filter((arm) => missing.has(arm.id) || isLimit(arm) || (inPairs && hasAnswers(arm)))
    .map((arm) => arm.id);
}
