import { roundUp4 } from '../kernels';
import type { On } from './args';
import type { Device } from './device';
import { GUMBEL } from './glsl';
import { texels } from './memory';
import type { ProgramSpec } from './programs';

/** Texels of logits that one fragment looks through. */
const GROUP = 8;

/** Best value and its index in one group of columns of one row. */
export const GUMBEL_GROUPS: ProgramSpec = {
  name: 'gumbelSample',
  inputs: ['logits', 'penalty', 'rows', 'steps'],
  ints: ['V4', 'GROUPS', 'KEY', 'NOISY'],
  floats: ['INVERSE'],
  body: `${GUMBEL}
void run(int t) {
  int row = t / GROUPS;
  int first = (t - row * GROUPS) * ${GROUP};
  int end = min(first + ${GROUP}, V4);
  int noiseRow = int(rows(row >> 2)[row & 3]);
  int noiseStep = int(steps(row >> 2)[row & 3]);
  float best = -3.4e38;
  int index = -1;
  for (int i = first; i < end; i++) {
    vec4 value = logits(row * V4 + i) * INVERSE + penalty(i);
    if (NOISY == 1) value += gumbel(i, noiseStep, noiseRow, KEY);
    for (int q = 0; q < 4; q++)
      if (value[q] > best) { best = value[q]; index = 4 * i + q; }
  }
  out0 = vec4(best, float(index), 0.0, 0.0);
}`,
};

export const BEST_GROUP: ProgramSpec = {
  name: 'bestGroup',
  inputs: ['groups'],
  ints: ['GROUPS', 'ROWS'],
  body: `
void run(int t) {
  vec4 winners = vec4(0.0);
  for (int q = 0; q < 4; q++) {
    int row = 4 * t + q;
    if (row >= ROWS) break;
    vec4 best = groups(row * GROUPS);
    for (int i = 1; i < GROUPS; i++) {
      vec4 other = groups(row * GROUPS + i);
      if (other.y >= 0.0 && (best.y < 0.0 || other.x > best.x)) best = other;
    }
    winners[q] = best.y;
  }
  out0 = winners;
}`,
};

/**
 * out[rows] = argmax_j logits[rows, V4] / temperature + gumbel(key, rows[r], steps[r], j) + penalty[V4];
 * temperature 0: no noise; the lowest index wins a tie; −1 where no logit is a number.
 */
export function gumbelSample(
  device: Device,
  { logits, penalty, noiseRows, noiseSteps, out, rows, vocabulary, temperature, key }: On<'gumbelSample'>,
): void {
  const v4 = roundUp4(vocabulary) / 4;
  const groups = Math.ceil(v4 / GROUP);
  const noisy = temperature > 0;
  device.memory.frame(() => {
    const best = device.memory.temporary(4 * rows * groups);
    const ints = [v4, groups, key | 0, noisy ? 1 : 0];
    const inverse = [noisy ? 1 / temperature : 1];
    const inputs = [logits, penalty, noiseRows, noiseSteps];
    device.draw(GUMBEL_GROUPS, inputs, ints, [best], rows * groups, inverse);
    device.draw(BEST_GROUP, [best], [groups, rows], [out], texels(rows));
  });
}
