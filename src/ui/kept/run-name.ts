import { numberOf } from '../../pipeline/contract/settings';
import { defaultLabConfig, resolvedSettings, type LabConfig, type Settings } from '../../pipeline/lab/config';
import type { StageName } from '../../pipeline/stages';
import { brief } from '../i18n/format';

/** How the parts of a name are written; the page's words, or in tests anything. */
export interface NameWords {
  stage(stage: StageName): string;
  /** A setting as a person knows it: its symbol, else its label. */
  setting(stage: StageName, name: string): string;
  task(name: string): string;
  size(name: string): string;
  seed(seed: number): string;
}

const valueText = (value: unknown): string => {
  const number = typeof value === 'number' ? value : numberOf(String(value));
  return number === undefined ? String(value) : brief(number);
};

/** Settings that differ from the default: `β=0.02, steps=60`. */
function changesText(
  config: LabConfig,
  stage: StageName,
  changes: Settings,
  words: NameWords,
  said: string,
): string {
  const standard = resolvedSettings(config, stage);
  return Object.entries(changes)
    .filter(([name, value]) => value !== undefined && standard[name] !== value)
    .map(([name, value]) => `${words.setting(stage, name)}=${valueText(value)}`)
    .filter((text) => !said.includes(text)) // the name of an arm of a sweep
    .join(', ');
}

export interface RunName {
  /** Each arm with what differs from the default: `DPO β=0.02`. */
  arms: string[];
  /** What is under all of them: changes of the trunk, size, task, seed. */
  under: string[];
}

/** What a run is called by what differs from the default. */
export function runName(config: LabConfig, words: NameWords): RunName {
  const usual = defaultLabConfig(config.task);
  const named = (name: string, stage: StageName, changes: Settings, said = name) =>
    `${name} ${changesText(config, stage, changes, words, said)}`.trim();
  const arms = config.arms.map(({ name, stage, settings, trunk }) => {
    const own = Object.entries(trunk ?? {}).flatMap(([under, changes]) => {
      const plain = words.stage(under as StageName);
      const text = named(plain, under as StageName, changes, name);
      return text === plain ? [] : [` (${text})`];
    });
    return named(name, stage, settings) + own.join('');
  });
  const trunk = Object.entries(config.trunk).flatMap(([stage, changes]) => {
    const name = words.stage(stage as StageName);
    const text = named(name, stage as StageName, changes);
    return text === name ? [] : [text];
  });
  return {
    arms,
    under: [
      words.task(config.task),
      ...(config.size === usual.size ? [] : [words.size(config.size)]),
      ...(config.seed === usual.seed ? [] : [words.seed(config.seed)]),
      ...trunk,
    ],
  };
}

const GREEK: Readonly<Record<string, string>> = {
  alpha: 'α',
  beta: 'β',
  gamma: 'γ',
  eta: 'η',
  lambda: 'λ',
  varepsilon: 'ε',
};

/** A symbol in plain letters; undefined where it needs more than that. */
export function plainSymbol(tex: string | undefined): string | undefined {
  const plain = tex?.replace(/\\([a-z]+)/g, (whole, name: string) => GREEK[name] ?? whole);
  return plain !== undefined && /^[\wα-ω]{1,2}$/.test(plain) ? plain : undefined;
}
