import { IconCheck, IconCircleHalf2, IconX } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { splitOwner } from '../../pipeline/contract/figures';
import type { CheckedClaim } from '../../pipeline/records/claims';
import { parseFigure } from '../../pipeline/stages/traits';
import { judgeStored, type Cause, type StoredClaim } from '../../pipeline/records/current';
import { language } from '../i18n';
import { figureName, stageText } from '../i18n/dynamic';
import { fixed } from '../i18n/format';
import { useRecordedRuns, useRecordedShown, useStoredRuns } from '../figures/useRecorded';
import { useLab } from '../store/useLab';
import { setView } from '../store/useView';
import { ruleOf, wordsOfClaim, type DemoEntry } from '../lessons/demos';
import { figureValue, spreadValue } from '../figures/figures';
import classes from './gallery.module.css';
import { usePrediction } from './predictions';
import { useClaims } from '../figures/useClaims';

/** What the paper found beside what was measured here. */
export function Claims({ demo }: { demo: DemoEntry }) {
  const { t } = useTranslation();
  const checked = useClaims(demo);
  const runs = useRecordedRuns();
  const shown = useRecordedShown();
  const stored = useStoredRuns();
  const judged = useMemo(
    () => demo.claims.map((claim) => judgeStored(claim, stored, demo.config)),
    [demo, stored],
  );
  if (checked.length === 0) return null;
  return (
    <>
      {runs.length > 0 && !shown && (
        <p>
          <button type="button" className={classes.set} onClick={() => setView({ seeds: 'shown' })}>
            {t('lesson.showRecorded', { count: runs.length })}
          </button>
        </p>
      )}
      <ol className={classes.claims}>
        {checked.map((c, i) => (
          <ClaimRow key={ruleOf(c.claim)} demo={demo} checked={c} recorded={shown ? judged[i] : undefined} />
        ))}
      </ol>
      <p className={classes.hint}>{t(runs.length > 0 && shown ? 'lesson.rule' : 'lesson.oneSeed')}</p>
    </>
  );
}

interface ClaimRowProps {
  demo: DemoEntry;
  checked: CheckedClaim;
  recorded: StoredClaim | undefined;
}

function ClaimRow({ demo, checked, recorded }: ClaimRowProps) {
  const { t } = useTranslation();
  const { claim, left, right, holds } = checked;
  const predicted = usePrediction(demo.name).claims[ruleOf(claim)];
  const { text, says, note } = wordsOfClaim(demo, claim, language());
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
        {recorded && <Recorded result={recorded} />}
      </dl>
      {note &&
        (holds === false || (recorded && recorded.verdict !== 'yes' && recorded.verdict !== 'not run')) && (
          <p className={classes.note}>{note}</p>
        )}
    </li>
  );
}

/** The same over the recorded seeds: means with 95 % intervals, and whether the claim is reproduced. */
function Recorded({ result: { claim, left, right, difference, verdict, causes } }: { result: StoredClaim }) {
  const { t } = useTranslation();
  if (verdict === 'not run') return causes.length ? <Outdated causes={causes} /> : null;
  const VerdictIcon = ICONS[verdict];
  const spread = (figure: number | string, of: typeof left) =>
    typeof figure === 'number' ? fixed(figure) : spreadValue(nameIn(figure), of);
  return (
    <>
      <dt>{t('lesson.seeds', { count: difference.count })}</dt>
      <dd>
        <span className={classes.measured}>
          {spread(claim.left, left)} <b>{signOf(left.mean, right.mean)}</b> {spread(claim.right, right)}
        </span>
        <span className={classes.verdict} data-verdict={verdict}>
          <VerdictIcon size={14} aria-hidden />
          {t(`lesson.verdicts.${verdict}`)}
        </span>
      </dd>
    </>
  );
}

/** Why there is no verdict over seeds though results are stored. */
function Outdated({ causes }: { causes: readonly Cause[] }) {
  const { t } = useTranslation();
  const names = (why: Cause['why']) =>
    causes
      .filter((c) => c.why === why)
      .map((c) => stageText(c.stage))
      .join(t('status.comma'));
  return (
    <>
      <dt>{t('lesson.recorded')}</dt>
      <dd data-outdated>
        {(['version', 'settings'] as const).map(
          (why) =>
            names(why) && <span key={why}>{t(`lesson.outdated.${why}`, { stages: names(why) })} </span>,
        )}
      </dd>
    </>
  );
}

const ICONS = { yes: IconCheck, partly: IconCircleHalf2, no: IconX } as const;

/** `ppo.gold` without its owner. */
const nameIn = (figure: string): string => splitOwner(figure).figure;

/** How the measured values really compare, whatever the claim. */
const signOf = (left: number, right: number): string => (left > right ? '>' : left < right ? '<' : '=');

const SIGNS = { '>': '>', '<': '<', '>=': '≥', '<=': '≤' } as const;

/** Different values that would be written the same. */
function looksEqual(figure: number | string, left?: number, right?: number): boolean {
  if (typeof figure === 'number' || left === undefined || right === undefined || left === right) return false;
  const name = nameIn(figure);
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
  const { owner: id, figure: name } = splitOwner(figure);
  const { opponent } = parseFigure(name);
  const beaten = stages.find((s) => s.id === opponent);
  const owner = stages.find((s) => s.id === id.split('/')[0] && s.isArm)?.name;
  const stageOf = stages.find((s) => s.id === id);
  const whose = stageOf?.isArm
    ? stageOf.name
    : [owner, stageOf ? t(`stage.names.${stageOf.stage}`) : id].filter(Boolean).join(' / ');
  return (
    <span className={classes.figureSide}>
      {whose}, {beaten ? t('figure.over', { name: beaten.name }) : figureName(name)}{' '}
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
