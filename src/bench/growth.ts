import type { BackendName } from '../engine/types';
import { MODEL_SIZES } from '../model/config';
import { messageOf, type Host } from './host';
import { median, type GrowthPoint } from './results';
import type { OurApi, Run } from './run';
import { flopsPerStep, shape, type Shape } from './workload';

type Size = typeof MODEL_SIZES.tiny;

const BASE: Size = { ...MODEL_SIZES.tiny, nPositions: 128 };
const at = (rows: number, length: number, size: Partial<Size> = {}) =>
  shape('growth', { ...BASE, ...size }, rows, length);

/** A GPU has room for more rows than a processor. */
const axesOf = (backend: BackendName): [GrowthPoint['axis'], number[], (value: number) => Shape][] => [
  ['batch', [8, 16, 32, 64, 128, ...(backend === 'wasm' ? [] : [256, 512])], (n) => at(n, 48)],
  ['context', [16, 32, 64, 128], (n) => at(64, n)],
  ['width', [32, 64, 128, 256], (n) => at(64, 48, { nEmbd: n })],
  ['depth', [1, 2, 4, 8], (n) => at(64, 48, { nLayer: n })],
];
const ARMS = [1, 2, 3, 4];

/** Step time against one dimension at a time, ours and plain tfjs in turn; then several arms at once. */
export async function measureGrowth(run: Run, backend: BackendName): Promise<void> {
  const quick = run.options.rounds <= 2;
  const some = (values: number[]) => (quick ? values.slice(0, 2) : values);
  for (const [axis, values, shapeOf] of axesOf(backend))
    for (const value of some(values)) {
      const of = shapeOf(value);
      if (run.over(`${backend}: ${axis} ${value}`)) return;
      run.say(`${backend}: ${axis} ${value}`);
      for (const contender of ['fused', 'plain'] as const)
        await run.withOurs(contender, backend, of, async (api) => {
          const ms = await medianStep(run, [api]);
          const gflops = flopsPerStep(of) / ms / 1e6;
          run.results.growth.push({ backend, contender, axis, value, ms, gflops });
        });
    }
  for (const arms of some(ARMS)) {
    if (run.over(`${backend}: ${arms} arms`)) return;
    run.say(`${backend}: ${arms} arms at once`);
    const of = at(64, 48);
    const hosts: Host[] = [];
    try {
      for (let i = 0; i < arms; i++) hosts.push(await run.ours('fused', backend, of));
      const ms = await medianStep(
        run,
        hosts.map((h) => h.api),
      );
      const gflops = (arms * flopsPerStep(of)) / ms / 1e6;
      run.results.growth.push({ backend, contender: 'fused', axis: 'arms', value: arms, ms, gflops });
    } catch (error) {
      run.say(`${backend}: ${arms} arms: ${messageOf(error)}`);
    } finally {
      for (const h of hosts) h.kill();
      run.update();
    }
  }
}

/** Median time of a step when all of these train at the same time. */
async function medianStep(run: Run, apis: readonly OurApi[]): Promise<number> {
  const { rounds, patienceMs } = run.options;
  const all = (steps: number) => Promise.all(apis.map((api) => run.answer(api.block(steps))));
  await all(1);
  const probe = await all(1);
  const block = Math.min(20, Math.max(1, Math.round(100 / probe[0]!.ms)));
  const times: number[] = [];
  const begin = performance.now();
  while (times.length < rounds && (times.length < 2 || performance.now() - begin < patienceMs))
    times.push(median((await all(block)).map((t) => t.ms)));
  return median(times);
}
