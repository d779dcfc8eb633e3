import { message, MessageError } from '../../messages';
import { MODEL_SIZES } from '../../model/config';
import { preferencesOf } from '../../pipeline/contract/packed-preferences';
import { buildGraph } from '../../pipeline/lab/graph';
import { taskByName } from '../../world';
import { bytesOfJson, bytesOfText } from '../files';
import { runFiles, type ExchangedRun } from '../run';
import { readmeFile } from './readme';
import { bundleSettings, type BundleSettings } from './settings';

/** Files of `src/exchange/trl/scripts`, which a program reads in its own way. */
export const SCRIPT_FILES = [
  'common.py',
  'sft.py',
  'reward.py',
  'dpo.py',
  'kto.py',
  'grpo.py',
  'rloo.py',
  'ppo.py',
  'requirements.txt',
  'requirements-ppo.txt',
] as const;

/** Their texts by name. */
export type Scripts = Readonly<Record<(typeof SCRIPT_FILES)[number], string>>;

/**
 * A run as a bundle for TRL: its models and data, scripts, and settings for them; and what could not be taken along.
 * Throws a MessageError where there are no pairs or models to begin with.
 */
export function bundleFiles(
  run: ExchangedRun,
  scripts: Scripts,
): { files: Map<string, Uint8Array>; refused: BundleSettings['refused'] } {
  const { name, config, artifacts } = run;
  const labels = artifacts.get('preferences');
  const preferences = labels && preferencesOf(labels);
  const isWhole = ['pretrain', 'sft', 'reward'].every((id) => artifacts.has(id));
  if (!isWhole || !preferences) throw new MessageError(message('trl.noRun', { name }));
  const settings = bundleSettings(config, buildGraph(config), preferences.pairs.length);
  const files = runFiles(run);
  for (const file of SCRIPT_FILES) files.set(file, bytesOfText(scripts[file]));
  const { orders, ...rest } = settings;
  files.set('order.json', bytesOfText(JSON.stringify(orders) + '\n'));
  files.set(
    'settings.json',
    bytesOfJson({
      task: config.task,
      seed: config.seed,
      n_positions: MODEL_SIZES[config.size].nPositions,
      max_new_tokens: taskByName(config.task).maxNewTokens,
      ...rest.scripts,
    }),
  );
  files.set('README.md', readmeFile(name, settings));
  return { files, refused: settings.refused };
}
