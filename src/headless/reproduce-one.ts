import type { Engine } from '../engine/types';
import type { Demo } from '../pipeline/records/demo';
import type { Recording, StoredRun } from '../pipeline/records/recording';
import { recordingAfter, storedAfter } from './merge';
import { armsToRun, type Existing } from './plan';
import { runConfig } from './run';
import { readRecording, readRun, RECORDED_SEED } from './stored-files';

/** What is there of a (demo, seed), and what is to be done. */
export async function existing(
  folder: string,
  demo: Demo,
  seed: number,
  complain: (problem: string) => void,
): Promise<Existing & { todo: string[] }> {
  const run = await readRun(folder, demo.name, seed, complain);
  const recording = seed === RECORDED_SEED ? await readRecording(folder, demo.name, complain) : null;
  return { run, recording, todo: armsToRun(demo.config, { run, recording }) };
}

/** Runs what is missing or outdated, trunk live from the shipped base, and puts it together with what is there. */
export async function reproduceOne(
  demo: Demo,
  seed: number,
  before: Existing,
  engine: Engine,
): Promise<{ run: StoredRun; recording: Recording }> {
  const config = { ...demo.config, seed, start: 'base' as const };
  const fresh = await runConfig(demo.name, config, engine, false, armsToRun(demo.config, before));
  const run = storedAfter(config, fresh, before.run);
  return {
    run,
    recording: recordingAfter(config, fresh, run.summary.seconds, before.recording ?? undefined),
  };
}
