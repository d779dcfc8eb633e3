import { MessageError } from '../../messages';
import { currentRecording, type CurrentRecording } from '../../pipeline/records/current';
import { recordingSchema } from '../../pipeline/records/recording';
import { invalid } from '../../pipeline/records/stored-run';
import type { DemoEntry } from '../lessons/demos';

// Loaded when somebody asks for the replay, not with the page.
const FILES = import.meta.glob<unknown>('../../../demos/*/recording.json', { import: 'default' });

const fileOf = (demo: string): string => `../../../demos/${demo}/recording.json`;

export const hasRecording = (demo: string): boolean => fileOf(demo) in FILES;

/** The recorded run of a demo. Throws a MessageError where it cannot be read, or where all of the demo has changed. */
export async function loadRecording(demo: DemoEntry): Promise<CurrentRecording> {
  const load = FILES[fileOf(demo.name)];
  if (!load) throw new MessageError({ code: 'recording.none', values: { demo: demo.name } });
  return checkedRecording(await load(), demo);
}

/** The part of a recording that is a run of the demo as it is. */
export function checkedRecording(json: unknown, demo: Pick<DemoEntry, 'config'>): CurrentRecording {
  const read = recordingSchema.safeParse(json);
  if (!read.success) throw invalid(read.error);
  return currentRecording(read.data, demo.config);
}
