import type { ExchangeCodes } from './exchange';
import type { FileCodes } from './files';
import type { GoldCodes } from './gold';
import type { OwnCodes } from './own';
import type { OwnRowCodes } from './own-rows';
import type { RecordCodes } from './records';
import type { RuleCodes } from './rules';
import type { StorageCodes } from './storage';
import type { SweepCodes } from './sweep';

/**
 * Everything the code below the page may have to tell a person, by code, with the values of its sentence. A code
 * says what happened; each language writes the sentence (`en.ts`, `zh.ts`). A new code is a line here and one in
 * each language; a missing sentence does not compile.
 */
export interface Codes
  extends
    ExchangeCodes,
    FileCodes,
    GoldCodes,
    OwnCodes,
    OwnRowCodes,
    RecordCodes,
    RuleCodes,
    StorageCodes,
    SweepCodes {
  /** Words of something that is not ours (a browser, a library), in whatever language it speaks. */
  foreign: { text: string };
  /** Where it is wrong, and what. */
  at: { path: string; problem: Message };
  /** Two things in one line. */
  both: { first: Message; second: Message };

  // What is wrong with a value; the sentence follows its name. `got` is the value as text.
  'value.number': { whole: boolean; min: number; max: number; off: boolean; got: string };
  'value.atLeast': { min: number; got: string };
  'value.atMost': { max: number; got: string };
  'value.flag': { got: string };
  'value.choice': { options: readonly string[]; got: string };
  'value.type': { expected: ValueType; got: string };
  'value.tooShort': { min: number; what: Counted };
  'value.tooLong': { max: number; what: Counted };
  'value.pattern': { pattern: string; got: string };
  'value.invalid': { got: string };
  'name.notSetting': Nothing;
  'name.unknown': Nothing;
  'name.twice': Nothing;
  'name.reserved': Nothing;
  'link.version': { expected: string; got: string };
  'link.arms': { got: string };
  /** A link that goes on and on. */
  'link.tooLong': { max: number; what: 'characters' | 'changes' };

  // Engines and their devices.
  'device.lost': { reason: Message };
  'device.context': Nothing;
  'device.gone': { reason: string };
  'device.error': { text: string };
  'device.noFence': Nothing;
  'device.wait': Nothing;
  'device.memory': Nothing;
  'device.webglError': { code: number };
  'device.attachments': { count: number };
  'device.shader': { name: string; log: string };
  'thread.silent': { seconds: number };
  'thread.kernel': { kernel: string };
  'thread.only': { reason: Message };
  'thread.isolation': Nothing;
  'thread.wait': Nothing;
  'thread.late': Nothing;
  'thread.start': Nothing;
  'kernels.http': { status: number };
  'engine.reopened': { backend: string; reason: Message };
  'engine.moved': { backend: string; to: string; reason: Message };
  'engine.unavailable': { backend: string };
  'engine.noStart': { backend: string };
  'engine.noFloats': Nothing;
  'engine.noKind': { backend: string; kind: string };
  'engine.none': { tried: readonly { backend: string; kind: string; reason: Message }[] };
  'engine.trialFailed': { reason: Message };
  'engine.trialNotFinite': Nothing;
  'engine.trialLate': { seconds: number };
  'engine.byHand': Nothing;
  'engine.software': { adapter: string };
  'engine.lastResort': Nothing;
  'engine.fastest': { ms: number };
  'engine.only': { ms: number };
  'engine.slower': { ms: number; times: number };
  'engine.half': Nothing;
  'engine.noHalf': Nothing;
  'engine.processor': { language: 'WebAssembly' | 'JavaScript'; threads: number | null };
  'engine.simd': { relaxed: boolean; threads: number };

  // Runs of stages.
  'sampling.notFinite': Nothing;
  'stage.diverged': { stage: string; update: number; reason: Message };
  'stage.notFinite': { what: 'loss' | 'weights'; learningRate: number };
  'stage.parent': { role: string };
  'stage.unknown': { stage: string };
  'stage.setting': { stage: string; name: string; problem: Message };
  /** A setting does not go with the others. */
  'stage.together': { stage: string; name: string; problem: Message };
  'task.unknown': { task: string; known: readonly string[] };

  // Demos, lessons and recordings.
  'demo.unknown': { demo: string; known: readonly string[] };
  'demo.unreadable': { demo: string };
  'demo.notJson': { demo: string; text: string };
  'demo.wrong': { demo: string; path: string; problem: Message };
  'demo.claim': { demo: string; claim: string; id: string };
  'lesson.title': Nothing;
  'lesson.heading': { heading: string };
  'lesson.step': { step: string };

  // What training needs and does not have.
  /** A model answers every prompt in one way only, so that no two answers can be compared. */
  'answers.alike': { prompts: number };
  /** A stage that learns from comparisons was given none. */
  'pairs.none': Nothing;
  /** None of a teacher's answers ends. */
  'teacher.endless': Nothing;
  /** PPO was asked for more minibatches than an iteration has answers. */
  'ppo.minibatches': { rollouts: number; minibatches: number };
  /** An adaptive KL coefficient multiplies what it has: from 0 it never moves. */
  'ppo.adaptive-kl-from-zero': Nothing;
  /** A loss over completion tokens of sequences that have none. */
  'loss.noTokens': { rows: number };

  /** The script of a worker could not be fetched or does not run. */
  'worker.script': Nothing;
  /** The script of a worker was not there in time. */
  'worker.slow': { seconds: number };
  /** A worker ended without a word: killed for want of memory, for example. */
  'worker.died': Nothing;
  /** An error in a worker that nothing in it has caught. */
  'worker.error': { text: string };
  /** A worker has not answered for so long that it counts as dead. */
  'worker.silent': { minutes: number };
  /** A stage that was stopped did not come to an end; its worker was ended. */
  'worker.stopped': Nothing;
  /** So many workers died one after the other that no other one is started. */
  'worker.gaveUp': { times: number };
  /** The workers were ended on purpose: another backend has taken their place. */
  'worker.replaced': Nothing;
  'engine.notStarted': Nothing;
  'pool.busy': Nothing;

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

/** Codes whose sentence needs no values. */
type Nothing = Record<never, never>;

/** What a value may have to be, in the words of the schema library. */
export type ValueType = 'number' | 'whole' | 'text' | 'flag' | 'list' | 'object';
/** What there may be too few or too many of. */
export type Counted = 'characters' | 'entries';

export type Code = keyof Codes;

/** A code and its values; plain data, so that it crosses to and from workers. */
export type Message = { [C in Code]: { code: C; values: Codes[C] } }[Code];

/** How the parts of a sentence are called that have names of their own in each language. */
export interface Names {
  stage(name: string): string;
  setting(stage: string, name: string): string;
  /** Of an input of a stage. */
  role(name: string): string;
  backend(name: string): string;
  /** Of an engine. */
  kind(name: string): string;
}

/** What a sentence is written with: names, and the sentences of messages inside it. */
export interface Pen extends Names {
  say(message: Message): string;
}

export type Sentences = { [C in Code]: (values: Codes[C], pen: Pen) => string };
