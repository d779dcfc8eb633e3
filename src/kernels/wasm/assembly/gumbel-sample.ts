import { gumbel16 } from './gumbel';

/**
 * Gumbel-max sampling: out[r] = argmax_j logits[r, j] / temperature + gumbel(key, rows[r], steps[r], j)
 * + penalty[j]; penalty is 0 or −∞ (banned ids, padding columns). temperature 0: argmax of logits + penalty.
 * logits: row stride v rounded up to 4. scratch: v rounded up to 16 floats. −1 if no logit is a number.
 */
export function gumbelSample(
  logits: usize,
  penalty: usize,
  rows: usize,
  steps: usize,
  out: usize,
  count: i32,
  v: i32,
  temperature: f32,
  key: i32,
  scratch: usize,
): void {
  const width = (v + 3) & ~3;
  const inverse = f32x4.splat(temperature > 0 ? <f32>1 / temperature : <f32>1);
  for (let r = 0; r < count; r++) {
    const at = (<usize>r) << 2;
    if (temperature > 0)
      for (let j = 0; j < width; j += 16)
        gumbel16(j >> 4, load<i32>(steps + at), load<i32>(rows + at), key, scratch + ((<usize>j) << 2));
    let best = f32x4.splat(-f32.MAX_VALUE);
    let bestIndex = i32x4.splat(-1);
    let index = i32x4(0, 1, 2, 3);
    for (let j = 0; j < width; j += 4) {
      const c = (<usize>j) << 2;
      let value = f32x4.add(f32x4.mul(v128.load(logits + c), inverse), v128.load(penalty + c));
      if (temperature > 0) value = f32x4.add(value, v128.load(scratch + c));
      const better = f32x4.gt(value, best);
      best = v128.bitselect(value, best, better);
      bestIndex = v128.bitselect(index, bestIndex, better);
      index = i32x4.add(index, i32x4.splat(4));
    }
    // lanes → one winner; the lowest index wins a tie, as argmax does
    let winner = -1;
    let top: f32 = -f32.MAX_VALUE;
    for (let lane = 0; lane < 4; lane++) {
      v128.store(scratch, best);
      v128.store(scratch, bestIndex, 16);
      const value = load<f32>(scratch + ((<usize>lane) << 2));
      const i = load<i32>(scratch + ((<usize>lane) << 2), 16);
      if (i >= 0 && (winner < 0 || value > top || (value == top && i < winner))) {
        top = value;
        winner = i;
      }
    }
    store<i32>(out + at, winner);
    logits += (<usize>width) << 2;
  }
}

/** out[v rounded up to 16] = one row of the noise field (for tests). */
export function gumbelRow(key: i32, row: i32, step: i32, out: usize, v: i32): void {
  for (let j = 0; j < v; j += 16) gumbel16(j >> 4, step, row, key, out + ((<usize>j) << 2));
}
