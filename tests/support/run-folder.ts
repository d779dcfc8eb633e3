import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder that lasts for one run of the tests; none while the tests watch the code change. */
    runFolder: string | undefined;
  }
}

/** Lets test files of one run share what takes long to make. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (project.config.watch) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'alignlet-tests-'));
  project.provide('runFolder', folder);
  return () => rm(folder, { recursive: true });
}
