import { goldOf, promptIds } from '../../pipeline/data/tokens';
import { demonstrations, ownIds } from '../../pipeline/data/demonstrations';
import type { OwnData, OwnRecords } from '../../pipeline/contract/own';
import { labelDraws, type LabelDraw } from '../../pipeline/data/label-draws';
import type { Judgement } from '../../pipeline/data/comparisons';
import { streamOf, type PreferencePair, type Seeded } from '../../pipeline/contract/stage';
import { preferencesOf } from '../../pipeline/contract/packed-preferences';
import { STAGES } from '../../pipeline/stages';
import { BOS, decode, detokenize, EOS, packedCorpus, taskByName } from '../../world';
import type { StageModel } from '../store/snapshot';

/** A labelled pair with everything that can be said of it. */
export interface PairRow extends LabelDraw {
  /** Counted from 1, in the order in which the labels were given. */
  number: number;
  pair: PreferencePair;
  /** What was asked, and the answers, as a person would write them. */
  prompt: string;
  chosen: string;
  rejected: string;
  /** True reward of the chosen answer less that of the other. */
  gap: number;
  /** Probability of this label by the true rewards; absent where labelers have tastes or a bias. */
  chance?: number;
}

export interface DemonstrationRow {
  number: number;
  prompt: string;
  answer: string;
  gold?: number;
}

/** What a stage learned from. */
export type Learned =
  | { kind: 'pairs'; rows: PairRow[]; /** The reward model that learned from them too. */ reward?: string }
  | { kind: 'demonstrations' | 'text'; rows: DemonstrationRow[]; total: number }
  /** Nothing is learned, or the data are of a form that is not shown. */
  | { kind: 'nothing' }
  /** The pairs come with the labels, which are not there yet; a recording has none. */
  | { kind: 'missing' };

export interface Place {
  task: string;
  seed: number;
  /** A person's own data that this browser has, by hash. */
  own?: OwnRecords;
  /** The world's gold is not what counts: it is not shown. */
  isRuled?: boolean;
}

/** Most rows that are drawn again for the page; training goes on drawing. */
const MOST = 2000;

const answerText = (ids: readonly number[]): string =>
  detokenize(decode(ids.at(-1) === EOS ? ids.slice(0, -1) : ids)) + (ids.at(-1) === EOS ? '' : ' …');
const promptText = (ids: readonly number[]): string => detokenize(decode(ids.slice(1)));

/** What the stage learned from, drawn again from the seed or read from what it builds on; no training is needed. */
export function learnedFrom(stage: StageModel, stages: readonly StageModel[], place: Place): Learned {
  const known = taskByName(place.task);
  const task = place.isRuled ? { ...known, parsePrompt: () => null } : known; // no prompt has a gold then
  const seeded = { task, seed: stage.made?.seed ?? place.seed };
  switch (stage.stage) {
    case 'pretrain':
      return typeof stage.settings['text'] === 'string' ? { kind: 'missing' } : text(seeded, stage.settings);
    case 'sft':
      return typeof stage.settings['own'] === 'string'
        ? brought(seeded, place.own?.[stage.settings['own']])
        : shown(seeded, stage.settings);
    default: {
      const source = labelsOf(stage, stages);
      if (!source) return { kind: 'nothing' };
      return pairs(source, stages, place);
    }
  }
}

/** The stage whose labels this one learns from: its own, or those of its reward model. */
function labelsOf(stage: StageModel, stages: readonly StageModel[]): StageModel | undefined {
  const find = (id: string | undefined) => stages.find((s) => s.id === id);
  if (stage.artifact && preferencesLike(stage)) return stage;
  if (stage.stage === 'preferences') return stage;
  const { learnsFrom } = STAGES[stage.stage];
  if (learnsFrom === 'labels') return find(stage.inputs.preferences);
  const reward =
    learnsFrom === 'reward' || stage.stage === 'best-of-n' ? find(stage.inputs.reward) : undefined;
  return reward && find(reward.inputs.preferences);
}

const preferencesLike = ({ artifact }: StageModel): boolean =>
  artifact?.kind === 'preferences' || (artifact?.kind === 'packed-preferences' && artifact.bytes.length > 0);

function pairs(source: StageModel, stages: readonly StageModel[], place: Place): Learned {
  const artifact = preferencesLike(source) ? preferencesOf(source.artifact!) : undefined;
  if (!artifact) return { kind: 'missing' };
  const judgement = source.stage === 'preferences' ? (source.settings as unknown as Judgement) : undefined;
  const seeded: Seeded = { task: taskByName(place.task), seed: source.made?.seed ?? place.seed };
  const draws = judgement ? labelDraws(seeded, judgement, artifact.pairs.length, 'pairs') : [];
  const reward = stages.find((s) => s.stage === 'reward' && s.inputs.preferences === source.id)?.id;
  return {
    kind: 'pairs',
    rows: artifact.pairs.map((pair, i) => pairRow(pair, i, draws[i], judgement)),
    ...(reward ? { reward } : {}),
  };
}

function pairRow(
  pair: PreferencePair,
  index: number,
  draw: LabelDraw = { flipped: false },
  judgement?: Judgement,
): PairRow {
  const gap = pair.goldChosen - pair.goldRejected;
  const chance = judgement && chanceOf(gap, judgement);
  return {
    ...draw,
    number: index + 1,
    pair,
    prompt: promptText(pair.prompt),
    chosen: answerText(pair.chosen),
    rejected: answerText(pair.rejected),
    gap,
    ...(chance === undefined ? {} : { chance }),
  };
}

/** (1 − ε) σ(Δ/τ) + ε σ(−Δ/τ): Bradley and Terry (1952) with flips; undefined for labelers who judge by more than gold. */
export function chanceOf(gap: number, s: Judgement): number | undefined {
  if (s.bias !== 'none' || s.disagreement) return undefined;
  const p = 1 / (1 + Math.exp(-gap / s.labelTemperature));
  return (1 - s.flipRate) * p + s.flipRate * (1 - p);
}

function shown(seeded: Seeded, settings: StageModel['settings']): Learned {
  const { steps, batchSize, source, examples } = settings as {
    steps: number;
    batchSize: number;
    source: 'crowd';
    examples: number | null;
  };
  const total = examples ?? steps * batchSize;
  // of a fixed set the first draws are the set itself
  const next = demonstrations(seeded.task, streamOf(seeded, 'sft', 'data'), { source, examples: null });
  const rows = Array.from({ length: Math.min(MOST, total) }, (_, i) => {
    const { prompt, completion } = next();
    return { number: i + 1, prompt: promptText(prompt), answer: answerText(completion), ...goldFor(seeded, prompt, completion) }; // prettier-ignore
  });
  return { kind: 'demonstrations', rows, total };
}

/** Demonstrations that a person brought. */
function brought(seeded: Seeded, data: OwnData | undefined): Learned {
  if (data?.kind !== 'demonstrations') return { kind: 'missing' };
  const rows = data.rows.slice(0, MOST).map(({ prompt, completion }, i) => {
    const [asked, answer] = [[BOS, ...ownIds(prompt)], ownIds(completion)];
    return {
      number: i + 1,
      prompt: promptText(asked),
      answer: answerText(answer),
      ...goldFor(seeded, asked, answer),
    };
  });
  return { kind: 'demonstrations', rows, total: data.rows.length };
}

function goldFor({ task }: Seeded, ids: readonly number[], completion: readonly number[]): { gold?: number } {
  const prompt = task.parsePrompt(decode(ids.slice(1)));
  if (!prompt || promptIds(prompt).join() !== ids.join()) return {};
  return { gold: goldOf(task, prompt, completion).total };
}

/** Tokens of the corpus that are read again. */
const READ = 40_000;

function text(seeded: Seeded, settings: StageModel['settings']): Learned {
  const web = { ...seeded, task: { ...seeded.task, name: 'web' } };
  const total = Number(settings['corpusTokens']);
  const ids = Array.from(packedCorpus(streamOf(web, 'pretrain', 'data'), Math.min(READ, total)));
  const rows: DemonstrationRow[] = [];
  for (let at = 0; at < ids.length && rows.length < MOST;) {
    const end = ids.indexOf(BOS, at + 1);
    const document = ids.slice(at + 1, end < 0 ? undefined : end).filter((id) => id !== EOS);
    if (end >= 0) rows.push({ number: rows.length + 1, prompt: '', answer: detokenize(decode(document)) });
    at = end < 0 ? ids.length : end;
  }
  return { kind: 'text', rows, total };
}

/** Which pairs are looked at. */
export const FILTERS = ['all', 'wrong', 'hardest', 'flipped', 'disagrees'] as const;
export type Filter = (typeof FILTERS)[number];

/** Answers whose true rewards are closer than this are hard to tell apart. */
export const CLOSE = 0.1;

/** Whether a pair belongs to a filter; `margin` is the reward model's score of the chosen answer less the other's. */
export function passes({ gap, flipped }: PairRow, filter: Filter, margin?: number): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'wrong':
      return gap < 0;
    case 'hardest':
      return Math.abs(gap) < CLOSE;
    case 'flipped':
      return flipped;
    case 'disagrees':
      return margin !== undefined && margin < 0;
  }
}
