import type { Context } from './context';
import type { GpuBuffer } from './memory';

/** Threads of the one workgroup that computes a loss: outputs are a few thousand numbers at most. */
export const LOSS_THREADS = 256;

/**
 * Pieces of WGSL that losses share. "Not a number" is told by its bits: a compiler may assume that comparisons never
 * meet it. groupSum: over the workgroup, in fixed order; call from all threads.
 */
export const LOSS_MATHS = /* wgsl */ `
fn isNan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }
fn expOf(x: f32) -> f32 { return select(exp(x), x, isNan(x)); }
fn smaller(a: f32, b: f32) -> f32 {
  if (isNan(a)) { return a; }
  return select(select(a, b, b < a), b, isNan(b));
}
fn larger(a: f32, b: f32) -> f32 {
  if (isNan(a)) { return a; }
  return select(select(a, b, b > a), b, isNan(b));
}
/** log(1 + exp(x)) and its slope, the logistic function. */
fn softplus(x: f32) -> vec2f {
  if (isNan(x)) { return vec2f(x); }
  let e = exp(-abs(x));
  return vec2f(select(0.0, x, x > 0.0) + log(1.0 + e), select(e, 1.0, x >= 0.0) / (1.0 + e));
}
var<workgroup> shelf: array<vec4f, ${LOSS_THREADS}>;
fn groupSum(id: u32, value: vec4f) -> vec4f {
  shelf[id] = value;
  workgroupBarrier();
  for (var step = ${LOSS_THREADS / 2}u; step > 0u; step /= 2u) {
    if (id < step) { shelf[id] += shelf[id + step]; }
    workgroupBarrier();
  }
  let sum = shelf[0];
  workgroupBarrier();
  return sum;
}
`;

/** Where a report that nobody reads goes. */
export const reportOr = (context: Context, report: GpuBuffer | undefined): GpuBuffer =>
  report ?? context.temporary(16);
