import type { BenchOptions } from '../../src/bench/measure';
import type { GrowthPoint, Results, RolloutRow, Series, StageRow, StepRow } from '../../src/bench/results';
import type { BackendName } from '../../src/engine/types';

/** Where and when a run took place. */
export interface Machine {
  date: string;
  minutes: number;
  processor: string;
  threads: number;
  memoryGb: number;
  loadBefore: number;
  loadAfter: number;
  browser: string;
  node: string;
  commit: string;
  options: BenchOptions;
}

/** What results.json holds: one or more runs, each thing from the latest that measured it. */
export interface Saved {
  machines: Machine[];
  results: Results;
}

const BACKENDS: BackendName[] = ['wasm', 'webgl', 'webgpu'];
const SHAPE_WORDS: Record<string, string> = {
  overhead: '2 layers, width 64, 1 row of 8 tokens: next to no arithmetic',
  nano: '1 layer, width 32, 64 rows of 48 tokens',
  tiny: '2 layers, width 64, 64 rows of 48 tokens',
  small: '4 layers, width 128, 64 rows of 48 tokens',
};

const number = (x: number): string => {
  if (x === 0) return '0';
  if (x >= 1000) return Math.round(x).toLocaleString('en-US').replaceAll(',', ' ');
  return x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x >= 1 ? x.toFixed(2) : x.toPrecision(2);
};
const figure = (x: number | null | undefined): string => (x == null ? '–' : number(x));
const med = (s: Series | undefined): string => figure(s?.median);
const spread = (s: Series | undefined): string => {
  if (!s) return '–';
  if (s.samples.length < 2) return number(s.median);
  return `${number(s.median)} (${number(Math.min(...s.samples))}–${number(Math.max(...s.samples))})`;
};
const times = (s: Series | undefined): string => (s ? `${number(s.median)}×` : '–');
const megabytes = (bytes: number | null | undefined): string =>
  bytes == null ? '–' : number(bytes / 2 ** 20);

const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

export function report({ machines, results }: Saved): string {
  return [
    '# Benchmark results',
    'Written by `npm run bench`; the numbers are in `results.json`.',
    machines.map(machineLine).join('\n'),
    notes(results),
    ...BACKENDS.flatMap((backend) => backendSection(results, backend)),
    growthSection(results),
    longTaskSection(results),
    memorySection(results),
  ]
    .filter(Boolean)
    .join('\n\n')
    .concat('\n');
}

const machineLine = (m: Machine): string =>
  `- ${m.date.slice(0, 16).replace('T', ' ')} UTC, ${number(m.minutes)} minutes: ${m.processor}, ${m.threads} threads, ` +
  `${m.memoryGb.toFixed(0)} GB; ${m.browser}, Node ${m.node}; commit ${m.commit}; load average ${m.loadBefore.toFixed(1)} ` +
  `before and ${m.loadAfter.toFixed(1)} after (${m.options.backends.join(', ')}; ${m.options.parts.join(', ')})`;

const notes = (results: Results): string =>
  [
    'How it is measured: every library runs in a worker of its own, all in one page of one browser. Each is timed for a few',
    'steps in turn, round after round, so that whatever else the machine does meets all alike; tables give medians (and the',
    'range), ratios are medians over the rounds of its time over ours. A step is forward, backward, clipping and AdamW on',
    'one batch; the last loss of every block of steps is read back. Handing over is the time of the JavaScript that enqueues',
    'one step, the device being idle before. Every library first takes 50 steps whose losses must stay within 5 % of the',
    'same steps on a cpu backend (ours, plain tfjs and jax-js: our plain engine; gpt-tfjs: itself; nanogpt, whose cpu backend',
    'computes something else from the first forward pass on: itself on the other GPU backend), else its row is void.',
    'Vocabulary 357, 4 heads, 32-bit floats. WebAssembly runs on one thread, except where the row says otherwise.',
    'Ours, plain tfjs and jax-js compute the very same function; gpt-tfjs and nanogpt differ in details (untied head; RMS',
    'norm and rotary positions), and predict 48 tokens a row where the others predict 47.',
    ...(results.isolated ? [] : ['The page was not cross-origin isolated: times are rounded to 0.1 ms.']),
  ].join('\n');

function backendSection(results: Results, backend: BackendName): string[] {
  const found = results.adapters[backend];
  if (found === undefined) return [];
  const out = [`## ${{ wasm: 'WebAssembly', webgl: 'WebGL', webgpu: 'WebGPU', cpu: 'JavaScript' }[backend]}`];
  if (found === null) return [...out, 'Not measured: not available in this browser.'];
  out.push(
    `Adapter: **${found.adapter}**.` +
      (found.software
        ? ' This is SwiftShader, a GPU emulated on the processor: its times say nothing about a GPU. Counts and handing-over times hold for any.'
        : '') +
      (results.peaks[backend]
        ? ` Best square matrix product by plain tfjs: ${number(results.peaks[backend])} GFLOP/s.`
        : ''),
  );
  if (backend === 'wasm')
    out.push('The work is done inside the call: handing over a step takes as long as the step.');
  if (found.software && backend !== 'wasm')
    out.push('On a real GPU: **not measured** (none in this machine).');
  const shapes = [...new Set(results.steps.filter((r) => r.backend === backend).map((r) => r.shape))];
  for (const shape of shapes) out.push(...stepTables(results, backend, shape));
  out.push(...rolloutTable(results.rollouts.filter((r) => r.backend === backend)));
  out.push(...stageTable(results.stages.filter((r) => r.backend === backend)));
  return out;
}

function stepTables(results: Results, backend: BackendName, shape: string): string[] {
  const rows = results.steps.filter((r) => r.backend === backend && r.shape === shape);
  const peak = results.peaks[backend];
  const gpu = backend !== 'wasm';
  const emulated = results.adapters[backend]?.software ?? false;
  const asked = backend === 'webgl' ? 'draws' : 'dispatches';
  const head = [
    emulated ? 'SwiftShader' : 'library',
    'ms per step',
    'ours is',
    ...(gpu ? ['handing over, ms'] : []),
    'tokens/s',
    ...(peak ? ['% of matmul'] : []),
    'first step, ms',
    'loss drift',
  ];
  const cells = (r: StepRow): string[] => {
    const name = r.contender === 'fused' ? `**${r.label}**` : r.label;
    if (r.status === 'failed' || r.status === 'skipped')
      return [name, `not measured: ${r.why ?? ''}`, ...head.slice(2).map(() => '')];
    const drift = r.check ? `${number(100 * r.check.drift)} %` : '–';
    if (r.status === 'void') return [name, `void: ${r.why ?? ''}`, ...head.slice(2, -1).map(() => ''), drift];
    return [
      name,
      spread(r.step),
      r.contender === 'fused' ? '' : `${times(r.ratio)} faster`,
      ...(gpu ? [med(r.enqueueMs)] : []),
      figure(r.tokensPerSecond),
      ...(peak ? [r.gflops ? `${number((100 * r.gflops) / peak)}` : '–'] : []),
      figure(r.firstStepMs),
      drift,
    ];
  };
  const out = [`### ${shape}: ${SHAPE_WORDS[shape] ?? ''}`, table(head, rows.map(cells))];
  if (backend === 'webgl' && rows.some((r) => r.contender === 'jax' && r.enqueueMs))
    out.push(
      'jax-js on WebGL hands its lazy operations over only together with a read, which asks the driver for errors and so waits for it: its handing over includes that wait.',
    );
  const counted = rows.filter((r) => r.counts && r.status === 'measured');
  if (counted.length)
    out.push(
      table(
        [
          'per step',
          ...(gpu ? [asked, 'uploads', 'readbacks'] : []),
          ...(backend === 'webgpu' ? ['submits'] : []),
          'kernels',
          'peak tensors',
          'peak tensor MB',
          gpu ? 'peak GPU MB' : 'WebAssembly MB',
        ],
        counted.map((r) => {
          const c = r.counts!;
          return [
            r.label,
            ...(gpu ? [String(c[asked]), String(c.uploads), String(c.readbacks)] : []),
            ...(backend === 'webgpu' ? [String(c.submits)] : []),
            figure(c.kernels),
            figure(c.peakTensors),
            megabytes(c.peakTensorBytes),
            megabytes(c.device.peakBytes),
          ];
        }),
      ),
    );
  return out;
}

function rolloutTable(rows: readonly RolloutRow[]): string[] {
  if (!rows.length) return [];
  const ours = rows.find((r) => r.contender === 'fused');
  const plain = rows.find((r) => r.contender === 'plain');
  const out = [
    `### Rollouts: ${rows[0]!.rows} rows, 16 tokens of prompt, 24 new ones (${rows[0]!.shape})`,
    table(
      ['', 'tokens/s, cached', 'readbacks', 'tokens/s, whole rows again for every token', 'readbacks'],
      rows.map((r) =>
        r.why
          ? [r.label, `not measured: ${r.why}`, '', '', '']
          : [
              r.label,
              spread(r.cached),
              figure(r.cachedReadbacks),
              spread(r.reforward),
              figure(r.reforwardReadbacks),
            ],
      ),
    ),
  ];
  if (ours?.cached && plain?.reforward)
    out.push(
      `Ours with the cache is ${number(ours.cached.median / plain.reforward.median)} times as fast as plain tfjs that runs the rows again` +
        (ours.reforward
          ? `, and ${number(ours.cached.median / ours.reforward.median)} times as fast as our own kernels doing so.`
          : '.'),
    );
  return out;
}

function stageTable(rows: readonly StageRow[]): string[] {
  if (!rows.length) return [];
  const of = (stage: string, contender: string) =>
    rows.find((r) => r.stage === stage && r.contender === contender);
  const cell = (r: StageRow | undefined) => (r?.why ? `not measured: ${r.why}` : spread(r?.update));
  return [
    `### Alignment (${rows[0]!.shape}): one PPO iteration of 64 rollouts (2 epochs of 2 minibatches), one DPO step of 32 pairs`,
    table(
      ['', 'Alignlet, fused, ms', 'plain tfjs, ms', 'ours is'],
      (['ppo', 'dpo'] as const).map((stage) => {
        const [ours, plain] = [of(stage, 'fused'), of(stage, 'plain')];
        const ratio =
          ours?.update && plain?.update ? `${number(plain.update.median / ours.update.median)}× faster` : '–';
        return [stage === 'ppo' ? 'PPO iteration' : 'DPO step', cell(ours), cell(plain), ratio];
      }),
    ),
    'The other libraries have neither PPO nor DPO.',
  ];
}

const AXES: Record<GrowthPoint['axis'], string> = {
  batch: 'rows (of 48 tokens, tiny)',
  context: 'tokens per row (64 rows, tiny)',
  width: 'width (2 layers, 64 rows of 48 tokens)',
  depth: 'layers (width 64, 64 rows of 48 tokens)',
  arms: 'arms trained at once, one worker each (tiny)',
};

function growthSection(results: Results): string {
  if (!results.growth.length) return '';
  const out = [
    '## How the cost grows',
    '![Step time against batch, context, width, depth and arms](growth.svg)',
  ];
  for (const backend of BACKENDS) {
    const points = results.growth.filter((p) => p.backend === backend);
    const peak = results.peaks[backend];
    for (const axis of Object.keys(AXES) as GrowthPoint['axis'][]) {
      const on = points.filter((p) => p.axis === axis);
      if (!on.length) continue;
      const values = [...new Set(on.map((p) => p.value))];
      const row = (label: string, of: (p: GrowthPoint) => string, contender: string) => [
        label,
        ...values.map((v) => {
          const p = on.find((q) => q.value === v && q.contender === contender);
          return p ? of(p) : '–';
        }),
      ];
      const rows = [row('ours, ms per step', (p) => number(p.ms), 'fused')];
      if (peak) rows.push(row('ours, % of matmul', (p) => number((100 * p.gflops) / peak), 'fused'));
      if (axis !== 'arms') rows.push(row('plain tfjs, ms per step', (p) => number(p.ms), 'plain'));
      out.push(table([`${backend}: ${AXES[axis]}`, ...values.map(String)], rows));
    }
  }
  return out.join('\n\n');
}

function longTaskSection({ longTasks }: Results): string {
  if (!longTasks.length) return '';
  return [
    '## The page while a worker trains',
    'Long tasks are stretches over 50 ms in which the page cannot answer. An emulated GPU draws the frames on the same processor.',
    table(
      ['', 'seconds', 'steps', 'long tasks', 'longest, ms', 'frame gap, ms', 'worst frame gap, ms'],
      longTasks.map((r) =>
        [r.backend, r.seconds, r.steps, r.longTasks, r.longestMs, r.medianFrameMs, r.worstFrameMs].map((x) =>
          typeof x === 'number' ? number(x) : x,
        ),
      ),
    ),
  ].join('\n\n');
}

function memorySection({ memory }: Results): string {
  if (!memory.length) return '';
  const cell = (bytes: number | undefined) => (bytes === undefined ? '–' : bytes.toLocaleString('en-US'));
  return [
    '## Memory over every stage (nano, 4 rows)',
    'What is alive after a tenth of the updates and at the end.',
    table(
      ['backend', 'stage', 'updates', 'tensors', 'engine bytes', 'device bytes', 'constant'],
      memory.map((r) => {
        if (!r.early || !r.late)
          return [r.backend, r.stage, String(r.updates), `not measured: ${r.why ?? ''}`, '', '', ''];
        const { early, late } = r;
        const pair = (a: number, b: number) => (a === b ? cell(a) : `${cell(a)} → ${cell(b)}`);
        const constant =
          early.tensors >= late.tensors && early.bytes >= late.bytes && early.deviceBytes >= late.deviceBytes;
        return [
          r.backend,
          r.stage,
          String(r.updates),
          pair(early.tensors, late.tensors),
          pair(early.bytes, late.bytes),
          pair(early.deviceBytes, late.deviceBytes),
          constant ? 'yes' : '**no**',
        ];
      }),
    ),
  ].join('\n\n');
}
