/**
 * The page's default run (PPO and DPO from the shipped review trunk) with our fused WebAssembly engine beside plain
 * tfjs on WebAssembly, in Node, arms one after the other, the engines in turn.
 * Usage: tsx tests/bench/default-run.mts [rounds] [share of the updates and measurements, 1 for all]
 */
import { nodeShippedResults } from '../../src/checkpoints/node';
import { createEngine } from '../../src/engine/create';
import { localExecutor } from '../../src/headless/local-executor';
import { Lab } from '../../src/pipeline/lab/lab';
import { defaultLabConfig } from '../../src/pipeline/lab/config';

const rounds = Number(process.argv[2] ?? 1);
const share = Number(process.argv[3] ?? 1);
const whole = defaultLabConfig();
const config = {
  ...whole,
  evaluation: { ...whole.evaluation, times: Math.ceil(12 * share) },
  arms: whole.arms.map((arm) => ({
    ...arm,
    settings: arm.stage === 'ppo' ? { iterations: Math.ceil(60 * share) } : { steps: Math.ceil(120 * share) },
  })),
};
for (let round = 0; round < rounds; round++) {
  const seconds: Record<string, number> = {};
  for (const kind of ['fused', 'plain'] as const) {
    const { engine } = await createEngine('wasm', kind);
    const lab = new Lab(config, localExecutor(engine), nodeShippedResults);
    const began = performance.now();
    await lab.run();
    seconds[kind] = (performance.now() - began) / 1000;
    const arms = lab.nodes().filter((n) => n.node.stage === 'ppo' || n.node.stage === 'dpo');
    console.log(
      `${kind}: ${seconds[kind].toFixed(1)} s; ` +
        arms.map((a) => `${a.node.id} gold ${a.run!.result!.summary['gold']!.toFixed(3)}`).join(', '),
    );
    engine.dispose();
  }
  console.log(`ratio ${(seconds['plain']! / seconds['fused']!).toFixed(2)}`);
}
