import type { FileCodes } from './files';
import type { RecordCodes } from './records';

/**
 * Everything the code below the page may have to tell a person, by code, with the values of its sentence. A code
 * says what happened; each language writes the sentence (`en.ts`, `zh.ts`). A new code is a line here and one in
 * each language; a missing sentence does not compile.
 */
export interface Codes extends FileCodes, RecordCodes {
  /** Words of something that is not ours (a browser, a library), in whatever language it speaks. */
  foreign: { text: string };
  /** A model answers every prompt in one way only, so that no two answers can be compared. */
  'answers.alike': { prompts: number };
  /** A stage that learns from comparisons was given none. */
  'pairs.none': object;
  /** None of a teacher's answers ends. */
  'teacher.endless': object;
  /** PPO was asked for more minibatches than an iteration has answers. */
  'ppo.minibatches': { rollouts: number; minibatches: number };
  /** An adaptive KL coefficient multiplies what it has: from 0 it never moves. */
  'ppo.adaptive-kl-from-zero': object;
  /** A loss over completion tokens of sequences that have none. */
  'loss.noTokens': { rows: number };

  /** The script of a worker could not be fetched or does not run. */
  'worker.script': object;
  /** The script of a worker was not there in time. */
  'worker.slow': { seconds: number };
  /** A worker ended without a word: killed for want of memory, for example. */
  'worker.died': object;
  /** An error in a worker that nothing in it has caught. */
  'worker.error': { text: string };
  /** A worker has not answered for so long that it counts as dead. */
  'worker.silent': { minutes: number };
  /** A stage that was stopped did not come to an end; its worker was ended. */
  'worker.stopped': object;
  /** So many workers died one after the other that no other one is started. */
  'worker.gaveUp': { times: number };
  /** The workers were ended on purpose: another backend has taken their place. */
  'worker.replaced': object;
  'engine.notStarted': object;
  'pool.busy': object;

  /** A file could not be fetched at all: no connection, or it broke off. */
  'file.unreachable': { file: string };
  /** The server refused a file. */
  'file.http': { file: string; status: string };
  /** A web page came in place of a file, as hosts send for addresses that they do not know. */
  'file.isPage': { file: string };
  /** A file is there, but cannot be read. */
  'file.damaged': { file: string; text: string };
  /** A file is listed, but is not part of the page. */
  'file.missing': { file: string };
}

export type Code = keyof Codes;

/** A code and its values; plain data, so that it crosses to and from workers. */
export type Message = { [C in Code]: { code: C; values: Codes[C] } }[Code];

/** How the parts of a sentence are called that have names of their own in each language. */
export interface Names {
  stage(name: string): string;
  setting(stage: string, name: string): string;
}

export type Sentences = { [C in Code]: (values: Codes[C], names: Names) => string };
