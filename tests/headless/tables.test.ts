import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadDemo } from '../../src/headless/demos';
import { report } from '../../src/headless/report';
import { seedsTable, summaryTable } from '../../src/headless/tables';
import { storedKeyOf, storedKeysOf, type StoredRun } from '../../src/pipeline/records/recording';

const demo = await loadDemo('zephyr');
const file = new URL('../../demos/zephyr/results/seed-1.json', import.meta.url);
const run = JSON.parse(await readFile(file, 'utf8')) as StoredRun;
const { summary } = run;
/** As if made by the code as it is now. */
const keys = storedKeysOf(demo.config);
const current: StoredRun = { ...run, keys, key: storedKeyOf(keys) };

/** First column of each table by the words of its head that name the opponent. */
function arms(text: string): Record<string, string[]> {
  const lists: Record<string, string[]> = {};
  let list: string[] = [];
  for (const line of text.split('\n')) {
    const cells = line.split('│').map((cell) => cell.trim());
    if (cells[1] === 'arm') lists[cells.find((c) => c.startsWith('win rate')) ?? ''] = list = [];
    else if (cells[1]) list.push(cells[1]);
  }
  return lists;
}

describe('tables of arms that start from different models', () => {
  const expected = {
    'win rate vs the teacher’s student': ['ddpo', 'chosen', 'own-answers'],
    'win rate vs the base model': ['no-dsft'],
    '': ['dsft'],
  };

  it('are one for each opponent, after a run and over seeds', () => {
    expect(arms(summaryTable(summary))).toEqual(expected);
    expect(arms(seedsTable([summary, { ...summary, seed: 2 }]))).toEqual(expected);
  });

  it('mark the others in RESULTS, and give no figure against itself', () => {
    const rows = report([{ demo, stored: [current] }]).split('\n');
    const cells = (name: string) =>
      rows
        .find((row) => row.startsWith(`| ${name} |`))!
        .split('|')
        .map((cell) => cell.trim());
    const head = cells('arm');
    const winRate = head.indexOf('win rate');
    expect(cells('dSFT')[winRate]).toBe('–');
    expect(cells('dSFT + dDPO')[winRate]).toMatch(/^0\.\d\d$/);
    expect(cells('dDPO without dSFT')[winRate]).toMatch(/^0\.\d\d†$/);
    expect(cells('dDPO without dSFT')[head.indexOf('gold reward')]).not.toContain('†');
    expect(rows).toContain('KL and win rates are against the teacher’s student; † against the base model.');
  });
});
