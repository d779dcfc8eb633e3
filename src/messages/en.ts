import type { Sentences } from './codes';

export const en: Sentences = {
  foreign: ({ text }) => text,

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
