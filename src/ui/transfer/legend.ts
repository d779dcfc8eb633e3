import { useLab } from '../store/useLab';
import { armStyle, isHollow } from '../theme/palette';
import type { LegendEntry } from './picture';

/** Every arm that has a line, in its colour on white. */
export const armLegend = (): LegendEntry[] =>
  useLab.getState().series.map(({ name, style }) => ({
    name,
    colour: armStyle(style).light,
    ...(isHollow(style) ? { dashes: '6 3' } : {}),
  }));
