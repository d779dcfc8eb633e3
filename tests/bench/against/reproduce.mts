import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { labConfigSchema, type LabConfig } from '../../../src/pipeline/lab/config';
import { pairsOf, told, type Bench, type Outcome, type Part, type Size } from './bench.mjs';
import { runNode } from './program.mjs';
import { differences, rowOf, shared, type Figures } from './results.mjs';
import { shrunk, WHOLE, type Less } from './shrink.mjs';
import type { Tree } from './trees.mjs';

interface Form {
  /** Absent: all that have claims. */
  demos?: readonly string[];
  less: Less;
  seeds: number;
}

/** The reduced form has one demo of each kind: preferences, instructions, frontier and best-of-n, reward models, another task. */
const FORMS: Record<Size, Form> = {
  quick: {
    demos: ['base-vs-instruct', 'summaries'],
    less: { updates: 40, samples: 16, prompts: 16, final: 16, times: 8 },
    seeds: 1,
  },
  part: {
    demos: ['dpo', 'flan', 'overoptimization', 'reward-model', 'summaries'],
    less: { updates: 24, samples: 1, prompts: 16, final: 4, times: 4 },
    seeds: 1,
  },
  whole: { less: WHOLE, seeds: 5 },
};

interface Stored {
  summary: { arms: Record<string, Record<string, number>> };
}

/** Runs what has claims, everything anew. */
async function reproduce(
  { scope, folder, say }: Bench,
  tree: Tree,
  { demos, seeds }: Form,
): Promise<Figures> {
  for (const name of demoNames(tree))
    rmSync(join(tree.folder, 'demos', name, 'results'), { recursive: true, force: true });
  const only = demos ? ['--only', demos.join(',')] : [];
  const figures = await runNode(
    scope,
    tree.folder,
    ['--import', 'tsx', 'src/headless/reproduce.ts', '--seeds', String(seeds), ...only],
    folder,
  );
  say(`${tree.commit}: ${told({ ...figures })}`);
  return { ...figures };
}

const demoNames = ({ folder }: Tree): string[] =>
  readdirSync(join(folder, 'demos'), { withFileTypes: true }).flatMap((e) =>
    e.isDirectory() ? [e.name] : [],
  );

/** What was made smaller, in words. */
const overOf = ({ updates, samples, prompts, final, times }: Less): string =>
  `updates and pairs over ${updates}, samples over ${samples}, prompts on the way over ${prompts} and at the end over ${final}, measurements over ${times}`;

/** Makes the named demos smaller, in both trees alike: as the earlier commit has them. */
function shrinkDemos({ trees }: Bench, { demos, less }: Form): void {
  for (const name of demos ?? []) {
    const file = join(trees.base.folder, 'demos', name, 'demo.json');
    const demo = JSON.parse(readFileSync(file, 'utf8')) as { config: unknown };
    const config = labConfigSchema.parse(demo.config) as LabConfig;
    const text = JSON.stringify({ ...demo, config: shrunk(config, less, true) });
    for (const { folder } of Object.values(trees))
      writeFileSync(join(folder, 'demos', name, 'demo.json'), text);
  }
}

/** What both have stored, demo by demo. */
function sameResults({ trees }: Bench, seeds: number): string[] {
  const notes: string[] = [];
  let [all, same] = [0, 0];
  const other: string[] = [];
  for (const name of demoNames(trees.base))
    for (let seed = 1; seed <= seeds; seed++) {
      const read = ({ folder }: Tree) => {
        const file = join(folder, 'demos', name, 'results', `seed-${seed}.json`);
        return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Stored).summary.arms : undefined;
      };
      const [base, ours] = [read(trees.base), read(trees.ours)];
      if (!base !== !ours) notes.push(`${name}, seed ${seed}: only ${base ? 'base' : 'ours'} has stored it.`);
      if (!base || !ours) continue;
      const lines = differences(base, ours);
      const count = shared(base, ours);
      all += count;
      same += count - lines.filter((line) => line.includes(' → ')).length;
      other.push(...lines.map((line) => `${name} ${line}`));
    }
  notes.push(
    `${same} of ${all} figures that both have are equal to the last bit.` +
      (other.length ? ` Not equal: ${other.slice(0, 30).join('; ')}${other.length > 30 ? '; …' : ''}.` : ''),
  );
  return notes;
}

export const reproducePart: Part = {
  name: 'reproduce',
  title: '`npm run reproduce`',
  weight: 5,
  async run(bench): Promise<Outcome> {
    const form = FORMS[bench.size];
    shrinkDemos(bench, form);
    const pairs = await pairsOf(bench, bench.rounds, (side) => reproduce(bench, bench.trees[side], form));
    return {
      what: form.demos
        ? `The demos ${form.demos.join(', ')}, as the earlier commit has them, seed 1, trunk trained live; ${overOf(form.less)}; as many processes as cores.`
        : `All demos of each commit, ${form.seeds} seeds, nothing stored before; as many processes as cores.`,
      rounds: pairs.length,
      rows: [
        { name: 'wall', label: 'the command, by the clock', unit: 's', as: 'faster' as const, target: { atLeast: 1.5 } }, // prettier-ignore
        { name: 'cpu', label: 'processor time (user and system), all processes', unit: 's', as: 'faster' as const }, // prettier-ignore
      ].map((figure) => rowOf(figure, pairs)),
      notes: sameResults(bench, form.seeds),
    };
  },
};
