import { Command } from 'commander';
import { FULL, PARTS, QUICK, type BenchOptions, type Part } from '../../src/bench/options';
import type { ShapeName } from '../../src/bench/workload';
import type { BackendName } from '../../src/engine/types';
import type { Gpu } from './browser.mjs';

export const PEERS = ['gpt-tfjs', 'nanogpt', 'jax', 'jax-threads'];

export interface Flags {
  quick?: boolean;
  peers: string[];
  gpu: Gpu;
  probe?: boolean;
  way?: number;
  minutes?: number;
  browserArgs?: string[];
  build?: string;
  page?: string;
  raw?: string;
  twins?: string;
  merge?: string[];
  out?: string;
  fresh?: boolean;
  counts?: boolean;
  json?: string;
  compare?: string;
  growth?: boolean;
}

/** Reads the command line. */
export function readFlags(): { flags: Flags; options: BenchOptions } {
  const list = (text: string) => text.split(',').map((s) => s.trim());
  const program = new Command('npm run bench --')
    .description(
      'Compares our engines with plain tfjs and with other libraries, side by side in one browser.\n' +
        'CHROME_PATH names another Chromium. What earlier runs measured and this one does not is kept.',
    )
    .addHelpText('after', '\n--against <commit> compares with an earlier commit: --against <commit> --help')
    .option('--quick', 'a few steps of everything, to see that it works; nothing is written')
    .option('--only <backends>', 'wasm, webgl, webgpu (comma-separated)', list)
    .option('--shapes <names>', 'overhead, nano, tiny, small, medium, tinygpt', list)
    .option('--parts <names>', `${PARTS.join(', ')} or twins`, list)
    .option('--peers <names>', `${PEERS.join(', ')} or none`, list, PEERS)
    .option('--rounds <number>', 'how often everything is timed', Number)
    .option('--memory-updates <number>', 'updates of every stage in the part memory', Number)
    .option('--timeout <seconds>', 'a library that needs longer to start or to answer is given up', Number)
    .option('--patience <ms>', 'a step slower than this is timed only once or twice', Number)
    .option('--twins <file>', 'take the losses to expect from a file that --raw wrote; see --parts twins')
    .option('--minutes <number>', 'after these nothing new is begun', Number)
    .option('--gpu <kind>', 'hardware (or nothing), software, or auto: a real GPU if there is one', 'auto')
    .option('--probe', 'only print what each way of starting Chromium finds of a GPU')
    .option('--way <number>', 'use only this way of starting it, as --probe numbers them', Number)
    .option('--browser-args <flags>', 'further flags for Chromium, separated by spaces', (text) =>
      text.split(' ').filter(Boolean),
    )
    .option('--build <folder>', 'only build the page there, for --page on a machine without a network')
    .option('--page <folder>', 'use a page that was built before')
    .option('--raw <file>', 'write what was measured to this file, as it comes, and nothing else')
    .option('--merge <files...>', 'measure nothing: take files that --raw wrote into the results')
    .option('--out <folder>', 'where the results go; "none": only print them')
    .option(
      '--counts',
      'only count what the stages ask of WebGPU and WebGL, on any machine (--json FILE: there, too)',
    )
    .option('--json <file>', 'with --counts: write the counts to this file and not into the results')
    .option('--growth', 'only watch the memory of our engine over many updates of every stage')
    .option(
      '--compare <commit>',
      'only time PPO, DPO and rollouts on GPUs, and watch their memory, beside that commit, in one browser ' +
        '(with --raw, --minutes; --build and --page for a machine without a network)',
    )
    .option('--fresh', 'forget what earlier runs measured')
    .parse();
  const given = program.opts<
    Flags & {
      only?: BackendName[];
      shapes?: ShapeName[];
      parts?: Part[];
      rounds?: number;
      memoryUpdates?: number;
      timeout?: number;
      patience?: number;
      minutes?: number;
    }
  >();
  const base = given.quick ? QUICK : FULL;
  const options: BenchOptions = {
    ...base,
    backends: given.only ?? base.backends,
    shapes: given.shapes ?? base.shapes,
    parts: given.parts ?? base.parts,
    rounds: given.rounds ?? base.rounds,
    memoryUpdates: given.memoryUpdates ?? base.memoryUpdates,
    patienceMs: given.patience ?? base.patienceMs,
    timeoutS: given.timeout ?? base.timeoutS,
    minutes: given.minutes ?? base.minutes,
  };
  return { flags: given, options };
}
