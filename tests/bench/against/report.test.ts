import { expect, it } from 'vitest';
import { againstText } from './report.mjs';
import { rowOf, type PartResult } from './results.mjs';

const pairs = [
  { base: { s: 4 }, ours: { s: 2 } },
  { base: { s: 6 }, ours: { s: 2 } },
];
const result = (part: PartResult['part'], rows: PartResult['rows']): PartResult => ({
  ...{
    part,
    title: `Part ${part}`,
    what: 'What was done.',
    size: 'part',
    rounds: 2,
    rows,
    notes: ['A note.'],
  },
  ...{ commits: { base: 'af47fcf', ours: 'abcdef1-dirty' }, date: '2026-01-02T03:04:05.000Z', minutes: 1.5 },
  ...{ processor: 'a processor', threads: 2, node: 'v20', loadBefore: 0, loadAfter: 1 },
});

it('says what was measured, the range, the target and whether it holds', () => {
  const figure = { name: 's', label: 'seconds', unit: 's' };
  const text = againstText([
    result('start', [rowOf({ ...figure, as: 'value', target: { atMost: 1 } }, pairs)]),
    result('lab', [
      rowOf({ ...figure, as: 'faster', target: { atLeast: 1.6 } }, pairs),
      rowOf({ ...figure, name: 'none', as: 'share', target: { atMost: 0.5 } }, pairs),
    ]),
  ]);
  expect(text).toContain(
    '| seconds, s | 5.00 (4.00–6.00) | 2.00 (2.00–2.00) | 2.50 (2.00–3.00)× faster | at least 1.60× | yes |',
  );
  expect(text).toContain('| seconds, s | – | – |  | at most 0.50 | not measured |');
  expect(text).toContain('| at most 1.00 | **no** |');
  expect(text).toContain('base (af47fcf)');
  expect(text.indexOf('Part lab')).toBeLessThan(text.indexOf('Part start'));
  expect(againstText([])).toBe('');
});
