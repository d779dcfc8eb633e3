import { useTranslation } from 'react-i18next';
import { useFigureBook } from '../figures/useFigureBook';
import { useStageName } from '../store/useStageName';
import { useLab, useStage } from '../store/useLab';
import { useSamples } from '../store/useSamples';
import { CHART_NAMES, type ChartName } from '../store/useView';
import { answersFile, answersShown, curvesFile, resultRows, resultsFile, stem } from './contents';
import type { Prints } from './Prints';
import { Row, Section } from './Row';
import { usePictures, type PictureFormat } from './usePictures';
import type { Save } from './useSaving';

export interface SectionProps {
  save: Save;
  disabled: boolean;
}

/** Curves, results and answers as tables. */
export function NumbersSection({ save, disabled }: SectionProps) {
  const { t } = useTranslation();
  const book = useFigureBook();
  const hasCurves = useLab((s) => s.stages.some((stage) => stage.made && stage.rowCount > 0));
  useSamples((s) => s.answers); // what there is to save
  const hasAnswers = answersShown().length > 0;
  const hasResults = resultRows(book).length > 0;
  const curves = (format: 'csv' | 'json') => () =>
    save(() => ({ name: `${stem()}-curves.${format}`, files: curvesFile(format) }));
  const answers = (format: 'csv' | 'jsonl') => () =>
    save(() => ({ name: `${stem()}-answers.${format}`, files: answersFile(format) }));
  return (
    <Section title={t('transfer.numbers.title')}>
      <Row
        name={t('transfer.numbers.curves')}
        about={t('transfer.numbers.curvesAbout')}
        formats={{ CSV: curves('csv'), JSON: curves('json') }}
        disabled={disabled || !hasCurves}
      />
      <Row
        name={t('transfer.numbers.results')}
        about={t('transfer.numbers.resultsAbout')}
        formats={{ CSV: () => save(() => ({ name: `${stem()}-results.csv`, files: resultsFile(book) })) }}
        disabled={disabled || !hasResults}
      />
      <Row
        name={t('transfer.numbers.answers')}
        about={t('transfer.numbers.answersAbout')}
        formats={{ CSV: answers('csv'), JSONL: answers('jsonl') }}
        disabled={disabled || !hasAnswers}
      />
    </Section>
  );
}

/** Pictures of the charts. */
export function ChartsSection({ save, disabled }: SectionProps) {
  const { t } = useTranslation();
  const { pictures, room } = usePictures();
  const hasCharts = useLab((s) => s.series.length > 0);
  const selected = useStage(useLab((s) => s.selected));
  const name = useStageName();
  const zip = (prints: Prints, what: string, format: PictureFormat) => () =>
    save(async () => ({ name: `${stem()}-${what}-${format}.zip`, files: await pictures(prints, format) }));
  const one = (chart: ChartName, format: PictureFormat) => () =>
    save(async () => {
      const [picture] = (await pictures({ of: 'arms' }, format, chart)).values();
      return { name: `${stem()}-${chart}.${format}`, files: picture as Uint8Array<ArrayBuffer> };
    });
  const both = (act: (format: PictureFormat) => () => void) => ({ SVG: act('svg'), PNG: act('png') });
  return (
    <Section title={t('transfer.charts.title')}>
      <Row
        name={t('transfer.charts.all')}
        about={hasCharts ? t('transfer.charts.about') : t('transfer.charts.none')}
        formats={both((format) => zip({ of: 'arms' }, 'charts', format))}
        disabled={disabled || !hasCharts}
      />
      {hasCharts &&
        CHART_NAMES.map((chart) => (
          <Row
            key={chart}
            name={t(`charts.${chart}.title`)}
            formats={both((format) => one(chart, format))}
            disabled={disabled}
          />
        ))}
      {selected && selected.rowCount > 0 && (
        <Row
          name={t('transfer.charts.inside', { name: name(selected) })}
          formats={both((format) => zip({ of: 'stage', id: selected.id }, selected.id, format))}
          disabled={disabled}
        />
      )}
      {room}
    </Section>
  );
}
