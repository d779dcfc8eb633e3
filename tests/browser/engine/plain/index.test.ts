import { describe } from 'vitest';
import { createPlainEngine } from '../../../../src/engine/plain';
import type { BackendName, Engine } from '../../../../src/engine/types';
import { divergenceSuite, referenceSuite, samplerSuite, trainingSuite } from '../../../support/engines';

/** GPUs are emulated here: few steps, few rows. */
const BACKENDS: { backend: BackendName; rows: number; steps: number }[] = [
  { backend: 'wasm', rows: 200, steps: 30 },
  { backend: 'webgl', rows: 32, steps: 25 },
  { backend: 'webgpu', rows: 32, steps: 10 },
];

describe.each(BACKENDS)('plain engine on $backend in a browser', ({ backend, rows, steps }) => {
  let engine: Promise<Engine> | null = null;
  const open = () => (engine ??= createPlainEngine(backend));
  referenceSuite(open);
  samplerSuite(open, rows);
  divergenceSuite(open);
  trainingSuite(open, steps);
});
