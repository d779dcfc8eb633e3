import { fetchJson } from '../../checkpoints/fetch-file';
import { buildGraph } from '../../pipeline/lab/graph';
import { recordingSchema, type Recording } from '../../pipeline/records/recording';
import type { DemoEntry } from '../lessons/demos';

// Fetched when somebody asks for the replay, and again when that failed: browsers remember a failed import.
const FILES = import.meta.glob<string>('../../../demos/*/recording.json', {
  query: '?url',
  import: 'default',
  eager: true,
});

const fileOf = (demo: string): string => `../../../demos/${demo}/recording.json`;

export const hasRecording = (demo: string): boolean => fileOf(demo) in FILES;

/** The recorded run of a demo. Throws an Error where it cannot be loaded or read, or where the demo has changed since. */
export async function loadRecording(demo: DemoEntry): Promise<Recording> {
  const url = FILES[fileOf(demo.name)];
  if (!url) throw new Error(`no recording of ${demo.name}`);
  return checkedRecording(await fetchJson(url, `${demo.name}/recording.json`), demo);
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
