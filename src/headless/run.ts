import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import { nodeShippedResults } from '../checkpoints/node';
import type { Engine } from '../engine/types';
import { checkClaim, type Claim } from '../pipeline/records/claims';
import { sentence } from '../messages';
import { derivedFigures, type FinishedArm } from '../pipeline/measures/derived';
import { Lab, type NodeView } from '../pipeline/lab/lab';
import type { LabConfig } from '../pipeline/lab/config';
import {
  historyOf,
  recordingOf,
  type Recording,
  type RunSummary,
  type StoredRun,
} from '../pipeline/records/recording';
import { mean, standardDeviation } from '../pipeline/maths/statistics';
import { localExecutor } from './local-executor';
import { UsageError } from './usage';
import { recordSamples } from './samples';

export interface RunOutput {
  summary: RunSummary;
  history: StoredRun['history'];
  recording: Recording;
  /** CSV with one row per stage event. */
  metrics: string;
}

/** Runs a configuration from start to end in this process. */
export async function runConfig(
  name: string,
  config: LabConfig,
  engine: Engine,
  progress = false,
): Promise<RunOutput> {
  const began = performance.now();
  const lab = new Lab(config, localExecutor(engine), nodeShippedResults);
  const bar = progress ? progressBar() : null;
  lab.subscribe(() => bar?.update(lab.nodes()));
  await lab.run();
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
  const between = derivedFigures(finishedArms(nodes, config));
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
    history: historyOf(nodes, config),
    recording: recordingOf(summary, nodes, samples),
    metrics: metricsCsv(nodes),
  };
}

/** What `derivedFigures` needs, of the arms that end with a place in the plane of reward and KL. */
function finishedArms(nodes: readonly NodeView[], config: LabConfig): FinishedArm[] {
  const arms = new Set(config.arms.map((a) => a.id));
  return nodes.flatMap(({ node, run }) => {
    const { summary, answers } = run?.result ?? {};
    if (!arms.has(node.id) || summary?.['gold'] === undefined || summary['kl'] === undefined) return [];
    const evaluations = run!.events.flatMap((e) => (e.type === 'evaluation' ? [e.evaluation] : []));
    const final = { gold: summary['gold'], kl: summary['kl'] };
    const isLimit = node.stage === 'tilt' && node.settings['reward'] === 'gold';
    return [{ id: node.id, isLimit, final, evaluations, answers }];
  });
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

/** The table people read at the end of a run. */
export function summaryTable({ arms, failures }: RunSummary): string {
  const table = new Table({
    head: [
      'arm',
      'gold',
      'proxy',
      'KL (nats)',
      'win rate vs SFT',
      '95 % interval',
      'EOS',
      'length',
      'seconds',
    ],
    style: { head: [], border: [] },
  });
  const percent = (x: number | undefined) => (x === undefined ? '' : `${(100 * x).toFixed(1)} %`);
  const measured = Object.entries(arms).filter(([, a]) => a['gold'] !== undefined);
  for (const [id, a] of measured)
    table.push([
      id,
      a['gold']!.toFixed(3),
      a['proxy']?.toFixed(3) ?? '',
      a['kl']!.toFixed(2),
      percent(a['winRate']),
      `${percent(a['winRateLow'])} – ${percent(a['winRateHigh'])}`,
      percent(a['eosRate']),
      a['length']!.toFixed(1),
      a['seconds']!.toFixed(1),
    ]);
  const failed = Object.entries(failures).map(([id, message]) => `${id} failed: ${message}`);
  const others = Object.entries(arms).filter(([, a]) => a['gold'] === undefined);
  return [
    ...(measured.length > 0 ? [table.toString()] : []),
    ...(others.length > 0 ? [accuracyTable(others)] : []),
    ...failed,
  ].join('\n');
}

/** Headline figures of arms without an alignment task. */
const ACCURACIES = ['accuracy', 'accuracy/trainClusters', 'accuracy/heldOutClusters', 'median', 'iqr'];

/** Arms without an alignment task: accuracy on questions, all of them and by what training has seen. */
function accuracyTable(arms: readonly (readonly [string, Record<string, number>])[]): string {
  const table = new Table({ head: ['arm', ...ACCURACIES, 'seconds'], style: { head: [], border: [] } });
  for (const [id, a] of arms)
    table.push([id, ...ACCURACIES.map((c) => a[c]?.toFixed(3) ?? ''), a['seconds']!.toFixed(1)]);
  return table.toString();
}

/** One line per claim of the demo: whether it holds in this run, and the two figures. */
export const claimLines = (claims: readonly Claim[], { trunk, arms }: RunSummary): string[] =>
  claims.map((claim) => {
    const { left, right, holds } = checkClaim(claim, { ...trunk, ...arms });
    const verdict = holds === undefined ? 'not measured' : holds ? 'holds' : 'does not hold';
    const figure = (of: string | number, value: number | undefined) =>
      typeof of === 'number' ? String(of) : `${of} ${value?.toFixed(3) ?? '?'}`;
    return `${verdict}: ${claim.text} (${figure(claim.left, left)} ${claim.op} ${figure(claim.right, right)})`;
  });

/** Mean ± standard deviation over seeds, arm by arm, and the lowest interval of any single run. */
export function seedsTable(summaries: readonly RunSummary[]): string {
  const style = { head: [], border: [] };
  const table = new Table({
    head: ['arm', 'gold', 'proxy', 'KL (nats)', 'win rate vs SFT', 'lowest 95 % bound', 'length', 'runs'],
    style,
  });
  const accuracies = new Table({ head: ['arm', ...ACCURACIES, 'runs'], style });
  for (const id of new Set(summaries.flatMap((s) => Object.keys(s.arms)))) {
    const runs = summaries.map((s) => s.arms[id]).filter((run) => run !== undefined);
    const spread = (name: string, digits: number, scale = 1) => {
      const values = runs.map((r) => scale * (r[name] ?? NaN));
      return `${mean(values).toFixed(digits)} ± ${standardDeviation(values).toFixed(digits)}`;
    };
    if (runs[0]!['gold'] === undefined) {
      const cells = ACCURACIES.map((name) => (runs[0]![name] === undefined ? '' : spread(name, 3)));
      accuracies.push([id, ...cells, String(runs.length)]);
      continue;
    }
    const lowest = Math.min(...runs.map((r) => r['winRateLow'] ?? NaN));
    table.push([
      id,
      spread('gold', 3),
      spread('proxy', 2),
      spread('kl', 2),
      `${spread('winRate', 1, 100)} %`,
      `${(100 * lowest).toFixed(1)} %`,
      spread('length', 1),
      String(runs.length),
    ]);
  }
  return [table, accuracies]
    .filter((t) => t.length > 0)
    .map(String)
    .join('\n');
}

/** What a run leaves in its folder. */
export const OUTPUT_FILES = ['summary.json', 'metrics.csv', 'history.json', 'recording.json'] as const;

/** Writes the files of a run into a folder; refuses to overwrite any. */
export async function writeOutput(
  folder: string,
  { summary, metrics, history, recording }: RunOutput,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const write = (file: string, text: string) =>
    writeFile(join(folder, file), text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(
        error.code === 'EEXIST'
          ? `${join(folder, file)} is already there; nothing was overwritten`
          : error.message,
      );
    });
  await write('summary.json', JSON.stringify(summary, null, 2) + '\n');
  await write('metrics.csv', metrics);
  await write('history.json', JSON.stringify(history) + '\n');
  await write('recording.json', JSON.stringify(recording) + '\n');
}
