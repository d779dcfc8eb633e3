import { describe, expect, it } from 'vitest';
import { createEngine } from '../../../src/engine/create';

describe('choosing an engine', () => {
  it('never prefers a software GPU to WebAssembly, and says why', async () => {
    const { engine, considered } = await createEngine('auto');
    expect(engine.info.backend).toBe('wasm');
    const reasons = Object.fromEntries(considered.map((c) => [c.backend, c.reason.code]));
    expect(reasons['webgl']).toBe('engine.software');
    expect(reasons['webgpu']).toBe('engine.software');
    expect(reasons['wasm']).toBe('engine.only');
    engine.dispose();
  });
});
