import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  checkCase,
  compare,
  EVALUATORS,
  fileProblems,
  loadReferenceFiles,
  type ReferenceFile,
} from './support/reference';

const OWN = join(import.meta.dirname, 'reference');
const FOLDER = resolve(process.env['REFERENCE_DIR'] ?? OWN);

describe(`published formulas, ${FOLDER}`, () => {
  const files = loadReferenceFiles(FOLDER);

  describe.each(files)('%s', (_, file) => {
    it('is understood as a whole', () => expect(fileProblems(file)).toEqual([]));

    it.each((file.cases ?? []).map((c) => [c.name, c] as const))('%s', async (_, given) => {
      const { problems, figures } = await checkCase(file, given);
      expect(problems.slice(0, 20)).toEqual([]);
      expect(figures).toBeGreaterThan(0);
    });
  });
});

describe('the check itself', () => {
  const own = (name: string) => JSON.parse(readFileSync(join(OWN, name), 'utf8')) as ReferenceFile;
  const gae = own('gae.json');
  const first = gae.cases[0]!;
  let folder = '';
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'reference-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has a file of its own for every function it knows', () => {
    expect(loadReferenceFiles(OWN).map(([, file]) => file.function).sort()).toEqual(Object.keys(EVALUATORS).sort()); // prettier-ignore
  });

  it('refuses an empty folder, a missing folder and files it cannot read', () => {
    expect(() => loadReferenceFiles(folder)).toThrow('no reference file');
    expect(() => loadReferenceFiles(join(folder, 'nowhere'))).toThrow();
    writeFileSync(join(folder, 'notes.txt'), '');
    expect(() => loadReferenceFiles(folder)).toThrow('not a reference file');
  });

  it('refuses a function it does not know', async () => {
    const file = { ...gae, function: 'toString' };
    expect(fileProblems(file)).toEqual(['unknown function "toString"']);
    expect((await checkCase({ ...gae, function: 'grpo_loss' }, first)).problems).toEqual([
      'unknown function "grpo_loss"',
    ]);
  });

  it('refuses files without cases, without a tolerance and with fields it does not know', () => {
    expect(fileProblems({ ...gae, cases: [] })).toEqual(['no cases']);
    expect(fileProblems({ ...gae, tolerance: 0 })).toEqual(['no usable tolerance: 0']);
    expect(fileProblems({ ...gae, units: 'nats' } as ReferenceFile)).toEqual(['unknown field "units"']);
  });

  it('refuses an input it does not use and a result it does not compute', async () => {
    const input = await checkCase(gae, { ...first, inputs: { ...first.inputs, whiten: true } });
    expect(input.problems).toEqual(['the input "whiten" is not used']);
    const output = await checkCase(gae, { ...first, expected: { ...first.expected, variance: 1 } });
    expect(output.problems).toEqual(['generalizedAdvantages does not answer "variance"']);
    const nothing = await checkCase(gae, { ...first, expected: {} });
    expect(nothing.problems).toEqual(['nothing is expected']);
    const variant = own('dpo_loss.json');
    const unknown = { ...variant.cases[0]!, inputs: { ...variant.cases[0]!.inputs, variant: 'kto' } };
    expect((await checkCase(variant, unknown)).problems).toEqual(['the variant "kto" is not known']);
    const wilson = own('wilson_interval.json');
    const wider = { ...wilson.cases[0]!, inputs: { ...wilson.cases[0]!.inputs, confidence: 0.99 } };
    expect((await checkCase(wilson, wider)).problems).toEqual(['the input "confidence" is not 0.95']);
  });

  /** Every single number of a case, moved by ten tolerances, must be noticed. */
  it.each(['gae.json', 'ppo_policy_loss.json', 'dpo_loss.json', 'adamw.json'])(
    'notices any figure of %s that is a little off',
    async (name) => {
      const file = own(name);
      const given = file.cases[0]!;
      const paths = numberPaths(given.expected);
      expect(paths.length).toBeGreaterThan(4);
      for (const path of paths) {
        const expected = structuredClone(given.expected);
        move(expected, path, 10 * file.tolerance);
        const { problems } = await checkCase(file, { ...given, expected });
        expect(problems.length, path.join('.')).toBeGreaterThan(0);
      }
    },
  );

  it('notices figures that are missing, too many, not numbers or small but wrong', () => {
    const differs = (actual: unknown, expected: unknown) =>
      compare(actual as never, expected as never, 1e-5, 'x').problems.length > 0;
    expect(differs([1, 2], [1, 2])).toBe(false);
    expect(differs([1], [1, 2])).toBe(true);
    expect(differs([1, 2, 3], [1, 2])).toBe(true);
    expect(differs([[1, 2], [3]], [[1], [2, 3]])).toBe(true);
    expect(differs(undefined, 0)).toBe(true);
    expect(differs(NaN, 1)).toBe(true);
    expect(differs([NaN], [NaN])).toBe(true);
    expect(differs(Infinity, 1)).toBe(true);
    expect(differs(null, 0)).toBe(true);
    expect(differs([2e-6, 1e-6], [1e-6, 1e-6])).toBe(true);
    expect(differs(100.0005, 100)).toBe(false);
  });
});

type Path = string[];

const numberPaths = (value: unknown): Path[] =>
  typeof value === 'number'
    ? [[]]
    : Object.entries(value as object).flatMap(([name, part]) =>
        numberPaths(part).map((rest) => [name, ...rest]),
      );

function move(value: unknown, [name, ...rest]: Path, by: number): void {
  const holder = value as Record<string, unknown>;
  if (rest.length > 0) return move(holder[name!], rest, by);
  holder[name!] = (holder[name!] as number) + by * Math.max(1, Math.abs(holder[name!] as number));
}
