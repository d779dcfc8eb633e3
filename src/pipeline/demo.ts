import { z } from 'zod';
import { configProblems, labConfigSchema, type LabConfig } from './lab-config';

/** A demo: one folder in `demos/` with this file as `demo.json`. */
export const demoSchema = z.strictObject({
  title: z.string().min(1),
  summary: z.string().min(1),
  config: labConfigSchema,
});

export interface Demo {
  /** Name of the folder. */
  name: string;
  title: string;
  summary: string;
  config: LabConfig;
}

/** Something a person gave is wrong; the message is one line that names it. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** Checks a demo description. Throws an InputError with one line that names the demo and the problem. */
export function parseDemo(name: string, text: string): Demo {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InputError(`demo ${name}: not valid JSON (${(error as Error).message})`);
  }
  const parsed = demoSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new InputError(`demo ${name}: ${issue.path.join('.') || 'description'}: ${issue.message}`);
  }
  const config = parsed.data.config as LabConfig;
  const problem = configProblems(config)[0];
  if (problem) throw new InputError(`demo ${name}: ${problem.path}: ${problem.message}`);
  return { ...parsed.data, name, config };
}
