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

  'worker.script': () => 'The script that trains could not be loaded; check the connection and try again.',
  'worker.slow': ({ seconds }) =>
    `The script that trains was not there within ${seconds} s; check the connection and try again.`,
  'worker.died': () =>
    'The worker that computed this has ended, perhaps for want of memory. A new one takes its place.',
  'worker.error': ({ text }) => `The worker that computed this stopped with an error: ${text}`,
  'worker.silent': ({ minutes }) => `The worker that computed this has not answered for ${minutes} minutes.`,
  'worker.stopped': () => 'The worker was ended because it did not stop.',
  'worker.gaveUp': ({ times }) =>
    `Workers have ended ${times} times in a row, perhaps for want of memory: choose a smaller model, another backend, or try again.`,
  'worker.replaced': () => 'The backend was changed before the answer was there.',
  'engine.notStarted': () => 'The training engine has not been started.',
  'pool.busy': () => 'No worker is free.',

  'file.unreachable': ({ file }) => `${file} could not be fetched: no connection, or it broke off.`,
  'file.http': ({ file, status }) => `${file} could not be fetched: the server answers ${status}.`,
  'file.isPage': ({ file }) => `In place of ${file} the server sends a web page.`,
  'file.damaged': ({ file, text }) => `${file} is damaged: ${text}`,
  'file.missing': ({ file }) => `${file} is missing from the page.`,
};
