import type { Sequence } from '../../engine/types';
import type { RuleAnswer } from '../../sandbox/rule';
import { decode, EOS } from '../../world';

/** An answer as a rule sees it: words, without `<bos>` and `<eos>`. */
export function ruleAnswer({ ids, start }: Sequence): RuleAnswer {
  const finished = ids.length > start && ids[ids.length - 1] === EOS;
  return {
    words: decode(ids.slice(start, finished ? -1 : undefined)),
    prompt: decode(ids.slice(1, start)),
    finished,
  };
}
