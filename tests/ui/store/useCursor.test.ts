import { beforeEach, expect, it } from 'vitest';
import {
  cursorOn,
  hold,
  litArm,
  nearest,
  onlyArm,
  onlyWithin,
  pin,
  release,
  setCursor,
  useCursor,
} from '../../../src/ui/store/useCursor';

beforeEach(() => useCursor.setState(useCursor.getInitialState(), true));
const state = () => useCursor.getState();

it('stands where the pointer is, else where it was put, on its own axis only', () => {
  expect(cursorOn('update', state())).toBeUndefined();
  pin({ axis: 'update', x: 15 });
  setCursor({ hovered: { axis: 'update', x: 3 } });
  expect(cursorOn('update', state())).toBe(3);
  setCursor({ hovered: null });
  expect(cursorOn('update', state())).toBe(15);
  expect(cursorOn('seconds', state())).toBeUndefined();
  pin({ axis: 'update', x: 15 });
  expect(cursorOn('update', state())).toBeUndefined();
  pin({ axis: 'update', x: 15 });
  release();
  expect(cursorOn('update', state())).toBeUndefined();
});

it('singles one arm out, lets go at the second press, and hides the others if asked', () => {
  hold('ppo');
  expect([litArm(state()), onlyArm(state())]).toEqual(['ppo', null]);
  setCursor({ pointed: 'dpo' });
  expect(litArm(state())).toBe('dpo');
  setCursor({ pointed: null, others: 'hidden' });
  expect(onlyArm(state())).toBe('ppo');
  hold('ppo');
  expect([litArm(state()), onlyArm(state())]).toEqual([null, null]);
});

it('finds what was measured nearest, the earlier of two', () => {
  expect(nearest([0, 10, 20], 5, (x) => x)).toBe(0);
  expect(nearest([0, 10, 20], 6, (x) => x)).toBe(10);
  expect(nearest([], 6, (x: number) => x)).toBeUndefined();
  expect(onlyWithin([{ points: [1, 2, 3] }, { points: [5] }], (x: number) => x, 2)).toEqual([
    { points: [1, 2] },
  ]);
});
