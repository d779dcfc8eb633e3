import { describe } from 'vitest';
import { nanSuite } from '../../support/nan-battery';

describe.each(['cpu', 'wasm'] as const)('losses on %s', nanSuite);
