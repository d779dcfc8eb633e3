/** How much a run of the tests does of what is random: little, unless `ALIGNLET_AMOUNTS` says more. */
export interface Amounts {
  /** Of everything random; the same seed draws the same. */
  seed?: number;
  /** Where fast-check goes on: what it printed for an input that failed, to replay that one. */
  path?: string;
  /** Inputs of each property in tests/fuzz. */
  fuzz?: number;
  /** Kills of a tab, its process or the browser. */
  kills?: number;
  /** Workers that die. */
  deaths?: number;
  /** Devices lost, on each backend. */
  losses?: number;
  /** Full runs with eight arms in one page. */
  soak?: number;
}

const NUMBERS = ['seed', 'fuzz', 'kills', 'deaths', 'losses', 'soak'] as const;

/** Reads `fuzz=100000,seed=5`. Throws a RangeError for what it does not know. */
export function amountsOf(text: string | undefined): Amounts {
  const amounts: Amounts = {};
  for (const part of (text ?? '').split(',').filter(Boolean)) {
    const [name = '', value = ''] = part.split('=');
    const known = NUMBERS.find((one) => one === name);
    if (name === 'path') amounts.path = value;
    else if (known && /^\d+$/.test(value)) amounts[known] = Number(value);
    else throw new RangeError(`ALIGNLET_AMOUNTS: ${part} is not one of path, ${NUMBERS.join(', ')}=number`);
  }
  return amounts;
}

/** The text that `amountsOf` reads. */
export const amountsText = (amounts: Amounts): string =>
  Object.entries(amounts)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${String(value)}`]))
    .join(',');

declare module 'vitest' {
  interface ProvidedContext {
    amounts: Amounts;
  }
}
