import { create } from 'zustand';
import { MessageError, messageOf, type Message } from '../../messages';
import { ownData } from '../../pipeline/contract/own';
import { ruleAnswer } from '../../pipeline/contract/rule-answer';
import { ruledScore } from '../../pipeline/contract/rule-score';
import type { Answer } from '../../pipeline/measures/answer';
import type { LanguageModelArtifact, RewardModelArtifact } from '../../pipeline/contract/stage';
import { fillersOf, isUsual, type StageName } from '../../pipeline/stages';
import { goldOf, sequence } from '../../pipeline/data/tokens';
import { decode, taskByName, type GoldScore } from '../../world';
import { RuleTrial } from '../../worker/rules';
import { ownSource } from './own-data';
import { firstPrompt, nextPrompt, type ReadyPrompt } from './prompt';
import { keepWeights, keptWeights } from './kept-weights';
import { referencesIn } from './references';
import type { StageModel } from './snapshot';
import { nearest, useCursor } from './useCursor';
import { actions, useLab } from './useLab';

/** An answer with everything the page shows of it. */
export interface Sample {
  /** What was asked of whom; a different question makes the sample outdated. */
  question: Question;
  /** Words, `<eos>` included if produced. */
  tokens: string[];
  finished: boolean;
  logProbs: number[];
  referenceLogProbs?: number[];
  gold: GoldScore;
  proxy?: number;
  error?: Message;
}

interface Question {
  model: LanguageModelArtifact;
  reward?: RewardModelArtifact;
  reference?: LanguageModelArtifact;
  prompt: ReadyPrompt;
  noiseKey: number;
  /** Hash of the rule that stands in for the world's gold. */
  gold?: string | undefined;
  /** Of an earlier measurement: the update at which the model was as it is asked. */
  update?: number;
}

export interface SamplesState {
  task: string;
  prompt: ReadyPrompt;
  /** One key for all models: the same random numbers. */
  noiseKey: number;
  drawn: number;
  answers: Readonly<Record<string, Sample>>;
}

const open = (): Pick<SamplesState, 'task' | 'prompt'> => {
  const { task, size } = useLab.getState().config;
  return { task, prompt: firstPrompt(task, size) };
};

export const useSamples = create<SamplesState>(() => ({ ...open(), noiseKey: 1, drawn: 0, answers: {} }));

/** Stages that answer: base, SFT, and every arm. */
export const answering = (stages: readonly StageModel[]): StageModel[] =>
  stages.filter((s) => s.isArm || isUsual(s.stage, 'base') || isUsual(s.stage, 'sft'));

export const askPrompt = (prompt: ReadyPrompt): void => {
  useSamples.setState({ prompt });
  refresh();
};

export function askNext(): void {
  const { task, drawn } = useSamples.getState();
  useSamples.setState({ drawn: drawn + 1 });
  askPrompt(nextPrompt(task, drawn));
}

export function resample(): void {
  useSamples.setState((s) => ({ noiseKey: s.noiseKey + 1 }));
  refresh();
}

/** The model of an arm as it was where the cursor is; undefined without a cursor, and where it was not kept. */
function earlier(stage: StageModel): Pick<Question, 'model' | 'update'> | undefined {
  const { hovered, pinned } = useCursor.getState();
  const place = hovered ?? pinned;
  const point = place && stage.isArm ? nearest(stage.evaluations, place.x, (p) => p[place.axis]) : undefined;
  const weights = point && keptWeights(stage, point.update);
  return weights && stage.model ? { model: { ...stage.model, weights }, update: point.update } : undefined;
}

/** What a stage would be asked now; undefined while it has no model. */
function questionFor(stage: StageModel, stages: readonly StageModel[]): Question | undefined {
  const { prompt, noiseKey } = useSamples.getState();
  const { model } = stage;
  if (!model) return undefined;
  const rewards = stages.filter((s) => (fillersOf('reward') as readonly StageName[]).includes(s.stage));
  const reward = (rewards.find((s) => s.id === stage.inputs.reward) ?? rewards[0])?.artifact;
  const start = referencesIn(stages)[stage.id]?.id;
  const reference = stages.find((s) => s.id === start)?.model;
  return {
    model,
    prompt,
    noiseKey,
    gold: useLab.getState().config.gold,
    ...earlier(stage),
    ...(reward?.kind === 'reward' ? { reward } : {}),
    ...(reference ? { reference } : {}),
  };
}

const same = (a: Question, b: Question): boolean =>
  a.update === b.update &&
  a.gold === b.gold &&
  a.model.weights === b.model.weights &&
  a.reward?.weights === b.reward?.weights &&
  a.reference?.weights === b.reference?.weights &&
  a.prompt === b.prompt &&
  a.noiseKey === b.noiseKey;

/** Answers that were given already, by the weights that gave them: whoever moves back and forth need not wait. */
const given = new WeakMap<Float32Array, Sample>();

let busy = false;

/** Asks whoever has an outdated answer, one after the other; called whenever something may have changed. */
export function refresh(): void {
  if (!busy) void askAll();
}

async function askAll(): Promise<void> {
  busy = true;
  try {
    for (;;) {
      const { stages, engine } = useLab.getState();
      if (engine.status !== 'ready') return;
      const next = answering(stages)
        .map((stage) => ({ stage, question: questionFor(stage, stages) }))
        .find(({ stage, question }) => {
          const known = useSamples.getState().answers[stage.id];
          return question && !(known && same(known.question, question));
        });
      if (!next?.question) return;
      const before = given.get(next.question.model.weights);
      const known = before && same(before.question, next.question);
      const sample = known ? { ...before, question: next.question } : await ask(next.question);
      if (!sample.error) given.set(next.question.model.weights, sample);
      // asked of workers that are no longer there: whoever comes after them is asked again
      if (sample.error && useLab.getState().engine !== engine) continue;
      useSamples.setState((s) => ({ answers: { ...s.answers, [next.stage.id]: sample } }));
    }
  } finally {
    busy = false;
  }
}

async function ask(question: Question): Promise<Sample> {
  const { task: name } = useSamples.getState();
  const task = taskByName(name);
  const { model, reward, reference, prompt, noiseKey } = question;
  const none: Sample = {
    question,
    tokens: [],
    finished: false,
    logProbs: [],
    gold: { total: 0, parts: [] },
  };
  try {
    const [answer] = await actions.answer({
      model,
      ...(reward ? { reward } : {}),
      ...(reference ? { reference } : {}),
      prompt: prompt.ids,
      count: 1,
      maxNewTokens: task.maxNewTokens,
      temperature: 1,
      noiseKey,
    });
    if (!answer) return none;
    const gold = question.gold
      ? await ruledGold(question.gold, prompt, answer)
      : goldOf(task, prompt.prompt, answer.completion);
    return { ...none, ...read(answer), gold };
  } catch (error) {
    return { ...none, error: messageOf(error) };
  }
}

const trial = new RuleTrial();

/** Gold by a person's rule, asked in its own worker. Throws a MessageError where the rule is missing or fails. */
async function ruledGold(hash: string, { ids }: ReadyPrompt, { completion }: Answer): Promise<GoldScore> {
  const found = await ownSource.own(hash);
  const { source } = ownData({ own: found && { [hash]: found } }, 'reward', hash);
  const told = await trial.score(source, [ruleAnswer(sequence(ids, completion))]);
  if ('problem' in told) throw new MessageError(told.problem);
  return ruledScore(told.scores[0]!);
}

const read = ({ completion, ...rest }: Answer) => ({ ...rest, tokens: decode(completion) });

useLab.subscribe((state, before) => {
  if (state.config.task !== before.config.task || state.config.size !== before.config.size)
    useSamples.setState({ ...open(), drawn: 0, answers: {} });
  keepWeights(state.stages);
  if (state.stages !== before.stages || state.engine !== before.engine) refresh();
});

useCursor.subscribe(refresh);
