import type { Reference } from '../../pipeline/lab/reference';
import { stageText } from './dynamic';
import { spaced } from './format';
import { i18n } from './index';

/** What SFT, or whatever stands in for it, is called where arms are compared with it. */
const KINDS = ['sft', 'pretrain', 'distil'] as const;

function nameIn(list: 'names' | 'own' | 'short' | 'shortOwn', { stage }: Reference): string {
  const kind = KINDS.find((name) => name === stage);
  return kind ? i18n.t(`reference.${list}.${kind}`) : stageText(stage);
}

/** "SFT", "the base model", "the teacher’s student", "its own SFT". */
export const referenceName = (reference: Reference): string =>
  nameIn(reference.isOwn ? 'own' : 'names', reference);

/** The same for narrow places: "SFT", "base", "student", "own SFT". */
export const shortReference = (reference: Reference): string =>
  nameIn(reference.isOwn ? 'shortOwn' : 'short', reference);

/** A sentence of the catalogue with the name of a reference in it; without one, of whatever an arm starts from. */
export const withReference = (
  key:
    | 'charts.kl.question'
    | 'charts.winRate.question'
    | 'charts.frontier.axis'
    | 'results.temperature.question',
  reference: Reference | undefined,
): string =>
  spaced(i18n.t(key, { reference: reference ? referenceName(reference) : i18n.t('reference.start') }));

/** Beside a figure of an arm that is compared with something else than its neighbours: "vs base". */
export const versus = (reference: Reference): string =>
  spaced(i18n.t('reference.versus', { reference: shortReference(reference) }));
