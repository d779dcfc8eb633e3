import { z } from 'zod';
import { message, MessageError } from '../../messages';
import { shapeProblems } from '../../messages/shape';
import { claimIds, claimSchema, type Claim } from './claims';
import { buildGraph } from '../lab/graph';
import { configProblems, labConfigSchema, type ConfigProblem, type LabConfig } from '../lab/config';

/**
 * How the demo's figures are best drawn: curves over what happened, bars of headline figures, or headline figures
 * over a setting in which the arms differ.
 */
const chartSchema = z.strictObject({
  kind: z.enum(['curve', 'bars', 'setting']),
  /**
   * Curves: what runs along the axis, a name of an evaluation or `update`. Setting: a setting of the arms
   * (`clusters`), of a trunk stage under them (`preferences.pairs`), or a headline figure (`trainingExamples`).
   */
  x: z.string().min(1).optional(),
  /** Setting: arms that differ in these settings, too, stand on lines of their own. */
  lines: z.array(z.string().min(1)).optional(),
  /** Setting: headline figures below and above `y[0]`, drawn as a band. */
  spread: z.tuple([z.string().min(1), z.string().min(1)]).optional(),
  /** Names of evaluations, metrics or headline figures; `reward.accuracy` is one of a trunk stage under the arm. */
  y: z.array(z.string().min(1)).min(1),
});

export type DemoChart = z.infer<typeof chartSchema>;

/** A demo: one folder in `demos/` with this file as `demo.json`. */
export const demoSchema = z.strictObject({
  title: z.string().min(1),
  summary: z.string().min(1),
  config: labConfigSchema,
  /** What the lecture's papers say, to be checked on this run. */
  claims: z.array(claimSchema).default([]),
  chart: chartSchema.optional(),
  /** What was changed after results had been seen. */
  changed: z.string().min(1).optional(),
});

export interface Demo {
  /** Name of the folder. */
  name: string;
  title: string;
  summary: string;
  config: LabConfig;
  claims: Claim[];
  chart?: DemoChart | undefined;
  changed?: string | undefined;
}

/** Something a person gave is wrong; the message names it. */
export class InputError extends MessageError {
  override readonly name = 'InputError';
}

/** Checks a demo description. Throws an InputError with one line that names the demo and the problem. */
export function parseDemo(name: string, text: string): Demo {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InputError(message('demo.notJson', { demo: name, text: (error as Error).message }));
  }
  const wrong = ({ path, message: problem }: ConfigProblem) =>
    new InputError(message('demo.wrong', { demo: name, path: path || 'demo.json', problem }));
  const [shape] = shapeProblems(demoSchema, json);
  if (shape) throw wrong(shape);
  const description = demoSchema.parse(json);
  const config = description.config as LabConfig;
  const [problem] = configProblems(config);
  if (problem) throw wrong(problem);
  const ids = buildGraph(config).map((node) => node.id);
  for (const claim of description.claims)
    for (const id of claimIds(claim))
      if (!ids.includes(id))
        throw new InputError(message('demo.claim', { demo: name, claim: claim.text, id }));
  return { ...description, name, config };
}
