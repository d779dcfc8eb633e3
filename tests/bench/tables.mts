import { PUBLISHED } from '../../src/bench/published';
import type { StepRow } from '../../src/bench/results';
import { faster, figure, med, megabytes, number, spread, table } from './format.mjs';
import type { Dated, Section } from './saved.mjs';

const SHAPE_WORDS: Record<string, string> = {
  overhead: '2 layers, width 64, 1 row of 8 tokens: next to no arithmetic',
  nano: '1 layer, width 32, 64 rows of 48 tokens',
  tiny: '2 layers, width 64, 64 rows of 48 tokens',
  small: '4 layers, width 128, 64 rows of 48 tokens',
  medium: '4 layers, width 256, 8 heads, 32 rows of 128 tokens, the pretraining batch of the lab',
  tinygpt: '4 layers, width 128, 16 rows of 96 tokens, vocabulary 256: the shape of another trainer',
};

/** Times and counts of every library at one size. */
export function stepTables(section: Section, shape: string): string[] {
  const { backend, peak, software: emulated } = section;
  const rows = section.steps.filter((r) => r.shape === shape);
  const gpu = backend !== 'wasm';
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
  const cells = (r: Dated<StepRow>): string[] => {
    const name = r.contender === 'fused' ? `**${r.label}**` : r.label;
    if (r.status === 'failed' || r.status === 'skipped' || (r.status === 'measured' && !r.step))
      return [name, `not measured: ${r.why ?? 'the run ended before'}`, ...head.slice(2).map(() => '')];
    const drift = r.check ? `${number(100 * r.check.drift)} %` : '–';
    if (r.status === 'void') return [name, `void: ${r.why ?? ''}`, ...head.slice(2, -1).map(() => ''), drift];
    return [
      name,
      spread(r.step),
      r.contender === 'fused' ? '' : faster(r.ratio?.median),
      ...(gpu ? [med(r.enqueueMs)] : []),
      figure(r.tokensPerSecond),
      ...(peak ? [r.gflops ? `${number((100 * r.gflops) / peak)}` : '–'] : []),
      figure(r.firstStepMs),
      drift,
    ];
  };
  const published = PUBLISHED.filter((p) => p.shape === shape && p.backend === backend);
  const elsewhere = PUBLISHED.some((p) => p.shape === shape) ? ['published, other machine'] : [];
  const out = [
    `### ${shape}: ${SHAPE_WORDS[shape] ?? ''}`,
    rows.length + published.length
      ? table(
          [...head, ...elsewhere],
          [
            ...rows.map((r) => [...cells(r), ...elsewhere.map(() => '')]),
            ...(rows.length
              ? []
              : [['**Alignlet, fused**', 'not measured', ...head.slice(2).map(() => ''), '']]),
            ...published.map((p) => [
              p.library,
              'not run here',
              ...head.slice(2).map(() => ''),
              `${p.figure} ([source](${p.source}))`,
            ]),
          ],
        )
      : 'Not measured.',
  ];
  if (published.length)
    out.push(
      'What is published comes from another machine and another browser: it is no ratio, and says only in which range others are.',
    );
  if (backend === 'webgl' && rows.some((r) => r.contender === 'jax' && r.enqueueMs))
    out.push(
      'jax-js on WebGL hands its lazy operations over only together with a read, which asks the driver for errors and so waits for it: its handing over includes that wait.',
    );
  for (const { label, countsWhy } of rows)
    if (countsWhy) out.push(`${label}: its work could not be counted (${countsWhy}).`);
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

/** Sampling with and without a cache. */
export function rolloutTable({ rollouts: rows }: Section): string[] {
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

/** A PPO iteration and a DPO step. */
export function stageTable({ stages: rows }: Section): string[] {
  if (!rows.length) return [];
  const of = (stage: string, contender: string) =>
    rows.find((r) => r.stage === stage && r.contender === contender);
  const cell = (r: (typeof rows)[number] | undefined) =>
    r?.why ? `not measured: ${r.why}` : spread(r?.update);
  return [
    `### Alignment (${rows[0]!.shape}): one PPO iteration of 64 rollouts (2 epochs of 2 minibatches), one DPO step of 32 pairs`,
    table(
      ['', 'Alignlet, fused, ms', 'plain tfjs, ms', 'ours is'],
      (['ppo', 'dpo'] as const).map((stage) => {
        const [ours, plain] = [of(stage, 'fused'), of(stage, 'plain')];
        const ratio = ours?.update && plain?.update ? plain.update.median / ours.update.median : undefined;
        return [stage === 'ppo' ? 'PPO iteration' : 'DPO step', cell(ours), cell(plain), faster(ratio)];
      }),
    ),
    'The other libraries have neither PPO nor DPO.',
  ];
}
