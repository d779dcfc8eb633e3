import { SingleBar } from 'cli-progress';
import { nodeShippedResults } from '../checkpoints/node';
import type { Engine } from '../engine/types';
import { sentence } from '../messages';
import { finishedRuns, type LabContents } from '../exchange/lab/file';
import { derivedFigures, type FinishedArm } from '../pipeline/measures/derived';
import { Lab, type NodeView } from '../pipeline/lab/lab';
import type { LabConfig } from '../pipeline/lab/config';
import { finishedArms } from '../pipeline/records/finished';
import {
  historyOf,
  recordingOf,
  type Recording,
  type RunSummary,
  type StoredRun,
} from '../pipeline/records/recording';
import { localExecutor } from './local-executor';
import { recordSamples } from './samples';

export interface RunOutput {
  summary: RunSummary;
  /** What figures between arms are computed from. */
  finished: FinishedArm[];
  history: StoredRun['history'];
  recording: Recording;
  /** CSV with one row per stage event. */
  metrics: string;
  /** The whole lab, to be opened again. */
  contents: LabContents;
}

/** Runs a configuration from start to end in this process: all of it, or some arms and what they build on. */
export async function runConfig(
  name: string,
  config: LabConfig,
  engine: Engine,
  progress = false,
  only?: readonly string[],
): Promise<RunOutput> {
  const began = performance.now();
  const lab = new Lab(config, localExecutor(engine), nodeShippedResults);
  const bar = progress ? progressBar() : null;
  lab.subscribe(() => bar?.update(lab.nodes()));
  await lab.run(only);
  bar?.stop();
  const nodes = lab.nodes();
  const failures = Object.fromEntries(
    nodes.flatMap(({ node, run }) => (run?.failure ? [[node.id, sentence(run.failure.message)]] : [])),
  );
  const trunk: RunSummary['trunk'] = {};
  const arms: RunSummary['arms'] = {};
  for (const { node, run } of nodes) {
    if (!run?.result) continue;
    if (config.arms.some((a) => a.id === node.id))
      arms[node.id] = { ...run.result.summary, seconds: round(run.seconds) };
    else trunk[node.id] = { ...run.result.summary, seconds: round(run.seconds), source: run.source };
  }
  const finished = finishedArms(nodes, config);
  const between = derivedFigures(finished);
  for (const [id, more] of Object.entries(between)) arms[id] = { ...arms[id], ...more };
  const summary: RunSummary = {
    demo: name,
    seed: config.seed,
    backend: engine.info.backend,
    seconds: round((performance.now() - began) / 1000),
    config,
    trunk,
    arms,
    failures,
  };
  const samples = await recordSamples(engine, lab, config);
  return {
    summary,
    finished,
    history: historyOf(nodes, config),
    recording: recordingOf(summary, nodes, samples),
    metrics: metricsCsv(nodes),
    contents: { name, config, runs: finishedRuns(nodes), samples },
  };
}

const round = (x: number) => Math.round(x * 100) / 100;

/** Long format: stage, update, samples, tokens, seconds, kind, metric, value. */
function metricsCsv(nodes: readonly NodeView[]): string {
  const lines = ['stage,update,samples,tokens,seconds,kind,metric,value'];
  for (const { node, run } of nodes)
    for (const e of run?.events ?? []) {
      const values = e.type === 'metrics' ? e.metrics : e.evaluation;
      for (const [metric, value] of Object.entries(values))
        lines.push(
          [node.id, e.update, e.samples, e.tokens, e.seconds.toFixed(3), e.type, metric, value].join(','),
        );
    }
  return lines.join('\n') + '\n';
}

function progressBar() {
  const bar = new SingleBar({
    format: '{stage} {bar} {value}/{total} {headline}',
    hideCursor: true,
    clearOnComplete: true,
    noTTYOutput: false,
  });
  let started = '';
  return {
    update(nodes: readonly NodeView[]) {
      const running = nodes.find((n) => n.status === 'running');
      const last = running?.run?.events.at(-1);
      if (!running || !last) return;
      const evaluation = running.run!.events.findLast((e) => e.type === 'evaluation');
      const headline =
        evaluation?.type === 'evaluation'
          ? `gold ${evaluation.evaluation.gold.toFixed(2)}, KL ${evaluation.evaluation.kl.toFixed(2)}, win ${(100 * evaluation.evaluation.winRate).toFixed(0)} %`
          : '';
      const payload = { stage: running.node.id.padEnd(12), headline };
      if (started !== running.node.id) bar.start(last.updates, last.update, payload);
      else bar.update(last.update, payload);
      started = running.node.id;
    },
    stop: () => bar.stop(),
  };
}
