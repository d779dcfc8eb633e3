import { csvOf } from './csv';

/** A figure of a stage in this run and over recorded seeds. */
export interface ResultRow {
  id: string;
  name: string;
  stage: string;
  seed?: number | undefined;
  figure: string;
  value?: number | undefined;
  /** Over the recorded seeds of a lesson. */
  recordedMean?: number | undefined;
  /** Half of the 95 % interval of that mean. */
  recordedHalfWidth?: number | undefined;
  recordedRuns?: number | undefined;
}

const COLUMNS = [
  ...(['id', 'name', 'stage', 'seed', 'figure', 'value'] as const),
  ...(['recordedMean', 'recordedHalfWidth', 'recordedRuns'] as const),
] as const;

/** In long form: one row for every stage and figure. */
export const resultsCsv = (rows: readonly ResultRow[]): Uint8Array<ArrayBuffer> => csvOf(COLUMNS, rows);
