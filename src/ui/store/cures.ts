import { defaultSettings } from '../../pipeline/lab/config';
import type { FindingKind } from '../../pipeline/measures/diagnosis';
import type { StageModel } from './snapshot';
import type { ChartName } from './useView';

/** Where it is seen: in a chart of all arms, or in the curves inside. */
export const CHART_OF: Readonly<Record<FindingKind, ChartName | 'inside'>> = {
  ratioExploded: 'inside',
  oneThing: 'inside',
  deadGroups: 'inside',
  overoptimised: 'reward',
  fooled: 'reward',
  collapsed: 'reward',
};

/** A setting that cures it, and to which value. */
export interface Cure {
  name: string;
  value: number;
}

/** Settings that keep a policy near its start. */
const LEASHES = ['klCoef', 'beta'] as const;

/**
 * What to change: where steps are too big the first of these settings that is not at its default, else half the
 * learning rate; where the reward model was fooled a stronger leash. Undefined where no setting cures it.
 */
export function cureOf(
  kind: FindingKind,
  arm: Pick<StageModel, 'settings' | 'stage' | 'size'>,
  task: string,
): Cure | undefined {
  const { settings, stage, size } = arm;
  const defaults = defaultSettings(task, stage, size);
  const number = (name: string) => (typeof settings[name] === 'number' ? settings[name] : undefined);
  const tooBig = (): Cure | undefined => {
    for (const name of ['learningRate', 'clipRange', 'epochs'])
      if (name in settings && settings[name] !== defaults[name] && typeof defaults[name] === 'number')
        return { name, value: defaults[name] };
    const rate = number('learningRate');
    return rate === undefined
      ? undefined
      : { name: 'learningRate', value: Number((rate / 2).toPrecision(3)) };
  };
  const leash = (): Cure | undefined => {
    const name = LEASHES.find((n) => number(n) !== undefined);
    if (!name) return undefined;
    const value = number(name)!;
    const usual = Number(defaults[name]);
    return { name, value: value < usual ? usual : Number((4 * value).toPrecision(3)) };
  };
  switch (kind) {
    case 'overoptimised':
    case 'fooled':
    case 'collapsed':
      return leash() ?? tooBig();
    case 'ratioExploded':
      return tooBig();
    case 'oneThing':
    case 'deadGroups':
      return settings['learningRate'] === defaults['learningRate'] ? (leash() ?? tooBig()) : tooBig();
  }
}
