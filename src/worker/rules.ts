import * as Comlink from 'comlink';
import { message, type Message } from '../messages';
import type { RuleAnswer } from '../sandbox/rule';

/** Scores of a rule, or what is wrong with it. */
export type RuleScores = { scores: number[] } | { problem: Message };

/** The contract with the worker that tries rules. */
export interface RuleWorker {
  score(source: string, answers: readonly RuleAnswer[]): Promise<RuleScores>;
}

/** The interpreter has to be loaded, too. */
const FIRST_MS = 40_000;
const PATIENCE_MS = 20_000;

const spawnRuleWorker = (): Worker =>
  new Worker(new URL('./rule-worker.ts', import.meta.url), { type: 'module' });

/**
 * Tries rules in a worker of their own. What the interpreter cannot interrupt, the page ends: a worker that does not
 * answer in time is replaced by the next question.
 */
export class RuleTrial {
  private worker: Worker | undefined;
  private answered = false;

  constructor(
    private readonly spawn: () => Worker = spawnRuleWorker,
    private readonly patienceMs: { first: number; later: number } = { first: FIRST_MS, later: PATIENCE_MS },
  ) {}

  /** Scores of answers. Never rejects. */
  async score(source: string, answers: readonly RuleAnswer[]): Promise<RuleScores> {
    const worker = (this.worker ??= this.spawn());
    const remote = Comlink.wrap<RuleWorker>(worker);
    const ms = this.answered ? this.patienceMs.later : this.patienceMs.first;
    let late: ReturnType<typeof setTimeout> | undefined;
    const over = new Promise<RuleScores>((resolve) => {
      const end = (problem: Message) => {
        if (this.worker === worker) this.dispose();
        resolve({ problem });
      };
      late = setTimeout(() => end(message('rule.stuck', { seconds: ms / 1000 })), ms);
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        end(message('worker.script', {}));
      });
    });
    const asked = remote.score(source, answers).then((scores) => {
      this.answered = true;
      return scores;
    });
    try {
      return await Promise.race([asked, over]);
    } finally {
      clearTimeout(late);
    }
  }

  dispose(): void {
    this.worker?.terminate();
    this.worker = undefined;
    this.answered = false;
  }
}
