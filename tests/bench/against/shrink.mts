import { settingFields } from '../../../src/pipeline/contract/settings';
import { defaultSettings, type LabConfig, type Settings } from '../../../src/pipeline/lab/config';
import { STAGES, TRUNK_STAGES, type StageName, type TrunkStage } from '../../../src/pipeline/stages';

/** By what a run is made smaller. */
export interface Less {
  /** Updates of everything that learns, and the pairs it learns from. */
  updates: number;
  /** Answers drawn per prompt. Fewer of them share less: what is gained by drawing them together shows at 1. */
  samples: number;
  /** Prompts of the measurements on the way, of the frontier and of best-of-n. */
  prompts: number;
  /** Prompts of the last measurement; fewer of them repeat each other less. */
  final: number;
  /** Measurements on the way. */
  times: number;
}

export const WHOLE: Less = { updates: 1, samples: 1, prompts: 1, final: 1, times: 1 };

/** Settings that say how much is computed; what is learned or measured in one of them stays. */
const AMOUNTS: Readonly<Record<string, 'updates' | 'samples'>> = {
  ...{
    steps: 'updates',
    iterations: 'updates',
    pairs: 'updates',
    heldOutPairs: 'updates',
    answers: 'updates',
  },
  ...{ samples: 'samples', largest: 'samples' },
};

/** Answers drawn per prompt, where a demo does not say: the same for both builds, whatever their defaults are. */
const DRAWN: Partial<Record<StageName, Settings>> = {
  tilt: { samples: 256 },
  'best-of-n': { samples: 128 },
};

/** A stage's amounts, as far down as they may go. */
function amounts(stage: StageName, given: Settings, standard: Settings, less: Less): Settings {
  const fields = settingFields(STAGES[stage].settings);
  return Object.fromEntries(
    Object.entries(AMOUNTS).flatMap(([name, of]) => {
      const kind = fields.find((field) => field.name === name)?.kind;
      if (kind?.type !== 'integer') return [];
      const value = Number(given[name] ?? DRAWN[stage]?.[name] ?? standard[name]);
      return [[name, Math.max(kind.min, Math.round(value / less[of]))]];
    }),
  );
}

/**
 * The same run with fewer updates, samples and prompts. The trunk is left alone where it is shipped; where it is
 * trained (`live`), it is made smaller, too, from the shipped base model on.
 */
export function shrunk(config: LabConfig, less: Less, live: boolean): LabConfig {
  const { task, size, evaluation } = config;
  const stages = TRUNK_STAGES.filter((stage) => stage !== 'pretrain');
  const trunkOf = (trunk: LabConfig['trunk'], modelSize: LabConfig['size'], all: boolean) => {
    const next: Partial<Record<TrunkStage, Settings>> = { ...trunk };
    for (const stage of stages)
      if (all || trunk[stage])
        next[stage] = {
          ...trunk[stage],
          ...amounts(stage, trunk[stage] ?? {}, defaultSettings(task, stage, modelSize), less),
        };
    return next;
  };
  return {
    ...config,
    ...(live ? { trunk: trunkOf(config.trunk, size, true) } : {}),
    ...(live && config.teacher
      ? { teacher: { ...config.teacher, trunk: trunkOf(config.teacher.trunk, config.teacher.size, true) } }
      : {}),
    arms: config.arms.map((arm) => ({
      ...arm,
      settings: {
        ...arm.settings,
        ...amounts(arm.stage, arm.settings, defaultSettings(task, arm.stage, arm.size ?? size), less),
      },
      ...(arm.trunk ? { trunk: trunkOf(arm.trunk, arm.size ?? size, false) } : {}),
    })),
    evaluation: {
      ...evaluation,
      times: Math.max(1, Math.round(evaluation.times / less.times)),
      prompts: Math.max(8, Math.round(evaluation.prompts / less.prompts)),
      finalPrompts: Math.max(8, Math.round(evaluation.finalPrompts / less.final)),
    },
  };
}
