import type { Counted, Sentences, ValueType } from './codes';
import { en as exchange } from './exchange';
import { en as files } from './files';
import { en as gold } from './gold';
import { en as own } from './own';
import { en as ownRows } from './own-rows';
import { en as records } from './records';
import { en as rules } from './rules';
import { en as storage } from './storage';
import { en as sweep } from './sweep';

const TYPES: Record<ValueType, string> = {
  number: 'a number',
  whole: 'a whole number',
  text: 'text',
  flag: 'true or false',
  list: 'a list',
  object: 'a group of named values',
};
const COUNTED: Record<Counted, [one: string, more: string]> = {
  characters: ['character', 'characters'],
  entries: ['entry', 'entries'],
};

const counted = (count: number, what: Counted): string => `${count} ${COUNTED[what][count === 1 ? 0 : 1]}`;
const perStep = (ms: number): string => `${ms.toFixed(ms < 10 ? 1 : 0)} ms per training step`;

export const en: Sentences = {
  ...exchange,
  ...files,
  ...gold,
  ...own,
  ...ownRows,
  ...records,
  ...rules,
  ...storage,
  ...sweep,
  foreign: ({ text }) => text,
  at: ({ path, problem }, { say }) => `${path}: ${say(problem)}`,
  both: ({ first, second }, { say }) => `${say(first)}; ${say(second)}`,

  'value.number': ({ whole, min, max, off, got }) =>
    `must be ${TYPES[whole ? 'whole' : 'number']} between ${min} and ${max}${off ? ', or off' : ''} (got ${got})`,
  'value.atLeast': ({ min, got }) => `must be at least ${min} (got ${got})`,
  'value.atMost': ({ max, got }) => `must be at most ${max} (got ${got})`,
  'value.flag': ({ got }) => `must be true or false (got ${got})`,
  'value.choice': ({ options, got }) => `must be one of ${options.join(', ')} (got ${got})`,
  'value.type': ({ expected, got }) => `must be ${TYPES[expected]} (got ${got})`,
  'value.tooShort': ({ min, what }) => `must have at least ${counted(min, what)}`,
  'value.tooLong': ({ max, what }) => `must have at most ${counted(max, what)}`,
  'value.pattern': ({ pattern, got }) => `must look like ${pattern} (got ${got})`,
  'value.invalid': ({ got }) => `is not valid (got ${got})`,
  'name.notSetting': () => 'is not a setting of this stage',
  'name.unknown': () => 'is not known',
  'name.twice': () => 'this name is used twice',
  'name.reserved': () => 'this name is taken by the lab itself',
  'link.version': ({ expected, got }) => `must be ${expected} (got ${got}); nothing of the link was used`,
  'link.tooLong': ({ max, what }) => `has more than ${max} ${what}; nothing of it was used`,
  'link.arms': ({ got }) => `must be a list of id:stage:name (got ${got})`,

  'device.lost': ({ reason }, { say }) => `the device was lost: ${say(reason)}`,
  'device.context': () => 'the WebGL context was lost',
  'device.gone': ({ reason }) => `GPU device ${reason}`,
  'device.error': ({ text }) => `WebGPU error: ${text}`,
  'device.noFence': () => 'WebGL gave no fence',
  'device.wait': () => 'waiting for the GPU failed',
  'device.memory': () => 'the graphics memory is full',
  'device.webglError': ({ code }) => `WebGL error ${code} on creating a texture`,
  'device.attachments': ({ count }) => `this WebGL cannot render into ${count} float textures at once`,
  'device.shader': ({ name, log }) => `the shader '${name}' does not compile: ${log}`,
  'thread.silent': ({ seconds }) => `a thread did not answer for ${seconds} s`,
  'thread.kernel': ({ kernel }) => `the kernel ${kernel} failed`,
  'thread.only': ({ reason }, { say }) => `one thread: ${say(reason)}`,
  'thread.isolation': () => 'the page is not cross-origin isolated',
  'thread.wait': () => 'the thread of the page may not wait for others',
  'thread.late': () => 'threads did not start in time',
  'thread.start': () => 'a thread could not be started',
  'kernels.http': ({ status }) => `the WASM kernels could not be loaded: HTTP ${status}`,
  'engine.reopened': ({ backend, reason }, { say, backend: name }) =>
    `${name(backend)}: ${say(reason)}; it was opened again, training goes on from the last logged update`,
  'engine.moved': ({ backend, to, reason }, { say, backend: name }) =>
    `${name(backend)}: ${say(reason)}; now on ${name(to)}, training goes on from the last logged update`,
  'engine.unavailable': ({ backend }, { backend: name }) => `${name(backend)} is not available here`,
  'engine.noStart': ({ backend }, { backend: name }) => `${name(backend)} failed to start`,
  'engine.noFloats': () => 'this WebGL cannot render 32-bit floats',
  'engine.noKind': ({ backend, kind }, { backend: name, kind: kindName }) =>
    `there is no ${kindName(kind)} engine for ${name(backend)}`,
  'engine.none': ({ tried }, { say, backend: name, kind: kindName }) =>
    tried.map((t) => `${name(t.backend)} (${kindName(t.kind)}): ${say(t.reason)}`).join('; '),
  'engine.trialFailed': ({ reason }, { say }) => `failed in a trial step: ${say(reason)}`,
  'engine.trialNotFinite': () => 'a trial step gave a loss that is not finite',
  'engine.trialLate': ({ seconds }) => `no answer within ${seconds} s`,
  'engine.byHand': () => 'chosen by hand',
  'engine.software': ({ adapter }) =>
    `emulated in software (${adapter}): slower than WebAssembly on the same processor`,
  'engine.lastResort': () => 'the last resort: nothing faster works here',
  'engine.fastest': ({ ms }) => `${perStep(ms)}: the fastest, taken`,
  'engine.only': ({ ms }) => `${perStep(ms)}: the only one worth timing, taken`,
  'engine.slower': ({ ms, times }) => `${perStep(ms)}: ${times.toFixed(1)} times slower`,
  'engine.half': () => 'weights in half precision (f16), sums in 32 bits',
  'engine.noHalf': () => 'half precision only with our kernels on WebGPU; here 32 bits',
  'engine.processor': ({ language, threads }) =>
    `processor, ${language}${threads === null ? '' : ` (1 of ${threads} threads)`}`,
  'engine.simd': ({ relaxed, threads }) =>
    `WASM ${relaxed ? 'relaxed ' : ''}SIMD${threads > 1 ? `, ${threads} threads` : ''}`,

  'sampling.notFinite': () => 'sampling met logits that are not numbers: the model has diverged',
  'stage.diverged': ({ stage, update, reason }, { say, stage: name }) =>
    `${name(stage)} diverged at update ${update}: ${say(reason)}`,
  'stage.notFinite': ({ what, learningRate }) =>
    `${what === 'loss' ? 'the loss is' : 'the gradient or the weights are'} not finite; the usual cause is a learning rate that is too high (here ${learningRate})`,
  'stage.parent': ({ role }, { role: name }) => `this stage needs a ${name(role)} artifact`,
  'stage.unknown': ({ stage }) => `there is no stage "${stage}"`,
  'stage.setting': ({ stage, name, problem }, { say, stage: stageName, setting }) =>
    `${stageName(stage)}: ${setting(stage, name)} ${say(problem)}`,
  'stage.together': ({ stage, name, problem }, { say, stage: stageName, setting }) =>
    `${stageName(stage)}, ${setting(stage, name)}: ${say(problem)}`,
  'task.unknown': ({ task, known }) => `there is no task "${task}"; there are ${known.join(', ')}`,

  'demo.unknown': ({ demo, known }) => `unknown demo "${demo}"; the demos are ${known.join(', ')}`,
  'demo.unreadable': ({ demo }) => `demo ${demo}: demo.json cannot be read`,
  'demo.notJson': ({ demo, text }) => `demo ${demo}: not valid JSON (${text})`,
  'demo.wrong': ({ demo, path, problem }, { say }) => `demo ${demo}: ${path}: ${say(problem)}`,
  'demo.claim': ({ demo, claim, id }) => `demo ${demo}: claim "${claim}": no stage or arm "${id}"`,
  'lesson.title': () => 'a lesson begins with "# title"',
  'lesson.heading': ({ heading }) => `unknown heading "${heading}"`,
  'lesson.step': ({ step }) => `the step "${step}" is missing`,

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
