import { describe, expect, it } from 'vitest';
import { LinearMemory } from '../../../src/kernels/wasm/memory';

describe('linear memory', () => {
  const open = () => new LinearMemory(new WebAssembly.Memory({ initial: 1 }), 1000);

  it('reuses and joins freed buffers', () => {
    const memory = open();
    const buffers = Array.from({ length: 5 }, () => memory.allocate(1000));
    const last = memory.allocate(8);
    for (const i of [3, 1, 0, 2, 4]) memory.free(buffers[i]!);
    expect(memory.allocate(5000).ptr).toBe(buffers[0]!.ptr);
    expect(() => memory.free(buffers[1]!)).toThrow();
    memory.free(last);
  });

  it('grows, keeps contents and releases temporaries', () => {
    const memory = open();
    const kept = memory.allocate(4);
    memory.floats.set([1, 2, 3, 4], kept.ptr / 4);
    let bytes = 0;
    for (let round = 0; round < 5; round++) {
      memory.frame(() => {
        const a = memory.temporary(300_000);
        const b = memory.temporary(400_000);
        expect(b.ptr).toBeGreaterThanOrEqual(a.ptr + 1_200_000);
        const inner = memory.frame(() => memory.temporary(10).ptr);
        expect(memory.temporary(10).ptr).toBe(inner);
        expect(a.ptr % 64).toBe(0);
      });
      if (round === 1) bytes = memory.bytes;
    }
    expect(memory.bytes).toBe(bytes);
    expect([...memory.floats.subarray(kept.ptr / 4, kept.ptr / 4 + 4)]).toEqual([1, 2, 3, 4]);
    expect(() => memory.temporary(1)).toThrow();
  });

  it('leaves no hole behind where models come between calls and need ever more scratch', () => {
    const pages = new WebAssembly.Memory({ initial: 1 });
    const memory = new LinearMemory(pages, 1000);
    const million = 1 << 20;
    const mark = (ptr: number, length: number, value: number) => {
      for (const end of [0, length - 1]) memory.ints[ptr / 4 + end] = value;
    };
    for (let round = 1; round <= 8; round++) {
      const { ptr, length } = memory.allocate(million); // 4 MB each
      mark(ptr, length, round);
      for (let call = 0; call < 3; call++)
        memory.frame(() => mark(memory.temporary((round + 1) * million).ptr, (round + 1) * million, -1));
      expect([memory.ints[ptr / 4], memory.ints[ptr / 4 + million - 1]]).toEqual([round, round]);
    }
    // 32 MB of models and 36 MB of scratch with its headroom of at most 4 MB
    expect(pages.buffer.byteLength).toBeLessThan(73 << 20);
  });

  it('does not touch the temporaries of a call that is under way', async () => {
    const memory = open();
    await memory.frame(async () => {
      const { ptr } = memory.temporary(1000);
      memory.ints.fill(7, ptr / 4, ptr / 4 + 1000);
      await Promise.resolve();
      const kept = memory.allocate(1000);
      memory.ints.fill(8, kept.ptr / 4, kept.ptr / 4 + 1000);
      expect([memory.ints[ptr / 4], memory.ints[ptr / 4 + 999]]).toEqual([7, 7]);
    });
  });
});
