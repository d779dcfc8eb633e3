import { visit } from 'jsonc-parser';
import { CheckpointError } from './checkpoint-error';

/**
 * JSON of which nothing is lost. `JSON.parse` lets the last of two equal names win, and other readers might take
 * the first; a name `__proto__` gets lost as soon as somebody copies the object. Throws a CheckpointError that
 * tells the name for these, and a SyntaxError for what is no JSON.
 */
export function parseStrict(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const open: Set<string>[] = [];
  visit(text, {
    onObjectBegin: () => void open.push(new Set()),
    onObjectEnd: () => void open.pop(),
    onObjectProperty: (name) => {
      const names = open.at(-1)!;
      if (names.has(name)) throw new CheckpointError({ code: 'file.twice', values: { name } });
      if (name === '__proto__') throw new CheckpointError({ code: 'file.reserved', values: { name } });
      names.add(name);
    },
  });
  return value;
}
