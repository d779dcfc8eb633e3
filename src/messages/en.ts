import type { Sentences } from './codes';
import { en as files } from './files';
import { en as records } from './records';

export const en: Sentences = {
  ...files,
  ...records,
  foreign: ({ text }) => text,
  'answers.alike': ({ prompts }) =>
    `the model gave the same answer twice to each of ${prompts} prompts, so there is nothing to compare: it has collapsed; train SFT for fewer steps or at a lower learning rate`,
  'pairs.none': () =>
    'there is no comparison to learn from; ask for more comparisons, and if the answers of SFT are all alike, train it for fewer steps or at a lower learning rate',
  'teacher.endless': () =>
    'the teacher never ends an answer, so there is nothing to learn; train its SFT for more steps',
  'ppo.minibatches': ({ rollouts, minibatches }) =>
    `${rollouts} answers per iteration cannot be cut into ${minibatches} minibatches; ask for at most ${rollouts}, or for more answers`,
  'ppo.adaptive-kl-from-zero': () =>
    'a KL coefficient that starts at 0 stays 0 whatever the adaptive KL target; start above 0, or switch the target off',
  'loss.noTokens': ({ rows }) =>
    `there is nothing to learn from: none of the ${rows} sequences of a batch has a completion token`,
};
