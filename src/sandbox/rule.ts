import type {
  QuickJSContext,
  QuickJSHandle,
  QuickJSRuntime,
  QuickJSWASMModule,
} from 'quickjs-emscripten-core';
import { message, MessageError, type Message } from '../messages';
import { ABSENT, CALLER, PRELUDE } from './prelude';
import { forgetQuickJs, loadQuickJs } from './quickjs';

/** What a rule judges. */
export interface RuleAnswer {
  /** Of the answer, without `<eos>`. */
  words: readonly string[];
  /** Of the prompt, without `<bos>`. */
  prompt: readonly string[];
  /** It ended with `<eos>`. */
  finished: boolean;
}

/** Longest source, characters. */
export const MOST_SOURCE = 20_000;
const MEMORY_BYTES = 16 << 20;
/** Of the interpreter's own stack; a browser's stack has room for more. */
const STACK_BYTES = 96 << 10;
/** Ten thousand jumps and calls each: the same for every machine. */
const MOST_TICKS = 100;
/** For what is slow without many jumps. It only cuts off what would take that long anyway. */
const MOST_MS = 2000;
/** So many answers share a context: what a rule keeps between them is soon gone, and costs little to make again. */
const RENEW = 256;
const FILE = 'reward.js';

/** What a rule does wrong, and with which answer. */
export class RuleError extends MessageError {
  override readonly name = 'RuleError';
}

/** Where a rule runs. */
interface Room {
  runtime: QuickJSRuntime;
  context: QuickJSContext;
  rule: QuickJSHandle;
  call: QuickJSHandle;
}

/**
 * A reward that a person wrote: a JavaScript function `(words, prompt, finished) => number`, as an expression or
 * declared under the name `reward`. It runs in QuickJS (an interpreter compiled to WebAssembly) with nothing of the page
 * in reach; jumps, memory and stack are limited, and there is neither clock nor chance. Made by `openRule`.
 */
export class Rule {
  private room: Room | undefined;
  private scored = 0;
  private ticks = 0;
  private deadline = Infinity;

  constructor(
    private readonly quickJs: QuickJSWASMModule,
    readonly source: string,
  ) {
    this.room = this.open();
  }

  /** The score of one answer. Throws a RuleError that says what is wrong with the rule. */
  score(answer: RuleAnswer): number {
    if (this.scored++ % RENEW === 0 && this.scored > 1) this.renew();
    this.room ??= this.open();
    const { context, call, rule } = this.room;
    const text = context.newString(JSON.stringify(answer));
    const result = this.guarded(answer, () => context.callFunction(call, context.undefined, rule, text));
    text.dispose();
    if (result.error) throw this.wrong(context, result.error, answer);
    const { value } = result;
    try {
      const got = context.typeof(value);
      const score = got === 'number' ? context.getNumber(value) : NaN;
      if (Number.isFinite(score)) return score;
      throw new RuleError(
        message('rule.value', { got: shownValue(got, score), answer: answer.words.join(' ') }),
      );
    } finally {
      value.dispose();
    }
  }

  /** Scores of answers, in a fresh context. Throws a RuleError. */
  scoreAll(answers: readonly RuleAnswer[]): number[] {
    this.renew();
    this.scored = 0;
    return answers.map((answer) => this.score(answer));
  }

  /**
   * Scores of answers, asked for once more in another order. Throws a RuleError, too, where they are not the same: the rule
   * keeps something between answers.
   */
  steadyScores(answers: readonly RuleAnswer[]): number[] {
    const first = this.scoreAll(answers);
    const again = this.scoreAll(answers.toReversed()).reverse();
    const at = first.findIndex((score, i) => score !== again[i]);
    if (at < 0) return first;
    const answer = answers[at]!.words.join(' ');
    throw new RuleError(message('rule.unsteady', { answer, first: first[at]!, second: again[at]! }));
  }

  dispose(): void {
    this.renew();
  }

  private renew(): void {
    const { room } = this;
    this.room = undefined;
    if (!room) return;
    room.call.dispose();
    room.rule.dispose();
    room.context.dispose();
    room.runtime.dispose();
  }

  private open(): Room {
    const runtime = this.quickJs.newRuntime();
    runtime.setMemoryLimit(MEMORY_BYTES);
    runtime.setMaxStackSize(STACK_BYTES);
    runtime.setInterruptHandler(() => ++this.ticks > MOST_TICKS || performance.now() > this.deadline);
    const context = runtime.newContext();
    try {
      context.unwrapResult(context.evalCode(PRELUDE)).dispose();
      const call = context.unwrapResult(context.evalCode(CALLER));
      return { runtime, context, call, rule: this.ruleIn(context) };
    } catch (error) {
      if (!(error instanceof RuleError)) forgetQuickJs();
      throw error;
    }
  }

  /** The function that the source is or declares. */
  private ruleIn(context: QuickJSContext): QuickJSHandle {
    const result = this.guarded(undefined, () => context.evalCode(this.source, FILE));
    if (result.error) throw this.wrong(context, result.error);
    if (context.typeof(result.value) === 'function') return result.value;
    result.value.dispose();
    const named = context.evalCode('reward');
    if (!named.error && context.typeof(named.value) === 'function') return named.value;
    named.dispose();
    throw new RuleError(message('rule.noFunction', {}));
  }

  /** What the interpreter itself cannot go on from ends it: the next rule gets a fresh one. */
  private guarded<T>(answer: RuleAnswer | undefined, work: () => T): T {
    this.ticks = 0;
    this.deadline = performance.now() + MOST_MS;
    try {
      return work();
    } catch (error) {
      this.room = undefined;
      forgetQuickJs();
      const place = { line: 0, answer: answer?.words.join(' ') ?? '' };
      if (error instanceof RangeError) throw new RuleError(message('rule.deep', place), { cause: error });
      throw new RuleError(message('rule.threw', { ...place, text: String(error) }), { cause: error });
    } finally {
      this.ticks = 0; // what is done between two answers is not the rule's
      this.deadline = Infinity;
    }
  }

  private wrong(context: QuickJSContext, error: QuickJSHandle, answer?: RuleAnswer): RuleError {
    const thrown: unknown = context.dump(error);
    error.dispose();
    return new RuleError(problemOf(thrown, answer?.words.join(' ')));
  }
}

/** A rule that is ready to score. Throws a RuleError that says what is wrong with its source. */
export async function openRule(source: string): Promise<Rule> {
  if (source.length > MOST_SOURCE) throw new RuleError(message('rule.tooLong', { most: MOST_SOURCE }));
  return new Rule(await loadQuickJs(), source);
}

/** As a person reads it. */
const shownValue = (type: string, score: number): string => (type === 'number' ? String(score) : type);

interface Thrown {
  name?: unknown;
  message?: unknown;
  stack?: unknown;
}

/** What an exception of the interpreter means. Without an answer: of the source itself. */
function problemOf(thrown: unknown, words?: string): Message {
  const {
    name,
    message: text,
    stack,
  } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as Thrown;
  const line = lineOf(stack);
  const place = { line, answer: words ?? '' };
  const said = typeof text === 'string' ? text : (JSON.stringify(thrown) ?? String(thrown));
  if (name === 'InternalError') {
    if (said === 'interrupted') return message('rule.endless', place);
    if (said === 'stack overflow') return message('rule.deep', place);
    if (said === 'out of memory' || said === 'string too long') return message('rule.memory', place);
  }
  const absent = /^'?([\w.]+)'? is not defined$/.exec(said)?.[1];
  if (absent && ABSENT.has(absent)) return message('rule.absent', { ...place, name: absent });
  if (name === 'SyntaxError' && words === undefined) return message('rule.syntax', { line, text: said });
  return message('rule.threw', { ...place, text: said });
}

/** The line of the source that an error comes from; 0 where that is not known. */
const lineOf = (stack: unknown): number =>
  Number((typeof stack === 'string' && /reward\.js:(\d+)/.exec(stack)?.[1]) || 0);
