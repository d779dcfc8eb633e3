import { Button, FileButton } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { labFile, LAB_EXTENSION } from '../../exchange/lab/file';
import { messageText, taskText } from '../i18n/dynamic';
import { readPrompt } from '../store/prompt';
import { actions, useLab } from '../store/useLab';
import { askPrompt } from '../store/useSamples';
import { setView, useView } from '../store/useView';
import { labContents, stem } from './contents';
import type { SectionProps } from './NumbersSections';
import type { ReadFile } from './read';
import { forget, look, useReading } from './useReading';
import classes from './transfer.module.css';

/** The whole lab as one file, out and in. */
export function LabSection({ save, disabled, onOpened }: SectionProps & { onOpened: () => void }) {
  const { t } = useTranslation();
  const busy = useLab((s) => s.state !== 'idle');
  const replay = useLab((s) => s.replay !== null);
  const dropped = useView((s) => s.dropped);
  const reading = useReading();
  const resetFile = useRef<() => void>(null);
  const open = (file: File | null) => {
    resetFile.current?.(); // so that the same file can be chosen again
    if (file) void look(file);
  };
  useEffect(() => {
    if (!dropped) return;
    setView({ dropped: null });
    void look(dropped);
  }, [dropped]);
  const restore = ({ contents }: ReadFile) => {
    actions.openLab(contents);
    const prompt = contents.samples[0]?.prompt;
    const known =
      prompt === undefined ? undefined : readPrompt(contents.config.task, contents.config.size, prompt);
    if (known?.status === 'ready') askPrompt(known.prompt);
    forget();
    onOpened();
  };
  return (
    <section className={classes.lab}>
      <div className={classes.labText}>
        <h3>{t('transfer.lab.title')}</h3>
        <p>{t('transfer.lab.about')}</p>
      </div>
      <div className={classes.labButtons}>
        <Button
          size="sm"
          className={classes.primary}
          disabled={disabled || replay}
          aria-label={t('transfer.save', { what: t('transfer.lab.title'), format: LAB_EXTENSION })}
          onClick={() => save(() => ({ name: `${stem()}${LAB_EXTENSION}`, files: labFile(labContents()) }))}
        >
          {t('transfer.lab.save')}
        </Button>
        <FileButton resetRef={resetFile} onChange={open} accept={`${LAB_EXTENSION},.zip`}>
          {(props) => (
            <Button size="sm" variant="default" disabled={busy} {...props}>
              {t('transfer.lab.open')}
            </Button>
          )}
        </FileButton>
      </div>
      <p className={classes.hint}>{t('transfer.lab.drop')}</p>
      {reading.status === 'reading' && (
        <p className={classes.notice} role="status">
          {t('transfer.open.reading', { file: reading.file })}
        </p>
      )}
      {reading.status === 'refused' && (
        <div className={classes.notice} data-bad role="alert" data-refused>
          <b>{t('transfer.open.refused', { file: reading.file })}</b>
          <p>{messageText(reading.message)}</p>
        </div>
      )}
      {reading.status === 'read' && (
        <Holds read={reading.read} busy={busy} onOpen={() => restore(reading.read)} onCancel={forget} />
      )}
    </section>
  );
}

interface HoldsProps {
  read: ReadFile;
  busy: boolean;
  onOpen: () => void;
  onCancel: () => void;
}

/** What a file holds, before anything is changed by it. */
function Holds({ read, busy, onOpen, onCancel }: HoldsProps) {
  const { t } = useTranslation();
  const { file, contents, earlier, failed, left } = read;
  const { config, runs } = contents;
  const facts = {
    [t('transfer.open.task')]: taskText(config.task),
    [t('setup.size')]: config.size,
    [t('setup.seed')]: String(config.seed),
    [t('transfer.open.arms')]: config.arms.map(({ name }) => name).join(', '),
    [t('transfer.open.results')]: String(runs.filter(({ run }) => run.result).length),
  };
  return (
    <div className={classes.notice} data-holds role="status">
      <b>{t('transfer.open.title', { file })}</b>
      <dl className={classes.facts}>
        {Object.entries(facts).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {earlier > 0 && <p>{t('transfer.open.earlier', { count: earlier })}</p>}
      {failed > 0 && <p>{t('transfer.open.failed', { count: failed })}</p>}
      {left.length > 0 && <p>{t('transfer.open.left', { names: left.join(', ') })}</p>}
      <p>{t('transfer.open.replaces')}</p>
      <div className={classes.labButtons}>
        <Button size="compact-sm" className={classes.primary} disabled={busy} onClick={onOpen}>
          {t('transfer.open.restore')}
        </Button>
        <Button size="compact-sm" variant="default" onClick={onCancel}>
          {t('transfer.open.cancel')}
        </Button>
      </div>
    </div>
  );
}
