import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { StageModel } from '../store/snapshot';

/** The name of a stage for people: an arm's own, or that of the trunk stage. */
export function useStageName(): (stage: Pick<StageModel, 'isArm' | 'name' | 'stage'>) => string {
  const { t } = useTranslation();
  return useCallback((s) => (s.isArm ? s.name : t(`stage.names.${s.stage}`)), [t]);
}
