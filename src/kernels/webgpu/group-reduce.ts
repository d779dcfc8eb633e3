/** Sum and maximum over a workgroup of 64 threads, in fixed order. Call from all threads. */
const BY_HALVES = /* wgsl */ `
var<workgroup> shelf: array<vec2f, 64>;
fn groupSum(id: u32, value: vec2f) -> vec2f {
  shelf[id] = value;
  workgroupBarrier();
  for (var step = 32u; step > 0u; step /= 2u) {
    if (id < step) { shelf[id] += shelf[id + step]; }
    workgroupBarrier();
  }
  let sum = shelf[0];
  workgroupBarrier();
  return sum;
}
fn groupMax(id: u32, value: f32) -> f32 {
  shelf[id].x = value;
  workgroupBarrier();
  for (var step = 32u; step > 0u; step /= 2u) {
    if (id < step) { shelf[id].x = max(shelf[id].x, shelf[id + step].x); }
    workgroupBarrier();
  }
  let top = shelf[0].x;
  workgroupBarrier();
  return top;
}
`;

/**
 * The same with subgroups of any size: two barriers in place of eight. The first thread of each subgroup puts down what
 * its subgroup has, then every subgroup adds up the whole shelf. How threads are spread over subgroups does not matter,
 * so places in a subgroup are counted rather than taken for the thread's number. The order is the device's, and fixed.
 */
const BY_SUBGROUPS = /* wgsl */ `
var<workgroup> shelf: array<vec2f, 64>;
fn groupSum(id: u32, value: vec2f) -> vec2f {
  let part = subgroupAdd(value);
  let lane = subgroupExclusiveAdd(1u);
  let lanes = subgroupAdd(1u);
  shelf[id] = select(vec2f(0.0), part, lane == 0u);
  workgroupBarrier();
  var sum = vec2f(0.0);
  for (var i = lane; i < 64u; i += lanes) { sum += shelf[i]; }
  sum = subgroupAdd(sum);
  workgroupBarrier();
  return sum;
}
fn groupMax(id: u32, value: f32) -> f32 {
  shelf[id].x = subgroupMax(value);
  let lane = subgroupExclusiveAdd(1u);
  let lanes = subgroupAdd(1u);
  workgroupBarrier();
  var top = value;
  for (var i = lane; i < 64u; i += lanes) { top = max(top, shelf[i].x); }
  top = subgroupMax(top);
  workgroupBarrier();
  return top;
}
`;

/** `groupSum(id, vec2f)` and `groupMax(id, f32)` of a workgroup of 64 threads; see Program.enables. */
export const groupReduce = (subgroups: boolean): string => (subgroups ? BY_SUBGROUPS : BY_HALVES);
