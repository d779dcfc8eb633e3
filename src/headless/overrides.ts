import { InputError } from '../pipeline/records/demo';
import { configProblems, type LabConfig, type Settings } from '../pipeline/lab/config';
import { TRUNK_STAGES, type TrunkStage } from '../pipeline/stages';

/**
 * Applies `path=value` changes to a configuration: `seed=3`, `task=chat`, `sft.steps=50`, `ppo.klCoef=0.02`
 * (an arm's id, or a stage name for all arms of that stage), `evaluation.finalPrompts=256`. Values are JSON
 * or plain words. Throws an InputError with one line that names the flag.
 */
export function applyOverrides(config: LabConfig, changes: readonly string[]): LabConfig {
  const next = structuredClone(config);
  for (const change of changes) {
    const match = /^([\w.-]+)=(.*)$/.exec(change);
    if (!match) throw new InputError(`--set ${change}: expected name=value, for example ppo.klCoef=0.02`);
    set(next, match[1]!, parseValue(match[2]!));
  }
  const problem = configProblems(next)[0];
  if (problem) throw new InputError(`${problem.path}: ${problem.message}`);
  return next;
}

function parseValue(text: string): unknown {
  if (text === 'off') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const TOP_LEVEL = ['task', 'size', 'seed', 'start'] as const;

function set(config: LabConfig, path: string, value: unknown): void {
  const dot = path.indexOf('.');
  const [head, name] = dot < 0 ? [path, ''] : [path.slice(0, dot), path.slice(dot + 1)];
  if (!name) {
    if (!(TOP_LEVEL as readonly string[]).includes(head))
      throw new InputError(`--set ${path}: no such setting; use ${TOP_LEVEL.join(', ')} or stage.setting`);
    Object.assign(config, { [head]: value });
    return;
  }
  const targets: Settings[] = [];
  if (head === 'evaluation') targets.push(config.evaluation as unknown as Settings);
  else if ((TRUNK_STAGES as readonly string[]).includes(head))
    targets.push((config.trunk[head as TrunkStage] ??= {}));
  else {
    const byId = config.arms.filter((a) => a.id === head);
    targets.push(
      ...(byId.length ? byId : config.arms.filter((a) => a.stage === head)).map((a) => a.settings),
    );
  }
  if (targets.length === 0) {
    const known = [...TRUNK_STAGES, ...config.arms.map((a) => a.id), 'evaluation'];
    throw new InputError(`--set ${path}: no stage or arm "${head}"; there are ${known.join(', ')}`);
  }
  for (const target of targets) target[name] = value;
}
