import { backendDetails } from '../header/BackendBadge';
import { helpPopover, languageMenu } from '../header/ViewControls';
import { language } from '../i18n';
import { loadLessons } from '../lessons/demos';
import { part } from '../panel/part';
import { addArmMenu } from '../pipeline-rail/AddArm';
import { armMenu } from '../pipeline-rail/ArmRow';
import { useLab } from '../store/useLab';

/** Drawn at once, but not waited for by the rest: Run is there before. */
export const settings = part(async () => (await import('../settings/SettingsPanel')).SettingsPanel);
/** Of lessons and their recordings. */
export const seedSwitch = part(async () => (await import('../replay/SeedSwitch')).SeedSwitch);
export const replayBar = part(async () => (await import('../replay/ReplayBar')).ReplayBar);

// What is not needed for the first picture, in the order in which it is wanted.
export const comparison = part(async () => (await import('../charts/Comparison')).Comparison);
export const curves = part(async () => (await import('../charts/StageCurves')).StageCurves);
export const gallery = part(async () => (await import('../gallery/Gallery')).Gallery);
export const data = part(async () => (await import('../look/DataView')).DataView);
export const microscope = part(async () => (await import('../look/Microscope')).Microscope);
export const results = part(async () => (await import('../results/Results')).Results);
export const transfer = part(async () => (await import('../transfer/Transfer')).Transfer);
export const glossary = part(async () => (await import('../gallery/Glossary')).Glossary);

export const own = part(async () => (await import('../own/Own')).Own);
/** Only where a rule is gold. */
export const ownGold = part(async () => (await import('../own/GoldNotice')).GoldNotice);
/** Of a run that is paused. */
export const stepTable = part(async () => (await import('../pipeline-rail/StepTable')).StepTable);
export const labeler = part(async () => (await import('../labeler/Labeler')).Labeler);
export const storedWork = part(async () => (await import('../kept/StoredWork')).StoredWork);
export const sweepForm = part(async () => (await import('../sweep/SweepForm')).SweepForm);
export const sweepView = part(async () => (await import('../sweep/SweepView')).SweepView);
export const runsTable = part(async () => (await import('../runs/Runs')).Runs);
/** Says what is left of a sweep of an earlier visit. */
export const sweepBar = part(async () => (await import('../sweep/SweepBar')).SweepBar);
/** Not needed for the first picture: what was stored has to be read first. */
export const keptNotices = part(async () => (await import('../kept/KeptNotices')).KeptNotices);

const MENUS = [addArmMenu, armMenu, backendDetails, languageMenu, helpPopover];
const PARTS = [
  comparison,
  ...MENUS,
  curves,
  gallery,
  results,
  data,
  microscope,
  glossary,
  transfer,
  replayBar,
  storedWork,
  own,
  labeler,
  sweepForm,
  sweepView,
  runsTable,
  stepTable,
];

/**
 * Fetches one after the other while the page has nothing else to do, so that nobody waits for them later. Not before
 * the engine has started, which is waited for now. Returns how to leave off.
 */
export function fetchParts(): () => void {
  if (useLab.getState().engine.status !== 'starting') return fetchAll();
  let leave = useLab.subscribe(({ engine }) => {
    if (engine.status === 'starting') return;
    leave();
    leave = fetchAll();
  });
  return () => leave();
}

function fetchAll(): () => void {
  const jobs = [...PARTS.map(({ fetch }) => fetch), () => loadLessons(language())];
  const next = async (): Promise<void> => {
    await jobs
      .shift()?.()
      .catch(() => undefined); // told to whoever draws it
    if (jobs.length > 0) whenIdle(() => void next());
  };
  whenIdle(() => void next());
  return () => jobs.splice(0);
}

const whenIdle = (then: () => void): unknown =>
  'requestIdleCallback' in window ? requestIdleCallback(then, { timeout: 5000 }) : setTimeout(then, 500);
