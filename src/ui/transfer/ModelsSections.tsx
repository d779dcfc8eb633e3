import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dataFiles, isPrefixModel, modelFolder, runFiles } from '../../exchange/run';
import { bundleFiles } from '../../exchange/trl/bundle';
import { message } from '../../messages';
import { parameterCount } from '../../model/parameters';
import { buildGraph } from '../../pipeline/lab/graph';
import { compact } from '../i18n/format';
import type { StageModel } from '../store/snapshot';
import { useLab } from '../store/useLab';
import { useStageName } from '../store/useStageName';
import { labRun, stem } from './contents';
import type { SectionProps } from './NumbersSections';
import { Row, Section } from './Row';
import { scripts } from './scripts';
import type { Saved } from './useSaving';
import classes from './transfer.module.css';

/** Stages that have a model under the settings of now. */
const withModels = (stages: readonly StageModel[]): StageModel[] =>
  stages.filter(
    ({ status, artifact }) =>
      status === 'done' &&
      (artifact?.kind === 'model' || (artifact?.kind === 'reward' && artifact.rule === undefined)),
  );

/** Models for transformers and transformers.js. */
export function ModelsSection({ save, disabled }: SectionProps) {
  const { t } = useTranslation();
  const stageName = useStageName();
  const models = withModels(useLab((s) => s.stages));
  const [wanted, setWanted] = useState('');
  const chosen = models.find(({ id }) => id === wanted) ?? models.at(-1);
  const isLanguageModel = chosen?.artifact?.kind === 'model';
  const label = ({ owner, artifact, ...stage }: StageModel) => {
    const parameters = artifact && 'config' in artifact ? compact(parameterCount(artifact.config)) : '';
    return `${stageName(stage)}${owner ? ` (${owner})` : ''} · ${parameters}`;
  };
  const model = (format: 'hf' | 'onnx') => () =>
    save((): Saved => {
      const run = labRun();
      const node = buildGraph(run.config).find(({ id }) => id === chosen!.id)!;
      const artifact = run.artifacts.get(node.id)!;
      if (artifact.kind !== 'model' && artifact.kind !== 'reward') throw new TypeError(artifact.kind);
      const isPrefix = format === 'onnx' && isPrefixModel(node);
      return {
        name: `${stem()}-${node.id.replaceAll('/', '-')}-${format}.zip`,
        files: modelFolder(run, node, artifact, format === 'onnx'),
        ...(isPrefix ? { notices: [message('onnx.prefix', {})] } : {}),
      };
    });
  const none = disabled || !chosen;
  return (
    <Section title={t('transfer.models.title')}>
      <li className={classes.row}>
        <NativeSelect
          size="xs"
          className={classes.select}
          aria-label={t('transfer.models.which')}
          disabled={none}
          value={chosen?.id ?? ''}
          onChange={(event) => setWanted(event.currentTarget.value)}
          data={models.map((stage) => ({ value: stage.id, label: label(stage) }))}
        />
      </li>
      <Row
        name={t('transfer.models.hf')}
        about={t('transfer.models.hfAbout')}
        formats={{ ZIP: model('hf') }}
        disabled={none}
      />
      <Row
        name={t('transfer.models.onnx')}
        about={t('transfer.models.onnxAbout')}
        formats={{ ZIP: model('onnx') }}
        disabled={none || !isLanguageModel}
      />
      <Row
        name={t('transfer.models.run')}
        about={t('transfer.models.runAbout')}
        formats={{ ZIP: () => save(() => ({ name: `${stem()}-hf.zip`, files: runFiles(labRun()) })) }}
        disabled={none}
      />
    </Section>
  );
}

const TABLES = ['preferences', 'demonstrations', 'prompts'] as const;

/** The files of a table in one format: one by itself, several in a zip. */
function tableOf(table: (typeof TABLES)[number], format: 'jsonl' | 'parquet'): Saved {
  const all = [...dataFiles(labRun())].filter(([path]) => path.startsWith(`${table}/`));
  const files = all
    .map(([path, bytes]) => [path.slice(table.length + 1), bytes] as const)
    .filter(([name]) => name.endsWith(`.${format}`) || name.endsWith('.json'));
  const name = `${stem()}-${table}`;
  return files.length === 1
    ? { name: `${name}.${format}`, files: files[0]![1] as Uint8Array<ArrayBuffer> }
    : { name: `${name}-${format}.zip`, files: new Map(files) };
}

/** Tables for trainers, and the bundle for TRL. */
export function DataSection({ save, disabled }: SectionProps) {
  const { t } = useTranslation();
  const hasPairs = useLab((s) =>
    s.stages.some(({ id, status }) => id === 'preferences' && status === 'done'),
  );
  const hasTrunk = useLab((s) =>
    ['pretrain', 'sft', 'reward', 'preferences'].every((id) =>
      s.stages.some((stage) => stage.id === id && stage.status === 'done'),
    ),
  );
  const trl = (): Saved => {
    const { files, refused } = bundleFiles(labRun(), scripts);
    const notices = refused.map(({ arm, reason }) => message('at', { path: arm, problem: reason }));
    return { name: `${stem()}-trl.zip`, files, notices };
  };
  return (
    <Section title={t('transfer.data.title')}>
      <Row
        name={t('transfer.data.trl')}
        about={t('transfer.data.trlAbout')}
        formats={{ ZIP: () => save(trl) }}
        disabled={disabled || !hasTrunk}
      />
      {TABLES.map((table) => (
        <Row
          key={table}
          name={t(`transfer.data.${table}`)}
          about={table === 'preferences' && !hasPairs ? t('transfer.data.none') : undefined}
          formats={{
            JSONL: () => save(() => tableOf(table, 'jsonl')),
            Parquet: () => save(() => tableOf(table, 'parquet')),
          }}
          disabled={disabled || (table === 'preferences' && !hasPairs)}
        />
      ))}
    </Section>
  );
}
