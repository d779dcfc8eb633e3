import { InvalidArgumentError } from 'commander';
import { wholeNumber } from './usage';

const LARGEST = 0xffffffff;
const MOST_SEEDS = 1000;

export function seed(text: string): number {
  const value = wholeNumber(text, 0, LARGEST);
  if (value === undefined) throw new InvalidArgumentError(`must be a whole number between 0 and ${LARGEST}.`);
  return value;
}

/** `1-5` or `1,2,7` as a list of seeds, each of them once. */
export function seedList(text: string): number[] {
  const range = /^(\d+)-(\d+)$/.exec(text);
  const seeds = range ? between(seed(range[1]!), seed(range[2]!)) : text.split(',').map(seed);
  const twice = seeds.find((value, i) => seeds.indexOf(value) !== i);
  if (twice !== undefined) throw new InvalidArgumentError(`has seed ${twice} twice.`);
  return seeds;
}

function between(first: number, last: number): number[] {
  if (last < first || last - first >= MOST_SEEDS)
    throw new InvalidArgumentError(`must be like 1-5, first below last, at most ${MOST_SEEDS} seeds.`);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
