import { expect, it } from 'vitest';
import { csvOf } from '../../../src/exchange/figures/csv';
import { csvRows } from './csv-rows';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

it('a table is written so that every cell comes back', () => {
  const rows = [
    { a: 'plain', b: 0.1 + 0.2 },
    { a: 'a "quoted", cell\r\nof two lines', b: -0 },
    { a: ' spaces ', b: NaN },
    { a: '', b: -1e-300 },
  ];
  const back = csvRows(text(csvOf(['a', 'b'], rows)));
  expect(back.map(({ a, b }) => [a, Number(b)])).toEqual(rows.map(({ a, b }) => [a, b]));
  expect(back[1]!['b']).toBe('-0');
});

it('what is not there is empty, and no text is a formula', () => {
  expect(text(csvOf(['a', 'b'], [{ a: '=1+1' }, { a: null, b: true }]))).toBe("a,b\r\n'=1+1,\r\n,true\r\n");
});
