import { openRule } from '../../sandbox/rule';
import type { AlignmentTask } from '../../world/types';
import { ruledScore } from './rule-score';

/** A task whose true reward is a person's rule. Whoever opened it disposes it. */
export interface RuledTask {
  task: AlignmentTask;
  dispose(): void;
}

/**
 * The task with a person's rule as its gold, cut to −1…1 as every gold reward is. It is asked synchronously, so the
 * interpreter is loaded first. Throws a RuleError where the rule is none, and later where it fails on an answer.
 */
export async function ruledTask(task: AlignmentTask, source: string): Promise<RuledTask> {
  const rule = await openRule(source);
  return {
    task: {
      ...task,
      gold({ words: prompt }, words, finished) {
        return ruledScore(rule.score({ words, prompt, finished }));
      },
    },
    dispose: () => rule.dispose(),
  };
}
