import { Button, FileButton } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { labelLines, readLabelLines, trainingLines, type BadLine } from '../../exchange/data/labels';
import { messageOf, type Message } from '../../messages';
import { labelId, mergeLabels, type Conflict, type Label, type Merge } from '../../pipeline/data/labels';
import { peopleOf } from '../../pipeline/measures/label-agreement';
import { detokenize } from '../../world';
import { messageText } from '../i18n/dynamic';
import { download } from '../transfer/download';
import classes from './labeler.module.css';
import { removePerson, takeIn, useLabels } from './useLabels';

interface FilesProps {
  labels: readonly Label[];
  task: string;
}

type Outcome = { file: string; merge: Merge; bad: readonly BadLine[] } | { file: string; message: Message };

/** Most lines that are wrong which are told one by one. */
const TOLD = 5;

/** Labels leave and come back: as JSON Lines, for TRL, and those of other people to be merged. */
export function Files({ labels, task }: FilesProps) {
  const { t } = useTranslation();
  const [outcome, setOutcome] = useState<Outcome>();
  const [open, setOpen] = useState<readonly Conflict[]>([]);
  const read = async (file: File | null) => {
    if (!file) return;
    try {
      const defaults = { task, who: file.name.replace(/\.\w+$/, '').slice(0, 100) || '?' };
      const { labels: coming, bad } = readLabelLines(await file.text(), defaults);
      const merge = mergeLabels(useLabels.getState().labels, coming);
      takeIn(merge.fresh);
      setOpen(merge.conflicts);
      setOutcome({ file: file.name, merge, bad });
    } catch (error) {
      setOutcome({ file: file.name, message: messageOf(error) });
    }
  };
  const name = `alignlet-${task}-labels`;
  return (
    <section className={classes.files} aria-label={t('labeler.files.title')}>
      <div className={classes.others}>
        {labels.length > 0 && (
          <>
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => download(`${name}.jsonl`, labelLines(labels))}
            >
              {t('labeler.files.all')}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => download(`${name}-trl.jsonl`, trainingLines(labels))}
            >
              {t('labeler.files.trl')}
            </Button>
          </>
        )}
        <FileButton accept=".jsonl,.json,.txt" onChange={(file) => void read(file)}>
          {(props) => (
            <Button size="compact-sm" variant="default" {...props}>
              {t('labeler.files.merge')}
            </Button>
          )}
        </FileButton>
        {peopleOf(labels).map((person) => (
          <Button
            key={person}
            size="compact-sm"
            variant="subtle"
            onClick={() => removePerson(person, t('labeler.files.removed', { who: person }))}
          >
            {t('labeler.files.remove', { who: person })}
          </Button>
        ))}
      </div>
      {outcome && <Told outcome={outcome} />}
      {open.length > 0 && (
        <Conflicts
          conflicts={open}
          onSettled={(conflict) => setOpen(open.filter((one) => one !== conflict))}
        />
      )}
    </section>
  );
}

function Told({ outcome }: { outcome: Outcome }) {
  const { t } = useTranslation();
  const { file } = outcome;
  if ('message' in outcome)
    return (
      <p className={classes.bad} role="alert">
        {t('labeler.files.failed', { file, message: messageText(outcome.message) })}
      </p>
    );
  const { merge, bad } = outcome;
  return (
    <div role="status">
      <p>
        {t('labeler.files.merged', {
          file,
          fresh: String(merge.fresh.length),
          same: String(merge.same),
          conflicts: String(merge.conflicts.length),
        })}
      </p>
      {bad.length > 0 && (
        <ul className={classes.bad}>
          {bad.slice(0, TOLD).map(({ line, message }) => (
            <li key={line}>
              {t('labeler.files.bad', { line: String(line), message: messageText(message) })}
            </li>
          ))}
          {bad.length > TOLD && <li>{t('labeler.files.badMore', { count: bad.length - TOLD })}</li>}
        </ul>
      )}
    </div>
  );
}

const text = (words: readonly string[]): string => detokenize(words.filter((word) => word !== '<eos>'));

interface ConflictsProps {
  conflicts: readonly Conflict[];
  onSettled: (conflict: Conflict) => void;
}

/** Where a file says something else of what is here. */
function Conflicts({ conflicts, onSettled }: ConflictsProps) {
  const { t } = useTranslation();
  const said = ({ choice, first, second }: Label) =>
    choice === 'tie'
      ? t('labeler.tie')
      : choice === 'skip'
        ? t('labeler.skip')
        : text(choice === 'first' ? first : second);
  return (
    <div className={classes.box} data-conflicts>
      <h3>{t('labeler.files.conflict')}</h3>
      <p className={classes.about}>{t('labeler.files.conflictAbout')}</p>
      <ul className={classes.conflicts}>
        {conflicts.map((conflict, i) => {
          const { here, coming } = conflict;
          return (
            <li key={`${labelId(here)} ${i}`}>
              <p>
                <b>{here.who}</b> <span className={classes.words}>{text(here.prompt)}</span>
              </p>
              <p>
                <b>{t('labeler.files.here')}</b> <span className={classes.words}>{said(here)}</span>{' '}
                <Button size="compact-xs" variant="default" onClick={() => onSettled(conflict)}>
                  {t('labeler.files.keep')}
                </Button>
              </p>
              <p>
                <b>{t('labeler.files.coming')}</b> <span className={classes.words}>{said(coming)}</span>{' '}
                <Button
                  size="compact-xs"
                  variant="default"
                  onClick={() => {
                    takeIn([coming]);
                    onSettled(conflict);
                  }}
                >
                  {t('labeler.files.take')}
                </Button>
              </p>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
