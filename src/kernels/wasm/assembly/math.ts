import { exp4 } from './exp';
import { log4 } from './log';

/** Elementwise exp and log over `length` floats (a multiple of 4), exported for the accuracy tests. */
export function expAll(x: usize, out: usize, length: i32): void {
  for (let i: usize = 0; i < (<usize>length) << 2; i += 16) v128.store(out + i, exp4(v128.load(x + i)));
}

export function logAll(x: usize, out: usize, length: i32): void {
  for (let i: usize = 0; i < (<usize>length) << 2; i += 16) v128.store(out + i, log4(v128.load(x + i)));
}
