import { describe } from 'vitest';
import { createFusedEngine } from '../../src/engine/fused';
import type { Engine } from '../../src/engine/types';
import { referenceSuite, samplerSuite, trainingSuite } from '../support/engines';

describe('fused engine on webgpu', () => {
  let engine: Promise<Engine> | null = null;
  const open = () => (engine ??= createFusedEngine('webgpu'));
  referenceSuite(open);
  samplerSuite(open, 100);
  trainingSuite(open, 30);
});
