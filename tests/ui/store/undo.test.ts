import { beforeEach, expect, it } from 'vitest';
import { dismissUndo, remember, undo, useUndo, type UndoStep } from '../../../src/ui/store/undo';

let taken: string[];
const step = (name: string): UndoStep => ({ what: 'arm', name, back: () => void taken.push(name) });

beforeEach(() => {
  taken = [];
  useUndo.setState({ steps: [], offered: false });
});

it('takes back the latest first, once each', () => {
  remember(step('a'));
  remember(step('b'));
  expect(useUndo.getState().offered).toBe(true);
  expect([undo(), undo(), undo()]).toEqual([true, true, false]);
  expect(taken).toEqual(['b', 'a']);
});

it('can still be taken back when the notice is closed', () => {
  remember(step('a'));
  dismissUndo();
  expect(useUndo.getState().offered).toBe(false);
  expect(undo()).toBe(true);
  expect(taken).toEqual(['a']);
});

it('forgets the oldest of very many', () => {
  for (let i = 0; i < 50; i++) remember(step(String(i)));
  while (undo());
  expect(taken).toHaveLength(20);
  expect(taken.at(-1)).toBe('30');
});

it('takes back nothing that would touch a run that is going on', () => {
  remember(step('arm'));
  remember({ ...step('reset'), what: 'reset' });
  expect(undo(true)).toBe(false);
  expect([undo(false), undo(true)]).toEqual([true, true]);
  expect(taken).toEqual(['reset', 'arm']);
});
