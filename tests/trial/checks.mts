import type { Amounts } from '../support/amounts';
import { BATTERY } from './battery.mjs';
import type { Check, Part } from './check.mjs';
import { ROWS } from './rows.mjs';

export const CHECKS: readonly Check[] = [...ROWS, ...BATTERY];

/** How much the long form does. */
export const LONG: Readonly<Amounts> = { fuzz: 100_000, kills: 200, deaths: 50, losses: 50, soak: 20 };

/** What a part is told: only its own amount. */
export const amountsFor = (part: Part, wanted: Amounts): Amounts => ({
  ...(wanted.seed === undefined ? {} : { seed: wanted.seed }),
  ...(wanted.path === undefined ? {} : { path: wanted.path }),
  ...(part === 'rows' || wanted[part] === undefined ? {} : { [part]: wanted[part] }),
});
