import type { GrowthPoint } from '../../src/bench/results';
import { comparedText } from './compare.mjs';
import { countsText } from './counts.mjs';
import { againstText } from './against/report.mjs';
import { number, table } from './format.mjs';
import type { Machine, Saved, Section } from './saved.mjs';
import { rolloutTable, stageTable, stepTables } from './tables.mjs';
import { constant, targets } from './targets.mjs';

const NAMES = { wasm: 'WebAssembly', webgl: 'WebGL', webgpu: 'WebGPU', cpu: 'JavaScript' };
const SHAPES = ['overhead', 'nano', 'tiny', 'small', 'medium', 'tinygpt'];
/** Told of even where nothing was measured. */
const ALWAYS = ['medium', 'tinygpt'];

export function report({ sections, counts, compared, against = [] }: Saved): string {
  return [
    '# Benchmark results',
    HOW,
    'One section per backend and device, a real GPU before an emulated one:',
    sections.map((s) => `- ${title(s)}${s.software ? ': a GPU emulated on the processor' : ''}`).join('\n'),
    NOTES,
    counts ? countsText(counts) : '',
    comparedText(compared),
    againstText(against),
    ...sections.flatMap(sectionText),
    ...missing(sections),
    growthText(sections),
    longTaskText(sections),
    memoryText(sections),
  ]
    .filter(Boolean)
    .join('\n\n')
    .concat('\n');
}

const HOW = [
  'Written by `npm run bench`; the numbers are in `results.json`. `npm run bench -- --gpu hardware` measures on a real GPU',
  'or not at all, `--probe` says which ways of starting Chromium (`CHROME_PATH`) reach one. For a machine without a network,',
  '`--build FOLDER` makes the page, `--page FOLDER --raw FILE` measures with it, and `--merge FILE` takes the file in here.',
].join('\n');

const NOTES = [
  'How it is measured: every library runs in a worker of its own, all in one page of one browser. Each is timed for a few',
  'steps in turn, round after round, so that whatever else the machine does meets all alike; tables give medians (and the',
  'range), ratios are medians over the rounds of its time over ours. A step is forward, backward, clipping and AdamW on',
  'one batch; the last loss of every block of steps is read back. Handing over is the time of the JavaScript that enqueues',
  'one step, the device being idle before. Every library first takes 50 steps whose losses must stay within 5 % of the',
  'same steps on a cpu backend (ours, plain tfjs and jax-js: our plain engine; gpt-tfjs: itself; nanogpt, whose cpu backend',
  'computes something else from the first forward pass on: itself on the other GPU backend), else its row is void.',
  'Vocabulary 357, 4 heads, 32-bit floats, WebAssembly on one thread, except where a heading or a row says otherwise.',
  'Ours, plain tfjs and jax-js compute the very same function; gpt-tfjs and nanogpt differ in details (untied head; RMS',
  'norm and rotary positions), and predict 48 tokens a row where the others predict 47.',
].join('\n');

/** A short name of the device. */
export function device({ backend, adapter, processor, threads, software }: Section): string {
  if (software && /swiftshader/i.test(adapter)) return `SwiftShader on ${processor}`;
  if (backend === 'wasm') return `${processor}, ${threads} threads`;
  return (
    /ANGLE \([^,]*, (?:Vulkan [\d.]+ \()?([^(),]+)/
      .exec(adapter)?.[1]
      ?.trim()
      .replace(/^(\w+) \1\b/, '$1') ?? adapter
  );
}

const title = (s: Section): string => `${NAMES[s.backend]} on ${device(s)}`;

const runLine = (m: Machine): string =>
  `- ${m.date.slice(0, 16).replace('T', ' ')} UTC, ${number(m.minutes)} minutes: ` +
  `${m.graphics ? `${m.graphics}; ` : ''}${m.processor}, ${m.threads} threads, ` +
  `${m.memoryGb.toFixed(0)} GB; ${m.browser}${m.way ? `, ${m.way}` : ''}, Node ${m.node}; commit ${m.commit}; ` +
  `load average ${m.loadBefore.toFixed(1)} before and ${m.loadAfter.toFixed(1)} after`;

function sectionText(section: Section): string[] {
  const { backend, adapter, software, peak } = section;
  const notes = [
    `Adapter: **${adapter}**.`,
    software
      ? 'This is a GPU emulated on the processor: its times say nothing about a GPU. Counts and handing-over times hold for any.'
      : '',
    backend === 'webgl' && /\bH[12]00\b/.test(adapter)
      ? 'This processor runs the shaders of WebGL on two of its 66 clusters only; the others compute, and know no pixels.'
      : '',
    peak ? `Best square matrix product by plain tfjs: ${number(peak)} GFLOP/s.` : '',
    backend === 'wasm'
      ? 'The work is done inside the call: handing over a step takes as long as the step.'
      : '',
    section.isolated ? '' : 'The page was not cross-origin isolated: times are rounded to 0.1 ms.',
  ];
  return [
    `## ${title(section)}`,
    notes.filter(Boolean).join(' '),
    section.runs.map(runLine).join('\n'),
    table(
      ['target', 'measured', 'holds'],
      targets(section).map(({ target, measured, holds }) => [
        target,
        measured || 'not measured',
        holds === null ? 'not measured' : holds ? 'yes' : '**no**',
      ]),
    ),
    ...SHAPES.filter(
      (name) => section.steps.some((r) => r.shape === name) || (ALWAYS.includes(name) && !section.software),
    ).flatMap((name) => stepTables(section, name)),
    ...rolloutTable(section),
    ...stageTable(section),
  ];
}

/** What nothing was measured on. */
const missing = (sections: readonly Section[]): string[] =>
  (['webgpu', 'webgl', 'wasm'] as const).flatMap((backend) =>
    sections.some((s) => s.backend === backend && !s.software)
      ? []
      : [`## ${NAMES[backend]}${backend === 'wasm' ? '' : ' on a real GPU'}`, 'Not measured.'],
  );

const AXES: Record<GrowthPoint['axis'], string> = {
  batch: 'rows (of 48 tokens, tiny)',
  context: 'tokens per row (64 rows, tiny)',
  width: 'width (2 layers, 64 rows of 48 tokens)',
  depth: 'layers (width 64, 64 rows of 48 tokens)',
  arms: 'arms trained at once, one worker each (tiny)',
};

function growthText(sections: readonly Section[]): string {
  const grown = sections.filter((s) => s.growth.length);
  if (!grown.length) return '';
  const out = [
    '## How the cost grows',
    '![Step time against batch, context, width, depth and arms](growth.svg)',
  ];
  for (const section of grown) {
    out.push(`### ${title(section)}`);
    for (const axis of Object.keys(AXES) as GrowthPoint['axis'][]) {
      const on = section.growth.filter((p) => p.axis === axis);
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
      const { peak } = section;
      if (peak) rows.push(row('ours, % of matmul', (p) => number((100 * p.gflops) / peak), 'fused'));
      if (axis !== 'arms') rows.push(row('plain tfjs, ms per step', (p) => number(p.ms), 'plain'));
      out.push(table([AXES[axis], ...values.map(String)], rows));
    }
  }
  return out.join('\n\n');
}

function longTaskText(sections: readonly Section[]): string {
  const rows = sections.flatMap((s) => s.longTasks.map((r) => ({ ...r, where: title(s) })));
  if (!rows.length) return '';
  return [
    '## The page while a worker trains',
    'Long tasks are stretches over 50 ms in which the page cannot answer. An emulated GPU draws the frames on the same processor.',
    table(
      ['', 'seconds', 'steps', 'long tasks', 'longest, ms', 'frame gap, ms', 'worst frame gap, ms'],
      rows.map((r) => [
        r.where,
        ...[r.seconds, r.steps, r.longTasks, r.longestMs, r.medianFrameMs, r.worstFrameMs].map(number),
      ]),
    ),
  ].join('\n\n');
}

function memoryText(sections: readonly Section[]): string {
  const rows = sections.flatMap((s) => s.memory.map((r) => ({ ...r, where: title(s) })));
  if (!rows.length) return '';
  const cell = (bytes: number) => bytes.toLocaleString('en-US');
  const pair = (a: number, b: number) => (a === b ? cell(a) : `${cell(a)} → ${cell(b)}`);
  return [
    '## Memory over every stage (nano, 4 rows)',
    'What is alive after a tenth of the updates and at the end.',
    table(
      ['', 'stage', 'updates', 'tensors', 'engine bytes', 'device bytes', 'constant'],
      rows.map((r) => {
        const { early, late } = r;
        const first = [r.where, r.stage, String(r.updates)];
        if (!early || !late) return [...first, `not measured: ${r.why ?? ''}`, '', '', ''];
        return [
          ...first,
          pair(early.tensors, late.tensors),
          pair(early.bytes, late.bytes),
          pair(early.deviceBytes, late.deviceBytes),
          constant(r) ? 'yes' : `**no**${r.grewAt ? `, last grew at ${r.grewAt}` : ''}`,
        ];
      }),
    ),
  ].join('\n\n');
}
