import { Checkbox } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useLab } from '../store/useLab';
import { setView } from '../store/useView';
import { useRecordedRuns, useRecordedShown } from '../figures/useRecorded';

/** Shows or hides the recorded seeds, and says how they are drawn: as bands, or in grey in tables. */
export function SeedSwitch({ inTables }: { inTables: boolean }) {
  const { t } = useTranslation();
  const count = useRecordedRuns().length;
  const shown = useRecordedShown();
  const hasLines = useLab((s) => s.series.length > 0);
  if (count === 0) return null;
  const key = !shown ? 'seeds.show' : inTables ? 'seeds.grey' : hasLines ? 'seeds.band' : 'seeds.alone';
  return (
    <Checkbox
      size="xs"
      checked={shown}
      label={t(key, { count })}
      onChange={(e) => setView({ seeds: e.currentTarget.checked ? 'shown' : 'hidden' })}
    />
  );
}
