import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** Rooms with words of their own: the page's catalogues, the command line and the build (English), the benchmark. */
const OWN_WORDS = ['messages', 'headless', 'build', 'bench', 'ui/bench'];

/** Mistakes of ours that no person can bring about. */
const PROGRAMMING_ERRORS = ['RangeError', 'TypeError'];

/** Errors that the code itself answers: a stage whose checkpoint does not fit begins again, and has a message for that. */
const ANSWERED = ['OtherStageError'];

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !file.includes('assembly'))
  .filter((file) => !OWN_WORDS.some((room) => file.startsWith(`${room}/`)));

/** Every `new SomethingError('a sentence …')` of a file, as class and line. */
function spoken(file: string): { name: string; at: string }[] {
  const path = join(SRC, file);
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: { name: string; at: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && /Error$/.test(node.expression.getText(source))) {
      const [first] = node.arguments ?? [];
      if (first && (ts.isStringLiteralLike(first) || ts.isTemplateExpression(first))) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
        found.push({ name: node.expression.getText(source), at: `${relative(SRC, path)}:${line + 1}` });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

it('no error that can reach a person speaks English of its own: it has a message', () => {
  expect(files.length).toBeGreaterThan(200);
  const words = files.flatMap(spoken);
  expect(words.some(({ name }) => name === 'RangeError')).toBe(true); // the scan sees them
  expect(words.filter(({ name }) => ![...PROGRAMMING_ERRORS, ...ANSWERED].includes(name))).toEqual([]);
});
