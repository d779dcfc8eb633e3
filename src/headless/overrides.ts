import { addressOwners, pairsBetween, withPairs, type Pair } from '../pipeline/lab/address';
import type { LabConfig } from '../pipeline/lab/config';
import { linkOf, parseLink } from '../pipeline/lab/link';
import { saidOf, UsageError } from './usage';

/** `--set path=value` as an address and its text. */
function pairOf(change: string): Pair {
  const equals = change.indexOf('=');
  if (equals < 1) throw new UsageError(`--set ${change}: expected name=value, for example ppo.klCoef=0.02`);
  return [change.slice(0, equals), change.slice(equals + 1)];
}

/**
 * Changes what the addresses name (see `src/pipeline/lab/address.ts`; a link uses the same): `seed=3`, `task=chat`,
 * `sft.steps=50`, `ppo.klCoef=0.02`, `teacher/sft.steps=50`, `arms=a:ppo:A,b:dpo:B`, `evaluation.finalPrompts=256`.
 * Throws a UsageError with one line that names the flag.
 */
export function applyOverrides(config: LabConfig, changes: readonly string[]): LabConfig {
  return checked('--set', config, changes.map(pairOf));
}

/** The configuration of a link to the page, given the one that it differs from. */
export function applyLink(config: LabConfig, link: string): LabConfig {
  const { pairs, problem } = parseLink(link);
  if (problem) throw new UsageError(`--link: ${saidOf(problem.path, problem.message)}`);
  return checked('--link', config, pairs);
}

function checked(flag: string, before: LabConfig, pairs: readonly Pair[]): LabConfig {
  const { config, problems } = withPairs(before, pairs);
  const [problem] = problems;
  if (!problem) return config;
  const { path, message } = problem;
  const help = message.code === 'name.unknown' ? `; there are ${addressOwners(config).join(', ')}` : '';
  throw new UsageError(`${flag} ${saidOf(path, message)}${help}`);
}

/** The link of a page that runs this: what differs from a demo, or from the free lab. */
export const pageLink = (demo: string | undefined, standard: LabConfig, config: LabConfig): string =>
  linkOf({ demo, lang: undefined, pairs: pairsBetween(standard, config) });
