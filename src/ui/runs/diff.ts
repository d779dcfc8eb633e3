import { buildGraph } from '../../pipeline/lab/graph';
import type { StageName } from '../../pipeline/stages';
import type { RunRow } from './rows';

/** A setting in which two runs differ; undefined where one of them has no such setting. */
export interface Difference {
  /** Whose it is; absent for what is of the run as a whole. */
  stage?: StageName;
  /** It is of the teacher's trunk. */
  ofTeacher?: true;
  name: string;
  values: [a: unknown, b: unknown];
}

type Compared = Pick<RunRow, 'arm' | 'run'>;

interface Place {
  stage?: StageName;
  ofTeacher?: true;
  name: string;
  value: unknown;
}

/** Everything that a result follows from but its seed, by where it stands. */
function settingsOf({ arm, run: { config } }: Compared): Map<string, Place> {
  const { task, size, start, evaluation } = config;
  const top = { method: arm.stage, task, size: arm.size ?? size, start, evaluation: evaluation.finalPrompts };
  const places = new Map<string, Place>(Object.entries(top).map(([name, value]) => [name, { name, value }]));
  for (const node of buildGraph({ ...config, arms: [arm] }).toReversed()) {
    const ofTeacher = node.id.startsWith('teacher/');
    const { stage } = node;
    for (const [name, value] of Object.entries(node.settings)) {
      const place = { stage, name, value, ...(ofTeacher ? { ofTeacher: true as const } : {}) };
      places.set(`${ofTeacher ? 'teacher/' : ''}${stage}.${name}`, place);
    }
  }
  return places;
}

/** What two runs differ in. Settings of two methods are not compared: each stands by itself, whatever its name. */
export function differences(a: Compared, b: Compared): Difference[] {
  const [left, right] = [settingsOf(a), settingsOf(b)];
  const places = new Map([...left, ...right]);
  return [...places].flatMap(([key, { value: _, ...place }]) => {
    const values: [unknown, unknown] = [left.get(key)?.value, right.get(key)?.value];
    return values[0] === values[1] ? [] : [{ ...place, values }];
  });
}
