import { answersCsv, answersJsonl, type AnswerRow } from '../../exchange/figures/answers';
import { curvesCsv, curvesJson, type Curves } from '../../exchange/figures/curves';
import { resultsCsv, type ResultRow } from '../../exchange/figures/results';
import { finishedRuns, type LabContents } from '../../exchange/lab/file';
import { runOfLab } from '../../exchange/lab/run';
import type { ExchangedRun } from '../../exchange/run';
import { sum } from '../../pipeline/maths/statistics';
import { finalFigures, type FigureBook } from '../figures/figure-book';
import type { StageModel } from '../store/snapshot';
import { actions, useLab } from '../store/useLab';
import { answering, useSamples } from '../store/useSamples';

/** What the page shows, as it leaves. */

const shown = () => {
  const { stages, replay } = useLab.getState();
  return { stages, replay };
};

export const labName = (): string => useLab.getState().demo ?? 'free';

/** `ppo-vs-dpo-seed-1`, the beginning of every file name. */
export const stem = (): string => `${labName()}-seed-${useLab.getState().config.seed}`;

/** The whole lab, with everything that has come to an end. */
export const labContents = (): LabContents => ({
  name: labName(),
  config: useLab.getState().config,
  runs: finishedRuns(actions.nodes()),
  samples: answersShown().length > 0 ? [sampleShown()] : [],
});

export const labRun = (): ExchangedRun => runOfLab(labContents());

const curves = (): Curves[] =>
  shown().stages.flatMap(({ id, name, stage, made, rows }) =>
    made && rows.length > 0 ? [{ id, name, stage, made, events: rows }] : [],
  );

export const curvesFile = (format: 'csv' | 'json') =>
  (format === 'csv' ? curvesCsv : curvesJson)(useLab.getState().config, actions.shareLink(), curves());

/** Every figure of every stage, of this run and of recorded seeds. */
export function resultRows(book: FigureBook): ResultRow[] {
  const { stages } = shown();
  const final = finalFigures(stages);
  const recordedOf = (arm: StageModel) =>
    book.runs.flatMap(({ summary }) => Object.keys(summary.arms[arm.id] ?? {}));
  return stages.flatMap((stage) => {
    const { id, name, made } = stage;
    const figures = new Set([...Object.keys(final[id] ?? {}), ...(stage.isArm ? recordedOf(stage) : [])]);
    return [...figures].flatMap((figure): ResultRow[] => {
      const value = final[id]?.[figure];
      const recorded = stage.isArm ? book.recorded(stage, figure) : undefined;
      if (typeof value !== 'number' && !recorded) return [];
      return [
        {
          ...{ id, name, stage: stage.stage, seed: made?.seed, figure },
          ...(typeof value === 'number' ? { value } : {}),
          ...(recorded
            ? {
                recordedMean: recorded.mean,
                recordedHalfWidth: recorded.halfWidth,
                recordedRuns: recorded.count,
              }
            : {}),
        },
      ];
    });
  });
}

export const resultsFile = (book: FigureBook) => resultsCsv(resultRows(book));

/** The answers that are on the page: of the models there are, or of a recording. */
export function answersShown(): AnswerRow[] {
  const { stages, replay } = shown();
  const nameOf = (id: string) => stages.find((stage) => stage.id === id)?.name ?? id;
  if (replay)
    return replay.samples.flatMap(({ prompt, answers }) =>
      answers.map(({ id, text, gold }) => ({
        ...{ prompt, id, name: nameOf(id), gold },
        ...{ answer: text.replace(/ …$/, ''), finished: !text.endsWith(' …') },
      })),
    );
  const { prompt, answers } = useSamples.getState();
  return answering(stages).flatMap(({ id }): AnswerRow[] => {
    const sample = answers[id];
    if (!sample || sample.error) return [];
    const { tokens, finished, gold, proxy, logProbs, referenceLogProbs } = sample;
    return [
      {
        ...{
          prompt: prompt.text,
          id,
          name: nameOf(id),
          answer: answerText(tokens),
          finished,
          gold: gold.total,
          proxy,
        },
        logProb: sum(logProbs),
        ...(referenceLogProbs ? { referenceLogProb: sum(referenceLogProbs) } : {}),
      },
    ];
  });
}

const answerText = (tokens: readonly string[]): string =>
  tokens.filter((token) => token !== '<eos>').join(' ');

export const answersFile = (format: 'csv' | 'jsonl') =>
  (format === 'csv' ? answersCsv : answersJsonl)(answersShown());

const sampleShown = () => ({
  prompt: useSamples.getState().prompt.text,
  answers: answersShown().map(({ id, answer, gold, proxy }) => ({
    ...{ id, text: answer, gold },
    ...(proxy === undefined ? {} : { proxy }),
  })),
});
