import { describe } from 'vitest';
import { createFusedEngine } from '../../../../src/engine/fused';
import { divergenceSuite, referenceSuite, samplerSuite, trainingSuite } from '../../../support/engines';

describe('fused engine on wasm in a browser', () => {
  const open = () => createFusedEngine('wasm');
  referenceSuite(open);
  samplerSuite(open, 200);
  divergenceSuite(open);
  trainingSuite(open, 30);
});
