import type { MemoryRow } from '../../src/bench/results';
import { number } from './format.mjs';
import type { Section } from './saved.mjs';

export interface Target {
  target: string;
  measured: string;
  /** null: not measured, or only in part. */
  holds: boolean | null;
}

/** Updates over which the memory of every stage must stay the same. */
const UPDATES = 2000;
const STAGES = ['pretrain', 'sft', 'reward', 'ppo', 'dpo'];
const TWO_LAYERS = ['overhead', 'tiny'];

export const constant = ({ early, late }: MemoryRow): boolean | null =>
  early && late
    ? early.tensors >= late.tensors && early.bytes >= late.bytes && early.deviceBytes >= late.deviceBytes
    : null;

/** What was aimed at, and what came of it on one backend of one device. */
export function targets(section: Section): Target[] {
  const { backend } = section;
  return [
    ...(backend === 'webgpu' ? [asked(section, 'dispatches', 80), handingOver(section, 10)] : []),
    ...(backend === 'webgl' ? [asked(section, 'draws', 120), handingOver(section, 8)] : []),
    memory(section),
    rollouts(section),
    drift(section),
  ];
}

const ours = ({ steps }: Section) => steps.filter((r) => r.contender === 'fused' && r.status === 'measured');

function asked(section: Section, what: 'draws' | 'dispatches', most: number): Target {
  const rows = ours(section).filter((r) => TWO_LAYERS.includes(r.shape) && r.counts);
  return {
    target: `at most ${most} ${what} per train step of two layers`,
    measured: rows.map((r) => `${r.shape}: ${r.counts![what]}`).join(', '),
    holds: rows.length ? rows.every((r) => r.counts![what] <= most) : null,
  };
}

function handingOver(section: Section, share: number): Target {
  const pairs = ours(section).flatMap((r) => {
    const plain = section.steps.find((p) => p.shape === r.shape && p.contender === 'plain');
    if (!r.enqueueMs || !plain?.enqueueMs || plain.status !== 'measured') return [];
    return [{ shape: r.shape, ratio: plain.enqueueMs.median / r.enqueueMs.median }];
  });
  return {
    target: `handing over a step takes at most 1/${share} of plain tfjs's time`,
    measured: pairs.map((p) => `${p.shape}: 1/${number(p.ratio)}`).join(', '),
    holds: pairs.length ? pairs.every((p) => p.ratio >= share) : null,
  };
}

function memory(section: Section): Target {
  const rows = section.memory.filter((r) => r.updates >= UPDATES && constant(r) !== null);
  const growing = rows.filter((r) => constant(r) === false).map((r) => r.stage);
  const missing = STAGES.filter((s) => !rows.some((r) => r.stage === s));
  return {
    target: `tensors and bytes constant over ${number(UPDATES)} updates of every stage`,
    measured: [
      growing.length ? `growing: ${growing.join(', ')}` : '',
      rows.length > growing.length ? `constant: ${rows.filter((r) => constant(r)).map((r) => r.stage).join(', ')}` : '', // prettier-ignore
      rows.length && missing.length ? `not measured: ${missing.join(', ')}` : '',
    ]
      .filter(Boolean)
      .join('; '),
    holds: growing.length ? false : missing.length ? null : true,
  };
}

function rollouts({ rollouts: rows }: Section): Target {
  const cached = rows.find((r) => r.contender === 'fused')?.cached;
  const again = rows.find((r) => r.contender === 'plain')?.reforward;
  const ratio = cached && again ? cached.median / again.median : null;
  return {
    target: 'sampling at least 20 times as fast as plain tfjs that runs the rows again for every token',
    measured: ratio === null ? '' : `${number(ratio)} times (${rows[0]!.shape}, ${rows[0]!.rows} rows)`,
    holds: ratio === null ? null : ratio >= 20,
  };
}

function drift(section: Section): Target {
  const rows = section.steps.filter((r) => r.contender === 'fused' && r.check);
  const worst = Math.max(...rows.map((r) => r.check!.drift));
  const steps = Math.min(...rows.map((r) => r.check!.steps));
  return {
    target: 'losses within 5 % of the cpu twin over 50 steps',
    measured: rows.length ? `at most ${number(100 * worst)} % over ${steps} steps (${rows.map((r) => r.shape).join(', ')})` : '', // prettier-ignore
    holds: rows.length ? worst < 0.05 && steps >= 50 : null,
  };
}
