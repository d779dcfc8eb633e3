import { Button, Modal, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { preferencesOf } from '../../pipeline/contract/packed-preferences';
import { comparisonOf, type Comparison } from '../../pipeline/data/labels';
import { actions, useLab } from '../store/useLab';
import type { StageModel } from '../store/snapshot';
import { setView, useView } from '../store/useView';
import { Agreements } from './Agreements';
import { Asking } from './Asking';
import { Files } from './Files';
import classes from './labeler.module.css';
import { Training } from './Training';
import { beLabeler, loadLabels, useLabels } from './useLabels';
import './words';

/** A person in place of the labelers: they compare answers, see how well they agree, and train on what they said. */
export function Labeler() {
  const { t } = useTranslation();
  const opened = useView((s) => s.labeler);
  const narrow = useMediaQuery('(max-width: 48rem)');
  const task = useLab((s) => s.config.task);
  const labels = useLabels((s) => s.labels);
  const who = useLabels((s) => s.who);
  useEffect(() => {
    if (opened) void loadLabels();
  }, [opened]);
  const ofTask = useMemo(() => labels.filter((label) => label.task === task), [labels, task]);
  return (
    <Modal
      opened={opened}
      onClose={() => setView({ labeler: false })}
      size="64rem"
      fullScreen={narrow}
      title={t('labeler.title')}
      closeButtonProps={{ 'aria-label': t('notice.close') }}
      classNames={{ title: classes.title!, body: classes.body!, content: classes.content! }}
    >
      <p className={classes.about}>
        {t(`labeler.task.${task as 'review'}`)} {t('labeler.about')}
      </p>
      {who ? <Pairs task={task} /> : <Introduction />}
      {ofTask.length > 0 && (
        <div className={classes.after}>
          <Agreements labels={ofTask} task={task} />
          <Training labels={ofTask} />
        </div>
      )}
      <Files labels={ofTask} task={task} />
    </Modal>
  );
}

/** Asks who is labelling. */
function Introduction() {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const begin = () => name.trim() && beLabeler(name.trim().slice(0, 100));
  return (
    <form
      className={classes.introduction}
      onSubmit={(event) => {
        event.preventDefault();
        begin();
      }}
    >
      <TextInput
        label={t('labeler.who')}
        description={t('labeler.whoAbout')}
        value={name}
        maxLength={100}
        data-autofocus
        autoComplete="off"
        onChange={(e) => setName(e.currentTarget.value)}
      />
      <Button type="submit" disabled={!name.trim()}>
        {t('labeler.begin')}
      </Button>
    </form>
  );
}

/** The stage that draws pairs of answers: that of the shared trunk, if there is one. */
const drawing = (stages: readonly StageModel[]): StageModel | undefined =>
  stages.find((s) => s.stage === 'preferences' && !s.owner) ?? stages.find((s) => s.stage === 'preferences');

function Pairs({ task }: { task: string }) {
  const { t } = useTranslation();
  const stage = useLab((s) => drawing(s.stages));
  const artifact = stage?.artifact;
  const busy = useLab((s) => s.state !== 'idle');
  const blocked = useLab((s) => s.engine.status !== 'ready' || s.problems.length > 0);
  const comparisons = useMemo((): Comparison[] => {
    const found = artifact && preferencesOf(artifact);
    return found ? found.pairs.map((pair) => comparisonOf(task, pair)) : [];
  }, [artifact, task]);
  if (!stage) return <p role="status">{t('labeler.noStage')}</p>;
  if (comparisons.length === 0)
    return (
      <div className={classes.introduction} role="status">
        <p>{t(busy ? 'labeler.drawing' : 'labeler.noPairs')}</p>
        {!busy && (
          <Button disabled={blocked} onClick={() => actions.runOnly([stage.id])}>
            {t('labeler.draw')}
          </Button>
        )}
      </div>
    );
  return <Asking comparisons={comparisons} task={task} />;
}
