import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { labConfigSchema, type LabConfig } from '../../../src/pipeline/lab/config';
import { pairsOf, told, type Bench, type Outcome, type Part, type Size } from './bench.mjs';
import { runNode } from './program.mjs';
import { differences, rowOf, shared, type Figures, type Side } from './results.mjs';
import { shrunk, WHOLE, type Less } from './shrink.mjs';
import type { Tree } from './trees.mjs';

type Arms = Record<string, Record<string, number>>;

interface LabRun {
  figures: Figures;
  arms: Arms;
}

/** Writes a demo into a tree, under a name that no demo has. */
function putDemo({ folder }: Tree, name: string, config: LabConfig): void {
  const demo = { title: name, summary: 'A run of the benchmark.', config, claims: [] };
  mkdirSync(join(folder, 'demos', name), { recursive: true });
  writeFileSync(join(folder, 'demos', name, 'demo.json'), JSON.stringify(demo));
}

/** `lab run` of such a demo: seconds of the whole command, of the run within it, and what came out. */
async function runLab({ scope, folder, say }: Bench, tree: Tree, name: string): Promise<LabRun> {
  const out = join(folder, `out-${randomUUID()}`);
  const { wall, cpu } = await runNode(
    scope,
    tree.folder,
    ['--import', 'tsx', 'src/headless/cli.ts', 'run', name, '--out', out],
    folder,
  );
  const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as {
    seconds: number;
    arms: Arms;
  };
  const figures = { wall, cpu, run: summary.seconds };
  say(`${tree.commit}: ${told(figures)}`);
  return { figures, arms: summary.arms };
}

const TIMES = [
  { name: 'cpu', label: 'processor time (user and system)', unit: 's', as: 'faster' },
  { name: 'run', label: 'the run alone, by its own clock', unit: 's', as: 'faster' },
] as const;

/** The demo as the earlier commit has it. */
const configOf = (tree: Tree, demo: string): LabConfig =>
  labConfigSchema.parse(
    (JSON.parse(readFileSync(join(tree.folder, 'demos', demo, 'demo.json'), 'utf8')) as { config: unknown })
      .config,
  ) as LabConfig;

const LESS: Record<Size, Less> = {
  quick: { updates: 20, samples: 8, prompts: 16, final: 16, times: 6 },
  part: { updates: 6, samples: 1, prompts: 12, final: 1, times: 3 },
  whole: WHOLE,
};

const lab: Part = {
  name: 'lab',
  title: '`npm run lab -- run ppo-vs-dpo`, eight arms, equal samples',
  weight: 5,
  async run(bench): Promise<Outcome> {
    const config = shrunk(configOf(bench.trees.base, 'ppo-vs-dpo'), LESS[bench.size], false);
    for (const tree of Object.values(bench.trees)) putDemo(tree, 'bench-eight-arms', config);
    const pairs = await pairsOf(bench, bench.rounds, (side) =>
      runLab(bench, bench.trees[side], 'bench-eight-arms'),
    );
    return {
      what:
        `The demo of the earlier commit from the shipped trunk, seed 1, one process of Node on one thread, ` +
        `${bench.size === 'whole' ? 'whole' : 'made smaller'}: ${amountsOf(config)}.`,
      rounds: pairs.length,
      rows: [
        { name: 'wall', label: 'the command, by the clock', unit: 's', as: 'faster' as const, target: { atLeast: 1.6 } }, // prettier-ignore
        ...TIMES,
      ].map((figure) => rowOf(figure, figuresOf(pairs))),
      notes: sameFigures(pairs),
    };
  },
};

const SAMPLES: Record<Side, number> = { base: 256, ours: 1024 };
const PROMPTS: Record<Size, number> = { quick: 8, part: 12, whole: 128 };

const frontier: Part = {
  name: 'frontier',
  title: 'The frontier with 1,024 samples a prompt here, 256 there',
  weight: 2,
  async run(bench): Promise<Outcome> {
    const { trees, size } = bench;
    const demo = configOf(trees.base, 'ppo-vs-dpo');
    for (const side of ['base', 'ours'] as const)
      putDemo(trees[side], 'bench-frontier', {
        ...demo,
        arms: [{ id: 'frontier', name: 'Frontier', stage: 'tilt', settings: { samples: SAMPLES[side] } }],
        evaluation: { times: 1, prompts: PROMPTS[size], finalPrompts: PROMPTS[size] },
      });
    const pairs = await pairsOf(bench, bench.rounds, (side) => runLab(bench, trees[side], 'bench-frontier'));
    const reach = (side: Side) =>
      Object.entries(pairs[0]![side].arms['frontier'] ?? {})
        .filter(([name]) => /^(kl|gold|effectiveSamples)$/.test(name))
        .map(([name, value]) => `${name} ${value.toFixed(3)}`)
        .join(', ');
    return {
      what: `The arm “frontier” (tilt) alone, from the shipped trunk, its other settings the defaults of each commit, ${PROMPTS[size]} prompts.`,
      rounds: pairs.length,
      rows: [
        { name: 'wall', label: 'the command, by the clock', unit: 's', as: 'faster' as const, target: { atLeast: 1 } }, // prettier-ignore
        ...TIMES,
      ].map((figure) => rowOf(figure, figuresOf(pairs))),
      notes: [`Where it ends: base ${reach('base')}; ours ${reach('ours')}.`],
    };
  },
};

const figuresOf = (pairs: readonly Record<Side, LabRun>[]): Record<Side, Figures>[] =>
  pairs.map(({ base, ours }) => ({ base: base.figures, ours: ours.figures }));

/** Whether both builds found the same, and the same in every round. */
function sameFigures(pairs: readonly Record<Side, LabRun>[]): string[] {
  const [first] = pairs;
  const notes: string[] = [];
  for (const side of ['base', 'ours'] as const)
    if (pairs.some((pair) => differences(first![side].arms, pair[side].arms).length))
      notes.push(`${side} does not find the same in every round.`);
  const { base, ours } = first!;
  const other = differences(base.arms, ours.arms);
  const all = shared(base.arms, ours.arms);
  const different = other.filter((line) => line.includes(' → ')).length;
  notes.push(
    `${all - different} of ${all} figures that both have are equal to the last bit.` +
      (other.length ? ` Not equal: ${other.slice(0, 40).join('; ')}${other.length > 40 ? '; …' : ''}.` : ''),
  );
  return notes;
}

const amountsOf = ({ arms, evaluation }: LabConfig): string =>
  [
    ...arms.map(({ id, settings }) => `${id} ${Object.entries(settings).map(([n, v]) => `${n} ${String(v)}`).join(', ')}`), // prettier-ignore
    `evaluation ${evaluation.times} times on ${evaluation.prompts}, then ${evaluation.finalPrompts} prompts`,
  ].join('; ');

export const LAB_PARTS = [lab, frontier] as const;
