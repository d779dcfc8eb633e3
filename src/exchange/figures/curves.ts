import type { LabConfig } from '../../pipeline/lab/config';
import type { Made } from '../../pipeline/lab/lab';
import type { TimedEvent } from '../../pipeline/lab/runner';
import { bytesOfJson } from '../files';
import { csvOf } from './csv';
import { written } from '../lab/schema';

/** What a stage has logged, and what it was made with. */
export interface Curves {
  id: string;
  /** What people read. */
  name: string;
  stage: string;
  made: Made;
  events: readonly TimedEvent[];
}

const COLUMNS = [
  ...(['task', 'size', 'seed', 'id', 'name', 'stage', 'kind'] as const),
  ...(['update', 'updates', 'samples', 'tokens', 'seconds', 'metric', 'value', 'link'] as const),
] as const;

const valuesOf = (event: TimedEvent): [string, number][] =>
  Object.entries(event.type === 'metrics' ? event.metrics : event.evaluation).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );

/**
 * In long form: one row for every stage, update and metric, with seed and, as the link to the page that has it, the whole
 * configuration. `kind` is `metrics` (training) or `evaluation` (held-out prompts).
 */
export const curvesCsv = (
  { task }: LabConfig,
  link: string,
  all: readonly Curves[],
): Uint8Array<ArrayBuffer> =>
  csvOf(
    COLUMNS,
    all.flatMap(({ id, name, stage, made: { size, seed }, events }) =>
      events.flatMap((event) => {
        const { type: kind, update, updates, samples, tokens, seconds } = event;
        const at = {
          task,
          size,
          seed,
          id,
          name,
          stage,
          kind,
          update,
          updates,
          samples,
          tokens,
          seconds,
          link,
        };
        return valuesOf(event).map(([metric, value]) => ({ ...at, metric, value }));
      }),
    ),
  );

/** The same as JSON, with the configuration and the settings of every stage. NaN and infinities are texts. */
export const curvesJson = (
  config: LabConfig,
  link: string,
  all: readonly Curves[],
): Uint8Array<ArrayBuffer> =>
  bytesOfJson({
    ...{ seed: config.seed, link, config },
    stages: all.map(({ id, name, stage, made: { size, seed, settings }, events }) => ({
      ...{ id, name, stage, size, seed, settings },
      rows: events.flatMap((event) => {
        const { type: kind, update, updates, samples, tokens, seconds } = event;
        const at = { kind, update, updates, samples, tokens, seconds };
        return valuesOf(event).map(([metric, value]) => ({ ...at, metric, value: written(value) }));
      }),
    })),
  });
