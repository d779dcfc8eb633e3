import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Reporter, TestCase } from 'vitest/node';
import type { TestRecord } from './judge.mjs';

const TOP = fileURLToPath(new URL('../..', import.meta.url));

/** Hears from vitest what became of every test. */
export class Collector implements Reporter {
  readonly records: TestRecord[] = [];

  onTestCaseResult(test: TestCase): void {
    const { state, errors = [] } = test.result();
    const { noted = {} } = test.meta();
    this.records.push({
      file: relative(TOP, test.module.moduleId).replaceAll('\\', '/'),
      name: test.fullName.replaceAll(' > ', ' '),
      state,
      errors: errors.map(({ message }) => message),
      noted,
    });
  }
}
