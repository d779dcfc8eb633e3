import * as Comlink from 'comlink';
import { messageOf } from '../messages';
import { openRule } from '../sandbox/rule';
import type { RuleWorker } from './rules';

const worker: RuleWorker = {
  async score(source, answers) {
    try {
      const rule = await openRule(source);
      try {
        return { scores: rule.steadyScores(answers) };
      } finally {
        rule.dispose();
      }
    } catch (error) {
      return { problem: messageOf(error) };
    }
  },
};

Comlink.expose(worker);
