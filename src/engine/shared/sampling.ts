import type { GenerateOptions } from '../types';

/** A lower temperature is greedy: logits divided by it could leave float32, where no token can be told from another. */
const COLDEST = 1e-6;

/** The temperature that a sampler divides by; 0 is greedy. */
export const samplingTemperature = (temperature: number): number => (temperature < COLDEST ? 0 : temperature);

/** Coordinate of a row in the field of noise. */
export const noiseRow = ({ firstRow = 0, noiseRows }: GenerateOptions, row: number): number =>
  noiseRows ? noiseRows[row]! : firstRow + row;
