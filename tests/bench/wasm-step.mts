/** Times the fused WASM engine. Usage: tsx tests/bench/wasm-step.mts [nano|tiny|small|medium] */
import { createFusedEngine } from '../../src/engine/fused';
import { MODEL_SIZES, type ModelSize } from '../../src/model/config';
import { initialWeights } from '../../src/model/parameters';
import { rngFrom } from '../../src/random/rng';
import { adam, pretrainTerm } from '../support/losses';

const size = (process.argv[2] ?? 'tiny') as ModelSize;
const config = { ...MODEL_SIZES[size], vocabSize: 357 };
const [rows, length, prompt, fresh] = [64, 48, 16, 24];

/** Median milliseconds of several runs after a warm-up. */
async function time(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 25; i++) {
    const start = performance.now();
    await run();
    if (i >= 5) times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

const engine = await createFusedEngine('wasm');
const model = engine.createModel(config, initialWeights(config, rngFrom(1)));
const rng = rngFrom(2);
const ids = Array.from({ length: rows }, () =>
  Array.from({ length }, () => rng.int(3, config.vocabSize - 1)),
);
const term = pretrainTerm(ids);
const prompts = ids.map((row) => row.slice(0, prompt));
const options = { maxNewTokens: fresh, temperature: 1, noiseKey: 1, banned: [2] };

const report = (name: string, ms: number, tokens: number) =>
  console.log(`${name}: ${ms.toFixed(1)} ms, ${Math.round((tokens / ms) * 1000)} tokens/s`);
console.log(`${engine.info.adapter}, ${size}: ${rows} rows of ${length} tokens`);
report('train step', await time(() => model.update([term], adam, true)), rows * (length - 1));
report('evaluate', await time(() => model.evaluate(term.batch, term.want)), rows * (length - 1));
report(`rollout ${prompt}+${fresh}`, await time(() => model.generate(prompts, options)), rows * fresh);
