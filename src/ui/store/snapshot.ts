import type { Message } from '../../messages';
import { MODEL_SIZES, type ModelSize } from '../../model/config';
import { VOCABULARY_SIZE } from '../../model/tokens';
import type { GraphNode } from '../../pipeline/lab/graph';
import type { Made, NodeRun, NodeStatus, NodeView, RunState } from '../../pipeline/lab/lab';
import { defaultSettings, type LabConfig, type Settings } from '../../pipeline/lab/config';
import type { Artifact, FinalAnswers, LanguageModelArtifact } from '../../pipeline/contract/stage';
import { STAGES, type StageName } from '../../pipeline/stages';
import type { TimedEvent } from '../../pipeline/lab/runner';
import { labelsUsed } from '../../pipeline/lab/labels';
import { evaluationPoints, latestMetric, secondsLeft, tokensPerSecond, type EvaluationPoint } from './series';

/** One headline figure of a stage. */
export interface Figure {
  name: string;
  value: number;
}

/** Everything the page shows of one stage. */
export interface StageModel {
  id: string;
  name: string;
  stage: StageName;
  isArm: boolean;
  /** The arm whose own trunk this stage belongs to; absent for the trunk that is shared. */
  owner?: string;
  size: ModelSize;
  /** Ids of the stages that it builds on. */
  inputs: GraphNode['inputs'];
  status: NodeStatus;
  settings: Settings;
  /** What the run that is shown was made with; absent before there is one. */
  made?: Made;
  /** Number of settings that differ from the task's defaults. */
  changed: number;
  /** Where its result comes from. */
  source?: NodeRun['source'];
  progress?: { update: number; updates: number; secondsLeft?: number };
  seconds: number;
  figures: Figure[];
  failure?: Message;
  /** What happened on the way, for example a lost device. */
  notices: readonly Message[];
  /** A run under other settings than those in the form is still going on. */
  outdated: boolean;
  evaluations: EvaluationPoint[];
  /** All rows so far; grows in place, `rowCount` tells how far. */
  rows: readonly TimedEvent[];
  rowCount: number;
  summary?: Record<string, number>;
  /** Final answers to the held-out prompts, to compare arms in pairs. */
  answers?: FinalAnswers;
  tokensPerSecond?: number;
  /** Model to ask for answers: the result, or the latest snapshot while training. */
  model?: LanguageModelArtifact;
  artifact?: Artifact;
}

export interface Situation {
  state: RunState;
  config: LabConfig;
}

/** Builds stage models and keeps those whose run has not moved, so that unchanged parts are not drawn again. */
export class SnapshotCache {
  private readonly kept = new Map<string, { signature: unknown[]; model: StageModel }>();
  private readonly world = new Map<string, string>();

  /** Takes note of what a result that comes from elsewhere is of. */
  know(key: string, task: string, size: ModelSize): void {
    this.world.set(key, `${task} ${size}`);
  }

  /** The models of all nodes. Runs of another task or model size are left out. */
  read(nodes: readonly NodeView[], situation: Situation): StageModel[] {
    const { config } = situation;
    for (const { node } of nodes) this.world.set(node.key, `${config.task} ${node.size}`);
    return nodes.map((view) => {
      const world = `${config.task} ${view.node.size}`;
      const run = view.run && this.world.get(view.run.key) === world ? view.run : undefined;
      const status = statusOf(view, run, situation);
      const signature = [
        view.node.key,
        view.node.name,
        status,
        run,
        run?.events.length,
        run?.result,
        run?.failure,
        run?.notices.length,
      ];
      const kept = this.kept.get(view.node.id);
      if (kept && kept.signature.every((part, i) => part === signature[i])) return kept.model;
      const labels = labelsUsed(view.node, nodes.map(({ node }) => node)); // prettier-ignore
      const model = modelOf(view, run, status, config, labels);
      if (kept && kept.signature[3] === run && isSameList(kept.model.evaluations, model.evaluations))
        model.evaluations = kept.model.evaluations;
      this.kept.set(view.node.id, { signature, model });
      return model;
    });
  }
}

/** Lists of one run, which only grow; long ones are thinned to one length, but end with the latest. */
const isSameList = (a: readonly EvaluationPoint[], b: readonly EvaluationPoint[]): boolean =>
  a.length === b.length && a.at(-1) === b.at(-1);

const isFinished = (run: NodeRun): boolean => !!run.result || !!run.failure;

/** The lab's status, made precise for settings that were changed while a run is going on. */
function statusOf(view: NodeView, run: NodeRun | undefined, { state }: Situation): NodeStatus {
  const { node, status } = view;
  if (run && run.key !== node.key && !isFinished(run) && state !== 'idle') return state;
  if (status === 'stale' && !run) return 'missing';
  return status;
}

function modelOf(
  { node }: NodeView,
  run: NodeRun | undefined,
  status: NodeStatus,
  config: LabConfig,
  labels: (samples: number) => number,
): StageModel {
  const events = run?.events ?? [];
  const last = events[events.length - 1];
  const isArm = config.arms.some((a) => a.id === node.id);
  const evaluations = evaluationPoints(events, labels);
  const isMeasured = isArm && STAGES[node.stage].course !== 'ladder';
  const left = secondsLeft(events, isMeasured ? config.evaluation : undefined);
  const speed = tokensPerSecond(events);
  const defaults = defaultSettings(config.task, node.stage, node.size);
  const changed = Object.keys(node.settings).filter((k) => node.settings[k] !== defaults[k]).length;
  const model = latestModel(run, node.size);
  return {
    id: node.id,
    name: node.name,
    stage: node.stage,
    isArm,
    ...(node.id.includes('/') ? { owner: node.id.slice(0, node.id.indexOf('/')) } : {}),
    size: node.size,
    inputs: node.inputs,
    status,
    settings: node.settings,
    changed,
    seconds: run?.seconds ?? 0,
    figures: figuresOf(node.stage, run, evaluations),
    notices: run ? [...run.notices] : [],
    outdated: !!run && run.key !== node.key && !isFinished(run),
    evaluations,
    rows: events,
    rowCount: events.length,
    ...(run ? { source: run.source } : {}),
    ...(run?.made ? { made: run.made } : {}),
    ...(last
      ? {
          progress: {
            update: last.update,
            updates: last.updates,
            ...(left !== undefined ? { secondsLeft: left } : {}),
          },
        }
      : {}),
    ...(run?.failure ? { failure: run.failure.message } : {}),
    ...(run?.result ? { summary: run.result.summary, artifact: run.result.artifact } : {}),
    ...(run?.result?.answers ? { answers: run.result.answers } : {}),
    ...(speed !== undefined ? { tokensPerSecond: speed } : {}),
    ...(model ? { model } : {}),
  };
}

/**
 * The result of a run, else its last good weights, else those of its latest measurement. These come without a shape:
 * they have that of the stage's own size, which need not be that of the run.
 */
function latestModel(run: NodeRun | undefined, size: ModelSize): LanguageModelArtifact | undefined {
  if (!run) return undefined;
  if (run.result) return run.result.artifact.kind === 'model' ? run.result.artifact : undefined;
  if (run.lastGood || !run.latestWeights) return run.lastGood;
  const config = { ...MODEL_SIZES[size], vocabSize: VOCABULARY_SIZE };
  return { kind: 'model', config, weights: run.latestWeights };
}

/** What stands beside a stage in the rail, as far as it is known; in the order in which the stage declares it. */
function figuresOf(
  stage: StageName,
  run: NodeRun | undefined,
  evaluations: readonly EvaluationPoint[],
): Figure[] {
  const evaluation = evaluations.at(-1)?.evaluation as Readonly<Record<string, number>> | undefined;
  return STAGES[stage].headline.flatMap((headline): Figure[] => {
    const { figure: name } = headline;
    const final = headline.from === 'evaluation' ? evaluation?.[name] : run?.result?.summary[name];
    if (final !== undefined) return [{ name, value: final }];
    // a finished stage without the figure could not measure it: what training logged is not that
    if (headline.from === 'evaluation' || run?.result) return [];
    const logged = headline.until.map((metric) => latestMetric(run?.events ?? [], metric));
    const value = logged.find((v) => v !== undefined);
    return value === undefined ? [] : [{ name: headline.meanwhile ?? name, value }];
  });
}
