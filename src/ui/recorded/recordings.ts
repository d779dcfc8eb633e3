import { buildGraph } from '../../pipeline/lab/graph';
import { message, MessageError } from '../../messages';
import { shapeProblems } from '../../messages/shape';
import { recordingSchema, type Recording } from '../../pipeline/records/recording';
import type { DemoEntry } from '../lessons/demos';

// Loaded when somebody asks for the replay, not with the page.
const FILES = import.meta.glob<unknown>('../../../demos/*/recording.json', { import: 'default' });

const fileOf = (demo: string): string => `../../../demos/${demo}/recording.json`;

export const hasRecording = (demo: string): boolean => fileOf(demo) in FILES;

/** The recorded run of a demo. Throws a MessageError where it cannot be read, or where the demo has changed since. */
export async function loadRecording(demo: DemoEntry): Promise<Recording> {
  const load = FILES[fileOf(demo.name)];
  if (!load) throw new MessageError(message('recording.none', { demo: demo.name }));
  return checkedRecording(await load(), demo);
}

export function checkedRecording(json: unknown, demo: Pick<DemoEntry, 'config' | 'name'>): Recording {
  const [wrong] = shapeProblems(recordingSchema, json);
  if (wrong)
    throw new MessageError(message('at', { path: wrong.path || 'recording.json', problem: wrong.message }));
  const recording = recordingSchema.parse(json);
  const { seed, start } = recording.config;
  const keys = new Map(buildGraph({ ...demo.config, seed, start }).map((node) => [node.id, node.key]));
  const other = recording.nodes.find((node) => keys.get(node.id) !== node.key);
  if (other) throw new MessageError(message('recording.other', { id: other.id }));
  return recording;
}
