/**
 * Our fused WebAssembly engine beside plain tfjs (WebAssembly and JavaScript) in Node, without a browser.
 * Usage: tsx tests/bench/node.mts [overhead|nano|tiny|small] [rounds]
 */
import { openOurs } from '../../src/bench/ours';
import { median } from '../../src/bench/results';
import { SHAPES, type ShapeName } from '../../src/bench/workload';

const shape = SHAPES[(process.argv[2] ?? 'tiny') as ShapeName];
const rounds = Number(process.argv[3] ?? 5);

const subjects = [
  { name: 'Alignlet, fused, wasm', times: [] as number[], subject: await openOurs('wasm', 'fused') },
  { name: 'plain tfjs, wasm', times: [] as number[], subject: await openOurs('wasm', 'plain') },
  { name: 'plain tfjs, cpu', times: [] as number[], subject: await openOurs('cpu', 'plain') },
];
for (const { subject } of subjects) {
  await subject.prepare(shape);
  await subject.step(true);
}
for (let round = 0; round < rounds; round++)
  for (const { subject, times } of subjects) {
    const start = performance.now();
    await subject.step(true);
    times.push(performance.now() - start);
  }
const ours = median(subjects[0]!.times);
console.log(`${shape.name}: ${shape.rows} rows of ${shape.length} tokens, ${rounds} rounds, medians`);
for (const { name, times, subject } of subjects) {
  console.log(
    `${name}: ${median(times).toFixed(1)} ms per step, ${(median(times) / ours).toFixed(1)} times ours`,
  );
  subject.dispose();
}
