import { figureInfo } from '../pipeline/stages/traits';

/** As a figure stands in the tables of the command line: one digit more than on the page, no sign for what is positive. */
export function plainFigure(name: string, value: number | undefined): string {
  if (value === undefined) return '';
  const { kind, digits } = figureInfo(name);
  return kind === 'share' ? `${(100 * value).toFixed(digits + 1)} %` : value.toFixed(digits + 1);
}

/** Mean ± standard deviation in the same way. */
export function plainSpread(name: string, mean: number, deviation: number): string {
  const [middle, width] = [plainFigure(name, mean), plainFigure(name, deviation)];
  return middle.endsWith(' %') ? `${middle.slice(0, -2)} ± ${width}` : `${middle} ± ${width}`;
}
