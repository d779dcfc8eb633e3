import { OUR_TWIN, type Contender } from '../../../src/bench/contenders';

const jax = () => new Worker(new URL('../peers/jax.worker.mjs', import.meta.url), { type: 'module' });
const gptTfjs = () =>
  new Worker(new URL('../peers/gpt-tfjs.worker.mjs', import.meta.url), { type: 'module' });
const nanogpt = () => new Worker(new URL('../peers/nanogpt.worker.mjs', import.meta.url), { type: 'module' });

/** jax-js trains our own architecture from our own weights, so that our cpu twin is its twin too. */
export const PEERS: readonly Contender[] = [
  {
    id: 'gpt-tfjs',
    label: 'gpt-tfjs 0.0.5',
    spawn: gptTfjs,
    twin: { id: 'gpt-tfjs', spawn: gptTfjs },
  },
  {
    id: 'nanogpt',
    label: '@genai-fi/nanogpt 1.3.0',
    spawn: nanogpt,
    lacks: { wasm: 'it has no WebAssembly backend (cpu, webgl and webgpu only)' },
    // on the cpu it computes something else from the first forward pass on; its GPU backends agree with each other
    twin: { id: 'nanogpt', spawn: nanogpt, on: { webgl: 'webgpu', webgpu: 'webgl' } },
  },
  { id: 'jax', label: '@jax-js/jax 0.1.25', spawn: jax, twin: OUR_TWIN },
  {
    id: 'jax-threads',
    label: '@jax-js/jax 0.1.25, all threads',
    variant: 'threads',
    spawn: jax,
    lacks: { webgl: 'threads only matter on WebAssembly', webgpu: 'threads only matter on WebAssembly' },
    twin: OUR_TWIN,
  },
];
