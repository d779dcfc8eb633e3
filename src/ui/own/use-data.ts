import type { RowKind } from '../../exchange/data/own-rows';
import type { ArmConfig } from '../../pipeline/lab/config';
import { settingFields } from '../../pipeline/contract/settings';
import { ARM_STAGES, STAGES, type ArmStage } from '../../pipeline/stages';

const takes = (stage: ArmStage, role: 'sft' | 'preferences'): boolean => STAGES[stage].inputs.includes(role);

/** Arms that draw prompts of their own. */
const asks = (stage: ArmStage): boolean =>
  settingFields(STAGES[stage].settings).some(({ name }) => name === 'ownPrompts');

/** Arms that may learn from rows of a kind, in the order in which they are offered. */
export const METHODS_ON: Readonly<Record<RowKind, readonly ArmStage[]>> = {
  pairs: [
    ...ARM_STAGES.filter((stage) => takes(stage, 'preferences')),
    ...ARM_STAGES.filter((stage) => !takes(stage, 'preferences') && STAGES[stage].learnsFrom === 'reward'),
  ],
  demonstrations: ARM_STAGES.filter((stage) => takes(stage, 'sft')),
  prompts: ARM_STAGES.filter(asks),
};

/** How an arm comes to learn from own data. */
export function armOn(kind: RowKind, hash: string): Partial<Pick<ArmConfig, 'from' | 'trunk' | 'settings'>> {
  switch (kind) {
    case 'pairs':
      return { from: { preferences: 'own-labels' }, trunk: { 'own-labels': { labels: hash } } };
    case 'demonstrations':
      return { trunk: { sft: { own: hash } } };
    case 'prompts':
      return { settings: { ownPrompts: hash } };
  }
}
