import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { StageModel } from './snapshot';
import { stageText } from '../i18n/dynamic';

/** The name of a stage for people: an arm's own, or that of the trunk stage. Follows the language. */
export function useStageName(): (stage: Pick<StageModel, 'isArm' | 'name' | 'stage'>) => string {
  const { i18n } = useTranslation();
  const { language } = i18n;
  // eslint-disable-next-line react-hooks/exhaustive-deps -- a new function for every language
  return useCallback((s) => (s.isArm ? s.name : stageText(s.stage)), [language]);
}
