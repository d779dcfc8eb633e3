import { describe } from 'vitest';
import { createFusedEngine } from '../../../src/engine/fused';
import {
  divergenceSuite,
  emptySuite,
  referenceSuite,
  samplerSuite,
  trainingSuite,
} from '../../support/engines';

describe('fused engine on WASM', () => {
  const open = () => createFusedEngine('wasm');
  referenceSuite(open);
  samplerSuite(open, 400);
  divergenceSuite(open);
  emptySuite(open);
  trainingSuite(open, 50);
});
