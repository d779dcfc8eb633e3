import { message, MessageError } from '../../messages';
import { buildGraph } from '../../pipeline/lab/graph';
import { recordingSchema, type Recording } from '../../pipeline/records/recording';
import type { DemoEntry } from '../lessons/demos';

// Loaded when somebody asks for the replay, not with the page.
const FILES = import.meta.glob<unknown>('../../../demos/*/recording.json', { import: 'default' });

const fileOf = (demo: string): string => `../../../demos/${demo}/recording.json`;

export const hasRecording = (demo: string): boolean => fileOf(demo) in FILES;

/** The recorded run of a demo. Throws an Error where it cannot be loaded or read, or where the demo has changed since. */
export async function loadRecording(demo: DemoEntry): Promise<Recording> {
  const load = FILES[fileOf(demo.name)];
  if (!load) throw new Error(`no recording of ${demo.name}`);
  const json = await load().catch((cause: unknown) => {
    throw new MessageError(message('file.notLoaded', { file: `${demo.name}/recording.json` }), { cause });
  });
  return checkedRecording(json, demo);
}

export function checkedRecording(json: unknown, demo: Pick<DemoEntry, 'config' | 'name'>): Recording {
  const read = recordingSchema.safeParse(json);
  if (!read.success) {
    const issue = read.error.issues[0]!;
    throw new Error(`${issue.path.join('.') || 'recording'}: ${issue.message}`);
  }
  const recording = read.data;
  const { seed, start } = recording.config;
  const keys = new Map(buildGraph({ ...demo.config, seed, start }).map((node) => [node.id, node.key]));
  const other = recording.nodes.find((node) => keys.get(node.id) !== node.key);
  if (other) throw new Error(`recorded with other settings of ${other.id}`);
  return recording;
}
