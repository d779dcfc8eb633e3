import { describe } from 'vitest';
import { createPlainEngine } from '../../../src/engine/plain';
import {
  divergenceSuite,
  emptySuite,
  referenceSuite,
  samplerSuite,
  trainingSuite,
} from '../../support/engines';

describe.each(['cpu', 'wasm'] as const)('plain engine on %s', (backend) => {
  const open = () => createPlainEngine(backend);
  referenceSuite(open);
  samplerSuite(open, 200);
  divergenceSuite(open);
  emptySuite(open);
  trainingSuite(open, 50);
});
