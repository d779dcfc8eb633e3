import { MessageError } from '../messages';
import { settingFields } from '../pipeline/contract/settings';
import { configProblems, type LabConfig } from '../pipeline/lab/config';
import { placeOf, stageOfNode } from '../pipeline/lab/edit';
import { sweepOf, type Sweep } from '../pipeline/lab/sweep';
import { parseValues } from '../pipeline/lab/sweep-values';
import { STAGES } from '../pipeline/stages';
import { saidOf, UsageError } from './usage';

/**
 * The arms × seeds of `--sweep dpo.beta=0.02,0.1,0.5` or `dpo/preferences.pairs=500:4000:4:log`: a setting of an arm, or
 * of the trunk under it. Throws a UsageError with one line that names the flag.
 */
export function applySweep(config: LabConfig, text: string, seeds: readonly number[]): Sweep {
  const found = /^([a-z0-9-]+(?:\/[a-z0-9-]+)?)\.(\w+)=(.*)$/.exec(text);
  if (!found)
    throw new UsageError(`--sweep ${text}: expected arm.setting=values, for example dpo.beta=0.02,0.1,0.5`);
  const [, id, setting, values] = found as unknown as [string, string, string, string];
  const place = placeOf(config, id);
  if (place?.kind !== 'arm' && place?.kind !== 'own')
    throw new UsageError(
      `--sweep ${id}: is no arm; there are ${config.arms.map((arm) => arm.id).join(', ')}`,
    );
  const fields = settingFields(STAGES[stageOfNode(config, id)].settings);
  const field = fields.find(({ name }) => name === setting);
  if (!field)
    throw new UsageError(`--sweep ${saidOf(`${id}.${setting}`, { code: 'name.notSetting', values: {} })}`);
  try {
    const sweep = sweepOf(config, seeds, { id, setting, values: parseValues(values, field.kind) });
    const [problem] = configProblems(sweep.config);
    if (problem) throw new UsageError(`--sweep ${saidOf(problem.path, problem.message)}`);
    return sweep;
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    throw new UsageError(`--sweep ${saidOf(`${id}.${setting}`, error.info)}`);
  }
}
