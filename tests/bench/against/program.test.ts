import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runNode, total } from './program.mjs';
import { Scope } from './scope.mjs';

it('adds up the processor time of all processes', () => {
  expect(total('1500000\n250000\n')).toBe(1.75);
  expect(total('')).toBe(0);
});

it('counts the work of a child of the child, and leaves no file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'program-'));
  try {
    const work = 'const end = process.cpuUsage().user + 3e5; while (process.cpuUsage().user < end);';
    const parent = `require('node:child_process').execFileSync(process.execPath, ['-e', ${JSON.stringify(work)}])`;
    const { cpu, wall } = await runNode(new Scope(), folder, ['-e', parent]);
    expect(cpu).toBeGreaterThan(0.3);
    expect(wall).toBeGreaterThan(0);
    expect(readdirSync(folder)).toEqual([]);
    await expect(
      runNode(new Scope(), folder, ['-e', 'console.error("why"); process.exit(3)']),
    ).rejects.toThrow(/exit 3: why/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
