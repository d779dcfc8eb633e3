import { Button, Checkbox } from '@mantine/core';
import { IconArrowDown, IconArrowLeft, IconArrowRight } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  goldMargin,
  nextQuestion,
  type Choice,
  type Comparison,
  type Label,
  type Question,
} from '../../pipeline/data/labels';
import { detokenize, taskByName } from '../../world';
import { fixed } from '../i18n/format';
import { useView } from '../store/useView';
import classes from './labeler.module.css';
import { beLabeler, lastOf, say, takeBack, useLabels } from './useLabels';

interface AskingProps {
  comparisons: readonly Comparison[];
  task: string;
}

const EOS = '<eos>';
const KEYS: Readonly<Record<string, 'left' | 'right' | 'tie' | 'skip' | 'undo'>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowDown: 'tie',
  s: 'skip',
  u: 'undo',
};
type Answer = (typeof KEYS)[string];

const TYPING = 'input:not([type=checkbox]), textarea, select';

/** One question after the other, until the person has had enough. */
export function Asking({ comparisons, task }: AskingProps) {
  const { t } = useTranslation();
  const labels = useLabels((s) => s.labels);
  const who = useLabels((s) => s.who);
  const said = useMemo(
    () => labels.filter((label) => label.who === who && label.task === task),
    [labels, who, task],
  );
  const question = useMemo(() => nextQuestion(comparisons, said), [comparisons, said]);
  const answer = (what: Answer) => {
    if (what === 'undo') return takeBack(task);
    if (question) say(question, choiceOf(question, what));
  };
  useKeys(answer);
  const first = said.filter(({ repeat, choice }) => repeat === 0 && choice !== 'skip');
  const ties = first.filter(({ choice }) => choice === 'tie').length;
  return (
    <section className={classes.asking} aria-label={t('labeler.question')} data-asked={said.length}>
      {question ? (
        <Pair question={question} onAnswer={answer} />
      ) : (
        <p role="status">{t('labeler.allDone')}</p>
      )}
      <div className={classes.others}>
        <Button variant="default" onClick={() => answer('tie')} disabled={!question}>
          <kbd>
            <IconArrowDown size={12} />
          </kbd>{' '}
          {t('labeler.tie')}
        </Button>
        <Button variant="default" onClick={() => answer('skip')} disabled={!question}>
          <kbd>s</kbd> {t('labeler.skip')}
        </Button>
        <Button variant="default" onClick={() => answer('undo')} disabled={said.length === 0}>
          <kbd>u</kbd> {t('labeler.undo')}
        </Button>
        <Progress count={first.length} ties={ties} />
      </div>
      <Before last={lastOf(labels, who, task)} task={task} />
      <p className={classes.who}>
        {t('labeler.by', { who })}{' '}
        <Button size="compact-xs" variant="subtle" onClick={() => beLabeler('')}>
          {t('labeler.change')}
        </Button>
      </p>
    </section>
  );
}

function choiceOf({ left }: Question, what: Exclude<Answer, 'undo'>): Choice {
  if (what === 'tie' || what === 'skip') return what;
  const other = left === 'first' ? 'second' : 'first';
  return what === 'left' ? left : other;
}

/** Keys while the dialogue is open; those of the page keep still meanwhile. */
function useKeys(answer: (what: Answer) => void): void {
  const opened = useView((s) => s.labeler);
  useEffect(() => {
    if (!opened) return;
    const listen = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : document.body;
      if (target.closest(TYPING) || event.ctrlKey || event.metaKey || event.altKey) return;
      const what = KEYS[event.key];
      if (event.key.length === 1 && event.key !== ' ') event.stopPropagation();
      if (!what) return;
      event.preventDefault();
      event.stopPropagation();
      if (!event.repeat) answer(what);
    };
    window.addEventListener('keydown', listen, { capture: true });
    return () => window.removeEventListener('keydown', listen, { capture: true });
  });
}

/** A prompt, and an answer on either side. */
function Pair({ question, onAnswer }: { question: Question; onAnswer: (what: Answer) => void }) {
  const { t } = useTranslation();
  const { comparison, left } = question;
  const right = left === 'first' ? 'second' : 'first';
  const prompt = detokenize(comparison.prompt);
  const sides = [
    { side: 'left', Icon: IconArrowLeft, words: comparison[left] },
    { side: 'right', Icon: IconArrowRight, words: comparison[right] },
  ] as const;
  return (
    <div className={classes.pair}>
      {sides.map(({ side, Icon, words }) => (
        <button
          key={side}
          type="button"
          className={classes.answer}
          data-side={side}
          aria-keyshortcuts={side === 'left' ? 'ArrowLeft' : 'ArrowRight'}
          onClick={() => onAnswer(side)}
        >
          <span className={classes.choice}>
            <kbd>
              <Icon size={12} />
            </kbd>{' '}
            {t(`labeler.${side}`)}
          </span>
          <span className={classes.words}>
            <span className={classes.prompt}>{prompt} </span>
            {detokenize(words.filter((word) => word !== EOS))}
            {words.at(-1) === EOS ? '' : ' …'}
          </span>
        </button>
      ))}
    </div>
  );
}

/** Marks that are worth reaching, one after the other. */
const GOALS = [20, 50, 100, 200, 500, 1000, 2000, 5000];

function Progress({ count, ties }: { count: number; ties: number }) {
  const { t } = useTranslation();
  const goal = GOALS.find((g) => count < g) ?? count;
  return (
    <div className={classes.progress}>
      <progress value={count} max={goal} aria-label={t('labeler.progress', { count, ties: String(ties) })} />
      <span role="status">
        {t('labeler.progress', { count, ties: String(ties) })}{' '}
        <small>{t('labeler.goal', { goal: String(goal) })}</small>
      </span>
    </div>
  );
}

/** What the person said last, and what is true of it. */
function Before({ last, task }: { last: Label | undefined; task: string }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(true);
  return (
    <div className={classes.before}>
      <Checkbox
        size="xs"
        label={t('labeler.truth')}
        checked={shown}
        onChange={(e) => setShown(e.currentTarget.checked)}
      />
      {shown && last && <Truth last={last} task={task} />}
    </div>
  );
}

function Truth({ last, task }: { last: Label; task: string }) {
  const { t } = useTranslation();
  if (last.choice === 'skip')
    return (
      <span>
        {t('labeler.before')} {t('labeler.skipped')}
      </span>
    );
  const gold = goldMargin(taskByName(task), last);
  if (gold === undefined) return null;
  const margin = last.choice === 'second' ? -gold : gold;
  const verdict = margin === 0 ? 'equal' : margin > 0 ? 'agrees' : 'disagrees';
  return (
    <span data-truth={last.choice === 'tie' ? 'tie' : verdict}>
      {t('labeler.before')}{' '}
      {t(`labeler.chose.${last.choice}`, {
        margin: fixed(last.choice === 'tie' ? Math.abs(margin) : margin, 2, true),
      })}
      {last.choice !== 'tie' && <>, {t(`labeler.${verdict}`)}</>}.
    </span>
  );
}
