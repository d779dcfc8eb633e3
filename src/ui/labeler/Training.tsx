import { Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { trainingPairs, type Label } from '../../pipeline/data/labels';
import { peopleOf } from '../../pipeline/measures/label-agreement';
import { keepOwnData } from '../store/own-data';
import { actions, useLab } from '../store/useLab';
import classes from './labeler.module.css';

const SIMULATED = [0, 100, 500, 1000, 4000];

/** Fewer labels than this are learned by heart. */
const FEW = 100;

const decided = (labels: readonly Label[]): Label[] =>
  labels.filter(({ choice, repeat }) => repeat === 0 && (choice === 'first' || choice === 'second'));

/** Adds an arm whose reward model and DPO learn from the labels, and trains it. */
export function Training({ labels }: { labels: readonly Label[] }) {
  const { t } = useTranslation();
  const busy = useLab((s) => s.state !== 'idle');
  const [whose, setWhose] = useState('');
  const [simulated, setSimulated] = useState(0);
  const [added, setAdded] = useState<{ name: string; running: boolean }>();
  const people = peopleOf(labels);
  const of = (who: string) => (who ? labels.filter((label) => label.who === who) : labels);
  const chosen = of(people.includes(whose) ? whose : '');
  const count = decided(chosen).length;
  const train = async () => {
    const dataName = t('labeler.train.dataName', { count, who: peopleOf(chosen).join(', ') });
    const hash = await keepOwnData(trainingPairs(chosen), dataName);
    const name = t('labeler.train.armName', { count });
    setAdded({ name, running: actions.addOwnLabels(name, { labels: hash, simulated }) });
  };
  return (
    <section className={classes.box} aria-label={t('labeler.train.title')}>
      <h3>{t('labeler.train.title')}</h3>
      <div className={classes.fields}>
        {people.length > 1 && (
          <NativeSelect
            size="xs"
            label={t('labeler.train.whose')}
            value={whose}
            data={['', ...people].map((who) => ({
              value: who,
              label: who
                ? t('labeler.train.person', { who, count: decided(of(who)).length })
                : t('labeler.train.everyone', { count: decided(labels).length }),
            }))}
            onChange={(e) => setWhose(e.currentTarget.value)}
          />
        )}
        <NativeSelect
          size="xs"
          label={t('labeler.train.simulated')}
          value={String(simulated)}
          data={SIMULATED.map((n) => ({
            value: String(n),
            label: n === 0 ? t('labeler.train.alone') : String(n),
          }))}
          onChange={(e) => setSimulated(Number(e.currentTarget.value))}
        />
      </div>
      <Button disabled={count === 0} onClick={() => void train()}>
        {t('labeler.train.action')}
      </Button>
      <p className={classes.about} role="status">
        {added
          ? `${t('labeler.train.added', { name: added.name })} ${added.running || busy ? '' : t('labeler.train.running')}`
          : count === 0
            ? t('labeler.train.noneYet')
            : count + simulated < FEW
              ? t('labeler.train.few')
              : ''}
      </p>
    </section>
  );
}
