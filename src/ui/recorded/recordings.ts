import { fetchJson } from '../../checkpoints/fetch-file';
import { MessageError } from '../../messages';
import { checkedShape } from '../../messages/shape';
import { currentRecording, type CurrentRecording } from '../../pipeline/records/current';
import { recordingSchema } from '../../pipeline/records/recording';
import type { DemoEntry } from '../lessons/demos';

// Fetched when somebody asks for the replay, and again when that failed: browsers remember a failed import.
const FILES = import.meta.glob<string>('../../../demos/*/recording.json', {
  query: '?url',
  import: 'default',
  eager: true,
});

const fileOf = (demo: string): string => `../../../demos/${demo}/recording.json`;

export const hasRecording = (demo: string): boolean => fileOf(demo) in FILES;

/**
 * The recorded run of a demo. Throws a MessageError where it cannot be loaded or read, or where all of the demo has
 * changed.
 */
export async function loadRecording(demo: DemoEntry): Promise<CurrentRecording> {
  const url = FILES[fileOf(demo.name)];
  if (!url) throw new MessageError({ code: 'recording.none', values: { demo: demo.name } });
  return checkedRecording(await fetchJson(url, `${demo.name}/recording.json`), demo);
}

/** The part of a recording that is a run of the demo as it is. */
export function checkedRecording(json: unknown, demo: Pick<DemoEntry, 'config'>): CurrentRecording {
  return currentRecording(checkedShape(recordingSchema, json), demo.config);
}
