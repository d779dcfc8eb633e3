import { Radio, SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { isLimit } from '../../pipeline/stages/traits';
import { MarkerIcon } from '../charts/Marker';
import { language } from '../i18n';
import { figureName } from '../i18n/dynamic';
import type { StageModel } from '../store/snapshot';
import { useLab } from '../store/useLab';
import { armColour, armStyle, isHollow } from '../theme/palette';
import { ruleOf, wordsOfClaim, type DemoEntry } from '../lessons/demos';
import { figuresToShow, highest } from '../figures/figures';
import classes from './gallery.module.css';
import { LessonText } from './LessonText';
import { predictClaim, predictWinner, usePrediction } from './predictions';
import { useClaims } from '../figures/useClaims';

/** Who can come out highest: the limit is above all of them by its nature. */
const isContender = (stage: StageModel): boolean => stage.isArm && !isLimit(stage);

/** What will come out, said before it does. */
export function Predict({ demo }: { demo: DemoEntry }) {
  const { t } = useTranslation();
  const { winner, claims } = usePrediction(demo.name);
  const stages = useLab((s) => s.stages);
  const styles = useLab((s) => s.styles);
  const arms = stages.filter(isContender);
  const locked = arms.some((s) => s.status !== 'missing' && s.status !== 'stale');
  const main = figuresToShow(arms, demo)[0]!;
  return (
    <>
      <LessonText demo={demo} step="predict" />
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
  const arms = stages.filter(isContender);
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
