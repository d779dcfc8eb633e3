import { describe } from 'vitest';
import { nanSuite } from '../../../support/nan-battery';

describe.each(['webgl', 'webgpu', 'wasm'] as const)('losses on %s', nanSuite);
