import { useTranslation } from 'react-i18next';
import { AgainstLegend } from '../charts/AgainstLegend';
import frame from '../charts/charts.module.css';
import { isRelative } from '../figures/relative';
import { spaced } from '../i18n/format';
import { referenceName } from '../i18n/reference';
import type { Against } from '../../pipeline/lab/reference';

interface AgainstNoteProps {
  against: Against;
  /** The figures that are shown. */
  figures: readonly string[];
}

/** Below figures that are measured against something: what that is. */
export function AgainstNote({ against, figures }: AgainstNoteProps) {
  const { t } = useTranslation();
  if (!against.main || !figures.some(isRelative)) return null;
  return (
    <p className={frame.against}>
      <span>{spaced(t('results.against', { reference: referenceName(against.main) }))}</span>
      <AgainstLegend against={against} />
    </p>
  );
}
