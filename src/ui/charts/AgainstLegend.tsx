import { useTranslation } from 'react-i18next';
import { spaced } from '../i18n/format';
import { shortReference } from '../i18n/reference';
import type { Against } from '../../pipeline/lab/reference';

/** What the signs behind the names of arms mean: that these are compared with something else. */
export function AgainstLegend({ against }: { against: Against }) {
  const { t } = useTranslation();
  return against.others.map(({ sign, reference }) => (
    <span key={reference.id}>
      {spaced(t('charts.against', { sign, reference: shortReference(reference) }))}
    </span>
  ));
}
