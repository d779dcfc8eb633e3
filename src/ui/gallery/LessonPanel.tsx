import { Button, CloseButton, Radio, SegmentedControl } from '@mantine/core';
import { IconCheck, IconPlayerPlayFilled, IconX } from '@tabler/icons-react';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { checkClaim, type CheckedClaim } from '../../pipeline/claims';
import { MarkerIcon } from '../charts/Marker';
import { language } from '../i18n';
import { figureName, taskText } from '../i18n/dynamic';
import { fixed } from '../i18n/format';
import { searchOf } from '../store/url';
import { actions, canRun, useLab } from '../store/useLab';
import { setView } from '../store/useView';
import { armColour, armStyle, isHollow } from '../theme/palette';
import { lessonOf, ruleOf, wordsOfClaim, wordsOfDemo, type DemoEntry } from './demos';
import { figuresToShow, figureValue, finalFigures, highest } from './figures';
import classes from './gallery.module.css';
import type { LessonStep } from './lesson';
import { predictClaim, predictWinner, usePrediction } from './predictions';
import { RichText } from './RichText';

/** The lesson that is open: predict, run, compare, break, discuss. */
export function LessonPanel({ demo }: { demo: DemoEntry }) {
  const { t } = useTranslation();
  const { title, summary } = wordsOfDemo(demo, language());
  return (
    <div
      className={classes.lesson}
      tabIndex={0}
      role="group"
      aria-label={t('lesson.tab')}
      data-lesson={demo.name}
    >
      <header className={classes.lessonHead}>
        <h2>{title}</h2>
        <CloseButton size="sm" aria-label={t('lesson.close')} onClick={actions.closeDemo} />
      </header>
      <p className={classes.summary}>{summary}</p>
      <ChangedNote demo={demo} />
      <Step demo={demo} step="why" />
      <Section heading={t('lesson.steps.predict')} number={2}>
        <Predict demo={demo} />
      </Section>
      <Section heading={t('lesson.steps.run')} number={3}>
        <RunStep demo={demo} />
      </Section>
      <Step demo={demo} step="watch" />
      <Section heading={t('lesson.steps.found')} number={5}>
        <Text demo={demo} step="found" />
        <Claims demo={demo} />
      </Section>
      <Step demo={demo} step="break" />
      <Step demo={demo} step="discuss" />
      <Button
        size="compact-xs"
        variant="default"
        className={classes.glossaryButton}
        onClick={() => setView({ term: '' })}
      >
        {t('glossary.open')}
      </Button>
    </div>
  );
}

const NUMBERS = { why: 1, watch: 4, break: 6, discuss: 7 } as const;

/** A step that is only text. */
function Step({ demo, step }: { demo: DemoEntry; step: keyof typeof NUMBERS }) {
  const { t } = useTranslation();
  return (
    <Section heading={t(`lesson.steps.${step}`)} number={NUMBERS[step]}>
      <Text demo={demo} step={step} />
    </Section>
  );
}

function Text({ demo, step }: { demo: DemoEntry; step: LessonStep }) {
  const lesson = lessonOf(demo, language());
  return lesson ? <RichText blocks={lesson.steps[step]} /> : null;
}

function Section({ heading, number, children }: { heading: string; number: number; children: ReactNode }) {
  return (
    <section className={classes.step}>
      <h3>
        <span className={classes.number}>{number}</span> {heading}
      </h3>
      {children}
    </section>
  );
}

/** Says when the lab is no longer what the lesson set up. */
function ChangedNote({ demo }: { demo: DemoEntry }) {
  const { t } = useTranslation();
  const changed = useLab((s) => searchOf(s.config, { demo }) !== searchOf(demo.config, { demo }));
  const idle = useLab((s) => s.state === 'idle');
  if (!changed) return null;
  return (
    <p className={classes.changed}>
      {t('lesson.settingsChanged')}{' '}
      <button type="button" className={classes.set} disabled={!idle} onClick={() => actions.openDemo(demo)}>
        {t('lesson.restore')}
      </button>
    </p>
  );
}

/** Every claim of the demo on the figures there are. */
function useClaims(demo: DemoEntry): CheckedClaim[] {
  const stages = useLab((s) => s.stages);
  return useMemo(() => {
    const figures = finalFigures(stages);
    return demo.claims.map((claim) => checkClaim(claim, figures));
  }, [demo, stages]);
}

/** What will come out, said before it does. */
function Predict({ demo }: { demo: DemoEntry }) {
  const { t } = useTranslation();
  const { winner, claims } = usePrediction(demo.name);
  const stages = useLab((s) => s.stages);
  const styles = useLab((s) => s.styles);
  const arms = stages.filter((s) => s.isArm);
  const locked = arms.some((s) => s.status !== 'missing' && s.status !== 'stale');
  const main = figuresToShow(arms, demo)[0]!;
  return (
    <>
      <Text demo={demo} step="predict" />
      {arms.length > 1 && (
        <Radio.Group
          size="xs"
          label={t('lesson.predictWinner', { figure: figureName(main) })}
          value={winner ?? ''}
          onChange={(id) => predictWinner(demo.name, id)}
          className={classes.choices}
        >
          {arms.map((arm) => (
            <Radio
              key={arm.id}
              size="xs"
              value={arm.id}
              disabled={locked}
              label={
                <span className={classes.armLabel}>
                  <MarkerIcon
                    shape={armStyle(styles[arm.id] ?? 0).marker}
                    colour={armColour(styles[arm.id] ?? 0)}
                    size={11}
                    hollow={isHollow(styles[arm.id] ?? 0)}
                  />
                  {arm.name}
                </span>
              }
            />
          ))}
        </Radio.Group>
      )}
      {demo.claims.length > 0 && (
        <>
          <p className={classes.label}>{t('lesson.predictClaims')}</p>
          <ul className={classes.predictions}>
            {demo.claims.map((claim) => {
              const rule = ruleOf(claim);
              const { text } = wordsOfClaim(demo, claim, language());
              return (
                <li key={rule}>
                  <span>{text}</span>
                  <SegmentedControl
                    size="xs"
                    aria-label={text}
                    disabled={locked}
                    value={claims[rule] === undefined ? '' : claims[rule] ? 'yes' : 'no'}
                    onChange={(value) => predictClaim(demo.name, rule, value === 'yes')}
                    data={[
                      { value: 'yes', label: t('lesson.holds') },
                      { value: 'no', label: t('lesson.fails') },
                    ]}
                  />
                </li>
              );
            })}
          </ul>
        </>
      )}
      <Outcome demo={demo} main={main} locked={locked} />
    </>
  );
}

/** The prediction beside what came out. */
function Outcome({ demo, main, locked }: { demo: DemoEntry; main: string; locked: boolean }) {
  const { t } = useTranslation();
  const { winner, claims } = usePrediction(demo.name);
  const stages = useLab((s) => s.stages);
  const checked = useClaims(demo);
  const arms = stages.filter((s) => s.isArm);
  const best = highest(arms, main);
  const guess = arms.find((arm) => arm.id === winner);
  const judged = checked.filter((c) => c.holds !== undefined && claims[ruleOf(c.claim)] !== undefined);
  const right = judged.filter((c) => c.holds === claims[ruleOf(c.claim)]);
  const hasPrediction = guess !== undefined || Object.keys(claims).length > 0;
  const sentences = [
    best && guess
      ? best.id === guess.id
        ? t('lesson.winnerRight', { name: best.name })
        : t('lesson.winnerWrong', { guess: guess.name, name: best.name })
      : '',
    judged.length ? t('lesson.claimsRight', { right: String(right.length), count: judged.length }) : '',
  ].filter(Boolean);
  if (sentences.length)
    return (
      <p className={classes.outcome} data-outcome>
        {sentences.join(' ')}
      </p>
    );
  if (!hasPrediction && !locked) return null;
  return <p className={classes.hint}>{t(locked ? 'lesson.locked' : 'lesson.pending')}</p>;
}

function RunStep({ demo }: { demo: DemoEntry }) {
  const { t } = useTranslation();
  const possible = useLab((s) => canRun(s));
  const paused = useLab((s) => s.state === 'paused');
  const task = useLab((s) => s.config.task);
  return (
    <>
      <p>{t('lesson.runAbout', { count: demo.config.arms.length, task: taskText(task) })}</p>
      <Button
        size="compact-sm"
        className={classes.primary}
        disabled={!possible}
        aria-describedby="status"
        aria-label={`${t('lesson.tab')}: ${t(paused ? 'run.resume' : 'run.run')}`}
        leftSection={<IconPlayerPlayFilled size={14} />}
        onClick={actions.run}
      >
        {t(paused ? 'run.resume' : 'run.run')}
      </Button>
    </>
  );
}

/** What the paper found beside what was measured here. */
function Claims({ demo }: { demo: DemoEntry }) {
  const { t } = useTranslation();
  const checked = useClaims(demo);
  if (checked.length === 0) return null;
  return (
    <>
      <ol className={classes.claims}>
        {checked.map((c) => (
          <ClaimRow key={ruleOf(c.claim)} demo={demo} checked={c} />
        ))}
      </ol>
      <p className={classes.hint}>{t('lesson.oneSeed')}</p>
    </>
  );
}

function ClaimRow({ demo, checked }: { demo: DemoEntry; checked: CheckedClaim }) {
  const { t } = useTranslation();
  const { claim, left, right, holds } = checked;
  const predicted = usePrediction(demo.name).claims[ruleOf(claim)];
  const { text, says } = wordsOfClaim(demo, claim, language());
  const precise = looksEqual(claim.left, left, right);
  return (
    <li data-claim={ruleOf(claim)} data-holds={holds}>
      <p className={classes.claimText}>{text}</p>
      <dl>
        <dt>{t('lesson.paper')}</dt>
        <dd>
          {says} <cite>{claim.paper.source}</cite>
        </dd>
        <dt>{t('lesson.here')}</dt>
        <dd>
          <span className={classes.measured}>
            <Side figure={claim.left} value={left} precise={precise} />
            <br />
            <b>{left === undefined || right === undefined ? SIGNS[claim.op] : signOf(left, right)}</b>{' '}
            <Side figure={claim.right} value={right} precise={precise} />
          </span>
          <Verdict holds={holds} predicted={predicted} />
        </dd>
      </dl>
    </li>
  );
}

/** How the measured values really compare, whatever the claim. */
const signOf = (left: number, right: number): string => (left > right ? '>' : left < right ? '<' : '=');

const SIGNS = { '>': '>', '<': '<', '>=': '≥', '<=': '≤' } as const;

/** Different values that would be written the same. */
function looksEqual(figure: number | string, left?: number, right?: number): boolean {
  if (typeof figure === 'number' || left === undefined || right === undefined || left === right) return false;
  const name = figure.slice(figure.indexOf('.') + 1);
  return figureValue(name, left) === figureValue(name, right);
}

interface SideProps {
  figure: number | string;
  value: number | undefined;
  precise: boolean;
}

/** One side of a claim: whose figure, and its value. */
function Side({ figure, value, precise }: SideProps) {
  const { t } = useTranslation();
  const stages = useLab((s) => s.stages);
  if (typeof figure === 'number') return <b>{fixed(figure)}</b>;
  const dot = figure.indexOf('.');
  const id = figure.slice(0, dot);
  const name = figure.slice(dot + 1);
  const owner = stages.find((s) => s.id === id.split('/')[0] && s.isArm)?.name;
  const stageOf = stages.find((s) => s.id === id);
  const whose = stageOf?.isArm
    ? stageOf.name
    : [owner, stageOf ? t(`stage.names.${stageOf.stage}`) : id].filter(Boolean).join(' / ');
  return (
    <span className={classes.figureSide}>
      {whose}, {figureName(name)}{' '}
      <b>{value === undefined ? t('results.none') : figureValue(name, value, precise)}</b>
    </span>
  );
}

function Verdict({ holds, predicted }: { holds: boolean | undefined; predicted: boolean | undefined }) {
  const { t } = useTranslation();
  if (holds === undefined) return <span className={classes.verdict}>{t('lesson.notRun')}</span>;
  return (
    <span className={classes.verdict} data-holds={holds}>
      {holds ? <IconCheck size={14} aria-hidden /> : <IconX size={14} aria-hidden />}
      {t(holds ? 'lesson.verdictHolds' : 'lesson.verdictFails')}
      {predicted !== undefined &&
        `, ${t(predicted === holds ? 'lesson.predictedRight' : 'lesson.predictedWrong')}`}
    </span>
  );
}
