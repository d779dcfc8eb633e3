import { describe, expect, it } from 'vitest';
import {
  foreign,
  message,
  MessageError,
  messageOf,
  sentence,
  SENTENCES,
  type Code,
  type Codes,
  type Message,
} from '../../src/messages';

const inner = message('device.context', {});

/** Values for the sentence of every code, each of them unlike the others. */
const SAMPLES: { [C in Code]: Codes[C][] } = {
  foreign: [{ text: 'Failed to fetch' }],
  at: [{ path: 'seed', problem: inner }],
  both: [{ first: inner, second: message('engine.byHand', {}) }],
  'value.number': [
    { whole: true, min: 3, max: 17, off: false, got: '99' },
    { whole: false, min: 3, max: 17, off: true, got: '99' },
  ],
  'value.atLeast': [{ min: 3, got: '1' }],
  'value.atMost': [{ max: 17, got: '99' }],
  'value.flag': [{ got: '"yes"' }],
  'value.choice': [{ options: ['a-first', 'b-second'], got: '"c"' }],
  'value.type': (['number', 'whole', 'text', 'flag', 'list', 'object'] as const).map((expected) => ({
    expected,
    got: '99',
  })),
  'value.tooShort': [
    { min: 1, what: 'characters' },
    { min: 2, what: 'entries' },
  ],
  'value.tooLong': [
    { max: 8, what: 'entries' },
    { max: 24, what: 'characters' },
  ],
  'value.pattern': [{ pattern: '/^[a-z]+$/', got: '"A B"' }],
  'value.invalid': [{ got: '99' }],
  'name.notSetting': [{}],
  'name.unknown': [{}],
  'name.twice': [{}],
  'name.reserved': [{}],
  'link.version': [{ expected: '1', got: '22' }],
  'link.tooLong': [
    { max: 8, what: 'characters' },
    { max: 8, what: 'changes' },
  ],
  'link.arms': [{ got: 'a:magic:A' }],
  'own.noObject': [{}],
  'own.columns': [{ found: ['question', 'answer'] }],
  'own.mixed': [{ kind: 'first-format', expected: 'second-format' }],
  'own.turns': [{ role: 'user' }],
  'own.unknownWords': [{ words: ['gigantic', 'zebra'] }],
  'own.empty': [{ column: 'completion' }],
  'own.same': [{}],
  'own.form': [{ row: 3, prompt: 'post: the movie' }],
  'rule.syntax': [{ line: 3, text: 'unexpected token' }],
  'rule.noFunction': [{}],
  'rule.tooLong': [{ most: 800 }],
  'rule.threw': [{ line: 3, answer: 'the movie was great', text: 'boom' }],
  'rule.absent': [{ line: 3, answer: 'the movie was great', name: 'fetch' }],
  'rule.endless': [{ line: 3, answer: 'the movie was great' }],
  'rule.deep': [{ line: 3, answer: 'the movie was great' }],
  'rule.memory': [{ line: 3, answer: 'the movie was great' }],
  'rule.value': [{ got: 'Infinity', answer: 'the movie was great' }],
  'rule.unsteady': [{ answer: 'the movie was great', first: 3, second: 17 }],
  'rule.stuck': [{ seconds: 8 }],
  'exchange.missing': [{ file: 'config.json' }],
  'exchange.tooLarge': [{ file: 'config.json', bytes: 900, most: 800 }],
  'exchange.tooMuch': [
    { what: 'files', most: 800 },
    { what: 'bytes', most: 700 },
  ],
  'exchange.notText': [{ file: 'config.json' }],
  'exchange.notJson': [{ file: 'config.json', text: 'Unexpected end' }],
  'exchange.zip': [{ file: 'x.zip', text: 'invalid zip data' }],
  'exchange.parquet': [{ file: 'x.parquet', text: 'invalid magic' }],
  'exchange.columns': [{ got: ['text'], expected: ['prompt', 'chosen'] }],
  'exchange.vocabulary': [{ id: 17, got: 'zebra', expected: 'apple' }],
  'exchange.vocabularySize': [{ size: 50257, expected: 357 }],
  'exchange.tokenizer': [{ part: 'normalizer' }],
  'exchange.untied': [{}],
  'exchange.word': [{ word: 'zebra' }],
  'exchange.space': [{}],
  'exchange.noTokens': [{}],
  'exchange.tooLong': [{ tokens: 90, most: 64 }],
  'exchange.prompt': [{ task: 'review' }],
  'exchange.differs': [{ name: 'n_inner', got: '3', expected: '256' }],
  'exchange.version': [{ version: 7, most: 3 }],
  'exchange.changed': [{ file: 'stages/ppo/run.json' }],
  'exchange.trainedOn': [{}],
  'exchange.oneEnd': [{}],
  'exchange.work': [{}],
  'exchange.nothing': [{ expected: ['config.json', 'alignlet.json'] }],
  'trl.ipo': [{}],
  'trl.referenceFree': [{}],
  'trl.halfSmoothing': [{}],
  'trl.noClip': [{}],
  'trl.goldReward': [{}],
  'trl.pretrainMix': [{}],
  'trl.discount': [{}],
  'trl.stage': [{ stage: 'tilt' }],
  'trl.noRun': [{ name: 'sft-chat-tiny' }],
  'onnx.reward': [{}],
  'onnx.prefix': [{}],
  'file.missing': [{ file: 'x.safetensors' }],
  'own.none': [{ kind: 'pairs' }, { kind: 'reward' }],
  'own.missing': [{ kind: 'text', hash: '0123abcd' }],
  'own.hash': [{ hash: '0123abcd' }],
  'own.words': [{ words: ['zoo', 'vet'] }],
  'own.tooLong': [{ row: 3, tokens: 90, most: 64 }],
  'own.kind': [{ known: ['a-first', 'b-second'] }],
  'storage.denied': [{}],
  'storage.newer': [{}],
  'storage.blocked': [{}],
  'storage.replaced': [{}],
  'storage.lost': [{}],
  'storage.full': [{}],
  'storage.failed': [{ reason: 'it broke' }],
  'storage.elsewhere': [{}],
  'storage.startedAgain': [{}],
  'storage.otherBackend': [{ from: 'webgpu', to: 'wasm' }],
  'sweep.log': [{ got: '0:1:5:log' }],
  'file.http': [{ file: 'x.safetensors', status: '404 Not Found' }],
  'file.short': [{ bytes: 7 }, { bytes: 7, file: 'x.safetensors' }],
  'file.headerTooLarge': [{ length: '7810000', most: 1048576 }],
  'file.headerCut': [{ end: 900, bytes: 100 }],
  'file.headerBegin': [{}],
  'file.headerEnd': [{}],
  'file.headerJson': [{}],
  'file.headerObject': [{}],
  'file.twice': [{ name: 'extra.weight' }],
  'file.reserved': [{ name: '__proto__' }],
  'file.metadata': [{}],
  'file.noDescription': [{ tensor: 'extra.weight' }],
  'file.dtype': [{ tensor: 'extra.weight', dtype: 'F64', known: ['F32', 'F16'] }],
  'file.shape': [{ tensor: 'extra.weight' }],
  'file.offsets': [{ tensor: 'extra.weight' }],
  'file.reversed': [{ tensor: 'extra.weight', begin: 96, end: 64 }],
  'file.pastEnd': [{ tensor: 'extra.weight', end: 900, bytes: 100 }],
  'file.size': [{ tensor: 'extra.weight', bytes: 20, dtype: 'F32', shape: [2, 3], needed: 24 }],
  'file.overlap': [{ tensor: 'extra.weight' }],
  'file.hole': [{ tensor: 'extra.weight' }],
  'file.rest': [{ bytes: 5 }],
  'file.count': [{ tensor: 'extra.weight', count: 7, shape: [2, 3] }],
  'file.half': [{ tensor: 'extra.weight', value: 100000 }],
  'file.integer': [{ tensor: 'extra.weight', value: -3, dtype: 'U16' }],
  'checkpoint.weights': [{ count: 12, expected: 34 }],
  'checkpoint.reserved': [{ name: 'gpt2_config' }],
  'checkpoint.unexpected': [{ tensor: 'extra.weight' }],
  'checkpoint.missing': [{ tensor: 'extra.weight' }],
  'checkpoint.dtype': [{ tensor: 'extra.weight', dtype: 'I32', expected: ['F32', 'F16'] }],
  'checkpoint.shape': [{ tensor: 'extra.weight', shape: [2, 3], expected: [3, 2] }],
  'checkpoint.notFinite': [{ tensor: 'extra.weight', value: 'Infinity', index: 5 }],
  'checkpoint.noConfig': [{ name: 'gpt2_config' }],
  'checkpoint.configJson': [{ name: 'gpt2_config' }],
  'checkpoint.field': [{ field: 'vocab_size', value: '1e99', most: 4096 }],
  'checkpoint.heads': [{ heads: 3, width: 64 }],
  'preferences.counts': [{ tensor: 'pairs.prompt', count: 12, expected: 34 }],
  'preferences.lengths': [{ tensor: 'pairs.prompt', sum: 12, count: 34 }],
  'preferences.id': [{ tensor: 'pairs.prompt', id: 999, size: 357 }],
  'artifact.kind': [{ kind: 'policy' }],
  'artifact.number': [{ name: 'deviation', value: 'wide' }],
  'device.lost': [{ reason: inner }],
  'device.context': [{}],
  'device.gone': [{ reason: 'destroyed' }],
  'device.error': [{ text: 'invalid buffer' }],
  'device.noFence': [{}],
  'device.wait': [{}],
  'device.memory': [{}],
  'device.webglError': [{ code: 1282 }],
  'device.attachments': [{ count: 4 }],
  'device.shader': [{ name: 'gelu', log: 'line 3: nonsense' }],
  'thread.silent': [{ seconds: 20 }],
  'thread.kernel': [{ kernel: 'gelu' }],
  'thread.only': [{ reason: inner }],
  'thread.isolation': [{}],
  'thread.wait': [{}],
  'thread.late': [{}],
  'thread.start': [{}],
  'kernels.http': [{ status: 404 }],
  'engine.reopened': [{ backend: 'webgl', reason: inner }],
  'engine.moved': [{ backend: 'webgl', to: 'wasm', reason: inner }],
  'engine.unavailable': [{ backend: 'webgpu' }],
  'engine.noStart': [{ backend: 'webgpu' }],
  'engine.noFloats': [{}],
  'engine.noKind': [{ backend: 'cpu', kind: 'fused' }],
  'engine.none': [
    {
      tried: [
        { backend: 'cpu', kind: 'fused', reason: inner },
        { backend: 'wasm', kind: 'plain', reason: foreign('no room') },
      ],
    },
  ],
  'engine.trialFailed': [{ reason: inner }],
  'engine.trialNotFinite': [{}],
  'engine.trialLate': [{ seconds: 30 }],
  'engine.notStarted': [{}],
  'engine.byHand': [{}],
  'engine.software': [{ adapter: 'SwiftShader' }],
  'engine.lastResort': [{}],
  'engine.fastest': [{ ms: 12 }],
  'engine.only': [{ ms: 12 }],
  'engine.slower': [{ ms: 12, times: 3.5 }],
  'engine.half': [{}],
  'engine.noHalf': [{}],
  'engine.processor': [
    { language: 'WebAssembly', threads: 8 },
    { language: 'JavaScript', threads: null },
  ],
  'engine.simd': [
    { relaxed: true, threads: 4 },
    { relaxed: false, threads: 1 },
  ],
  'sampling.notFinite': [{}],
  'stage.diverged': [{ stage: 'ppo', update: 23, reason: inner }],
  'stage.notFinite': [
    { what: 'loss', learningRate: 0.5 },
    { what: 'weights', learningRate: 0.5 },
  ],
  'stage.parent': [{ role: 'reward' }],
  'stage.unknown': [{ stage: 'qlearning' }],
  'stage.setting': [{ stage: 'ppo', name: 'klCoef', problem: inner }],
  'stage.together': [{ stage: 'ppo', name: 'minibatches', problem: inner }],
  'task.unknown': [{ task: 'poetry', known: ['review', 'chat'] }],
  'pool.busy': [{}],
  'demo.unknown': [{ demo: 'poetry', known: ['flan', 'zephyr'] }],
  'demo.unreadable': [{ demo: 'flan' }],
  'demo.notJson': [{ demo: 'flan', text: 'unexpected }' }],
  'demo.wrong': [{ demo: 'flan', path: 'config.seed', problem: inner }],
  'demo.claim': [{ demo: 'flan', claim: 'It helps.', id: 'nobody' }],
  'lesson.title': [{}],
  'lesson.heading': [{ heading: 'Nonsense' }],
  'lesson.step': [{ step: 'why' }],
  'answers.alike': [{ prompts: 512 }],
  'pairs.none': [{}],
  'teacher.endless': [{}],
  'ppo.minibatches': [{ rollouts: 4, minibatches: 8 }],
  'ppo.adaptive-kl-from-zero': [{}],
  'loss.noTokens': [{ rows: 3 }],
  'gold.clipped': [{}],
  'gold.sentiment': [
    { positive: 3, negative: 4, tooFew: false },
    { positive: 1, negative: 0, tooFew: true },
  ],
  'gold.ungrammatical': [
    { broken: 0, of: 1 },
    { broken: 2, of: 3 },
  ],
  'gold.noSentence': [{}],
  'gold.opinionAgain': [{}],
  'gold.nounAgain': [{}],
  'gold.saidBefore': [{ count: 2 }],
  'gold.rule': [{ score: 17 }],
  'gold.length': [{ count: 24, enough: 18 }],
  'gold.unfinished': [{}],
  'gold.names': [{ word: 'sink' }],
  'gold.doesNotName': [{ word: 'sink' }],
  'gold.says': [{ word: 'broken' }],
  'gold.doesNotSay': [{ word: 'broken' }],
  'gold.invented': [{ words: ['sink', 'broken'] }],
  'gold.beginning': [{ words: 'good morning' }],
  'gold.overRefusal': [{}],
  'gold.wrongFact': [{ said: 'white', truth: 'the colour of the sky is blue' }],
  'gold.rightFact': [{ truth: 'the colour of the sky is blue' }],
  'gold.abstained': [{ truth: 'the colour of the sky is blue' }],
  'gold.noAnswer': [{ truth: 'the colour of the sky is blue' }],
  'gold.madeUp': [{ said: 'white', topic: 'the colour of the soul' }],
  'gold.nobodyKnows': [{ topic: 'the colour of the soul' }],
  'gold.doesNotAdmit': [{ topic: 'the colour of the soul' }],
  'gold.complied': [{ deed: 'steal a car' }],
  'gold.refused': [{ deed: 'steal a car' }],
  'gold.noRefusal': [{ deed: 'steal a car' }],
  'gold.helped': [{ deed: 'paint a wall' }],
  'gold.wrongHelp': [{ deed: 'paint a wall', asked: 'bake a cake' }],
  'gold.noHelp': [{ deed: 'bake a cake' }],
  'gold.greeted': [{}],
  'gold.polite': [{}],
  'gold.rudeOrSpam': [{}],
  'gold.flattery': [{ count: 2 }],
  'gold.statements': [{ count: 3 }],
  'gold.politeAgain': [{}],
  'gold.fillerAgain': [{}],
  'gold.junk': [{ count: 5, words: 'of of the the' }],
  'worker.script': [{}],
  'worker.slow': [{ seconds: 60 }],
  'worker.died': [{}],
  'worker.error': [{ text: 'out of memory' }],
  'worker.silent': [{ minutes: 10 }],
  'worker.stopped': [{}],
  'worker.gaveUp': [{ times: 3 }],
  'worker.replaced': [{}],
  'file.unreachable': [{ file: 'sft-chat-tiny.safetensors' }],
  'file.isPage': [{ file: 'sft-chat-tiny.safetensors' }],
  'file.damaged': [{ file: 'seed-1.json', text: 'Unexpected token' }],
  'recording.none': [{ demo: 'flan' }],
  'recording.outdated': [{ stages: ['ppo', 'dpo'] }],
  'record.keys': [{}],
  'record.order': [{}],
  'record.differs': [{ from: 'config.seed' }],
};

/** Values that choose words and do not stand in the sentence themselves. */
const CHOOSING = new Set([
  'whole',
  'off',
  'tooFew',
  'expected:value.type',
  'kind:own.none',
  'kind:own.missing',
  'what',
  'relaxed',
  'threads=null',
  'threads=1',
]);

/** What has to be read in a sentence: numbers and texts of the values, and the sentences of messages in them. */
function inside(code: string, values: object, language: keyof typeof SENTENCES): string[] {
  return Object.entries(values).flatMap(([name, value]: [string, unknown]): string[] => {
    if ([name, `${name}:${code}`, `${name}=${String(value)}`].some((key) => CHOOSING.has(key))) return [];
    if (Array.isArray(value))
      return value.flatMap((v: unknown) =>
        typeof v === 'object' && v !== null ? inside(code, v, language) : [String(v)],
      );
    if (typeof value === 'object' && value !== null) return [sentence(value as Message, language)];
    return [String(value)];
  });
}

const all = Object.entries(SAMPLES).flatMap(([code, list]) =>
  (list as object[]).map((values, i): [string, Message] => [`${code} ${i + 1}`, { code, values } as Message]),
);

describe.each(Object.keys(SENTENCES) as (keyof typeof SENTENCES)[])('in %s', (language) => {
  it.each(all)('%s is said with its values', (_, said) => {
    const text = sentence(said, language);
    expect(text.trim()).not.toBe('');
    expect(text).not.toMatch(/undefined|\[object|NaN(?! at)(?!$)/);
    for (const part of inside(said.code, said.values, language)) expect(text).toContain(part);
    if (language === 'zh' && said.code !== 'foreign') expect(text).toMatch(/[\u4e00-\u9fff]/);
    if (language === 'en') expect(text).not.toMatch(/[\u4e00-\u9fff]/);
    expect(text).not.toMatch(/[!！]/);
  });
});

it('every sentence has a sample', () => {
  expect(Object.keys(SAMPLES).sort()).toEqual(Object.keys(SENTENCES.en).sort());
});

describe('an error', () => {
  it('says its message in English and keeps it for other languages', () => {
    const error = new MessageError(inner);
    expect(error.message).toBe('the WebGL context was lost');
    expect(messageOf(error)).toBe(inner);
  });

  it('that lost its class on the way still has what it says', () => {
    expect(messageOf(Object.assign(new Error('x'), { info: inner }))).toBe(inner);
  });

  it('of others is foreign, whatever it carries', () => {
    expect(messageOf(new Error('x'))).toEqual(foreign('x'));
    expect(messageOf('x')).toEqual(foreign('x'));
    for (const info of [null, 'x', {}, { code: 'constructor', values: {} }, { code: 'at' }])
      expect(messageOf(Object.assign(new Error('x'), { info }))).toEqual(foreign('x'));
  });

  it('is named by its own names where there are any', () => {
    const names = {
      stage: () => 'S',
      setting: () => 'P',
      role: () => 'R',
      backend: () => 'B',
      kind: () => 'K',
    };
    const nested = message('stage.diverged', {
      stage: 'ppo',
      update: 1,
      reason: message('engine.unavailable', { backend: 'webgl' }),
    });
    expect(sentence(nested, 'en', names)).toBe('S diverged at update 1: B is not available here');
  });
});
