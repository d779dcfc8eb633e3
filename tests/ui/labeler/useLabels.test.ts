import { expect, it, vi } from 'vitest';
import type { Question } from '../../../src/pipeline/data/labels';
import { freshStore } from '../../storage/support';

const question = (noun: string): Question => ({
  comparison: { task: 'review', prompt: ['review:', noun], first: ['bad'], second: ['good'] },
  repeat: 0,
  left: 'first',
});

/** A visit to the page, in an empty browser or (`again`) in the same. */
async function visit(again = false) {
  if (!again) freshStore();
  vi.resetModules();
  const labels = await import('../../../src/ui/labeler/useLabels');
  await labels.loadLabels();
  return { ...labels, ...(await import('../../../src/ui/store/undo')) };
}

/** What was said, by the word that the prompt ends with. */
const said = ({ useLabels }: Awaited<ReturnType<typeof visit>>) =>
  Object.fromEntries(useLabels.getState().labels.map(({ prompt, choice }) => [prompt.at(-1), choice]));

it('labels are there at the next visit, and who gave them', async () => {
  const first = await visit();
  first.beLabeler('ada');
  first.say(question('movie'), 'first');
  first.say(question('film'), 'tie');
  await first.loadLabels();
  const later = await visit(true);
  expect(said(later)).toEqual({ movie: 'first', film: 'tie' });
  expect(later.useLabels.getState().who).toBe('ada');
});

it('what is taken back and said again at once is kept as it was said last', async () => {
  const page = await visit();
  page.beLabeler('ada');
  page.say(question('movie'), 'first');
  page.takeBack('review');
  page.say(question('movie'), 'second');
  page.say(question('film'), 'first');
  page.takeBack('review');
  page.takeBack('chat'); // nothing was said of that
  await page.loadLabels();
  expect(said(page)).toEqual({ movie: 'second' });
  expect(said(await visit(true))).toEqual({ movie: 'second' });
});

it('one’s own last label is taken back, not that of another person', async () => {
  const page = await visit();
  page.beLabeler('ada');
  page.say(question('movie'), 'first');
  page.beLabeler('bob');
  page.say(question('film'), 'first');
  page.beLabeler('ada');
  page.takeBack('review');
  expect(said(page)).toEqual({ film: 'first' });
});

it('labels of a person are deleted, and come back by undo', async () => {
  const page = await visit();
  page.beLabeler('ada');
  page.say(question('movie'), 'first');
  page.takeIn([{ ...question('film').comparison, choice: 'tie', who: 'bob', when: 1, repeat: 0 }]);
  page.removePerson('ada', 'Labels of ada');
  await page.loadLabels();
  expect(said(page)).toEqual({ film: 'tie' });
  expect(page.undo()).toBe(true);
  await page.loadLabels();
  expect(said(page)).toEqual({ film: 'tie', movie: 'first' });
});
