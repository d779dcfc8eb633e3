import { describe, expect, it, vi } from 'vitest';
import { openRule, RuleError, type RuleAnswer } from '../../src/sandbox/rule';
import type { Message } from '../../src/messages';

const answer = (text: string, finished = true): RuleAnswer => ({
  words: text.split(' '),
  prompt: ['review:', 'the', 'movie', 'was'],
  finished,
});
const GREAT = answer('great , great film .');

async function scoreOf(source: string, of: RuleAnswer = GREAT): Promise<number> {
  const rule = await openRule(source);
  try {
    return rule.score(of);
  } finally {
    rule.dispose();
  }
}

/** What is wrong with a rule, on an answer. */
async function problem(source: string, of: RuleAnswer = GREAT): Promise<Message> {
  try {
    await scoreOf(source, of);
  } catch (error) {
    if (error instanceof RuleError) return error.info;
    throw error;
  }
  throw new Error('nothing is wrong');
}

describe('a rule', () => {
  it('is an expression or a declaration', async () => {
    expect(await scoreOf("(words) => words.filter((w) => w === 'great').length")).toBe(2);
    expect(await scoreOf('function reward(words, prompt) { return words.length - prompt.length; }')).toBe(1);
    expect(await scoreOf('const reward = (words, prompt, finished) => (finished ? 1 : -1);')).toBe(1);
    expect(await scoreOf('(w, p, finished) => (finished ? 1 : -1)', answer('great', false))).toBe(-1);
  });

  it('does not age between answers: training may take long from one to the next', async () => {
    const rule = await openRule('(words) => words.length');
    const now = performance.now();
    const clock = vi.spyOn(performance, 'now').mockReturnValue(now);
    try {
      expect(rule.scoreAll([GREAT])).toEqual([5]);
      clock.mockReturnValue(now + 3_600_000);
      expect(rule.scoreAll([GREAT])).toEqual([5]);
    } finally {
      clock.mockRestore();
      rule.dispose();
    }
  });

  it('knows what JavaScript knows of lists, texts, sets and regular expressions', async () => {
    const source = `(words) => {
      const seen = new Set(words);
      const text = words.join(' ').replaceAll(',', '');
      return seen.size + (/gre+at/.test(text) ? 10 : 0) + Math.min(...words.map((w) => w.length)) / 10;
    }`;
    expect(await scoreOf(source)).toBeCloseTo(14.1, 12);
  });

  it('sees words, and nothing that it could write to', async () => {
    const rule = await openRule('(words) => { words.push("x"); return words.length; }');
    expect(rule.scoreAll([GREAT, GREAT])).toEqual([6, 6]);
    expect(GREAT.words).toHaveLength(5);
    rule.dispose();
  });
});

describe('what a rule cannot do', () => {
  it.each([
    ['fetch', "() => fetch('/x')"],
    ['XMLHttpRequest', '() => new XMLHttpRequest()'],
    ['WebSocket', "() => new WebSocket('ws://x')"],
    ['EventSource', "() => new EventSource('/x')"],
    ['importScripts', "() => importScripts('x')"],
    ['indexedDB', "() => indexedDB.open('alignlet')"],
    ['caches', '() => caches.keys()'],
    ['navigator', "() => navigator.sendBeacon('/x')"],
    ['Worker', "() => new Worker('x')"],
    ['BroadcastChannel', "() => new BroadcastChannel('x')"],
    ['process', '() => process.exit(1)'],
    ['require', "() => require('fs')"],
    ['Date', '() => Date.now()'],
    ['Math.random', '() => Math.random()'],
    ['performance', '() => performance.now()'],
  ])('reach %s', async (name, source) => {
    expect(await problem(source)).toEqual({
      code: 'rule.absent',
      values: { name, line: 1, answer: 'great , great film .' },
    });
  });

  it('reach the page by way of constructors, eval or import', async () => {
    expect((await problem("() => (() => 1).constructor('return fetch')()")).code).toBe('rule.absent');
    expect((await problem("() => eval('fetch')")).code).toBe('rule.absent');
    expect((await problem("() => import('fs')")).code).toBe('rule.value'); // a promise that nobody waits for
    expect(await scoreOf("() => Object.keys(globalThis).filter((name) => name !== 'reward').length")).toBe(0);
  });

  it.each([
    ['run for ever', '() => { for (;;); }', 'rule.endless'],
    ['run for ever and catch it', '() => { try { for (;;); } catch { return 1; } }', 'rule.endless'],
    ['run for ever in a sort', '(w) => w.sort(() => { for (;;); })', 'rule.endless'],
    ['backtrack for ever', "() => (/(a+)+b/.test('a'.repeat(40)) ? 1 : 0)", 'rule.endless'],
    ['run for ever before any answer', 'for (;;);', 'rule.endless'],
    ['call itself for ever', 'const f = (w) => f(w) + 1; f', 'rule.deep'],
    ['write an endless text', "() => { let s = 'a'; for (;;) s += s; }", 'rule.memory'],
    ['write a huge text', "() => 'a'.repeat(1e9).length", 'rule.memory'],
    ['take a huge buffer', '() => new Uint8Array(1e9).length', 'rule.memory'],
    ['work through a huge list', "() => new Array(1e9).join('x').length", 'rule.threw'],
  ])('%s', async (_, source, code) => {
    expect((await problem(source)).code).toBe(code);
    expect(await scoreOf('() => 1')).toBe(1); // the next rule is well
  });
});

describe('what is wrong with a rule', () => {
  it.each<[string, Message]>([
    ['\n\n(words) => {', { code: 'rule.syntax', values: { line: 3, text: expect.any(String) as string } }],
    ['42', { code: 'rule.noFunction', values: {} }],
    ['', { code: 'rule.noFunction', values: {} }],
    [
      "(words) => {\n  throw new Error('no ' + words[0]);\n}",
      { code: 'rule.threw', values: { line: 2, answer: 'great , great film .', text: 'no great' } },
    ],
    [
      '() => { throw 7; }',
      { code: 'rule.threw', values: { line: 0, answer: 'great , great film .', text: '7' } },
    ],
    ['() => NaN', { code: 'rule.value', values: { got: 'NaN', answer: 'great , great film .' } }],
    ['() => 1 / 0', { code: 'rule.value', values: { got: 'Infinity', answer: 'great , great film .' } }],
    ["() => '1'", { code: 'rule.value', values: { got: 'string', answer: 'great , great film .' } }],
    ['() => {}', { code: 'rule.value', values: { got: 'undefined', answer: 'great , great film .' } }],
    ['async () => 1', { code: 'rule.value', values: { got: 'object', answer: 'great , great film .' } }],
  ])('%j', async (source, expected) => {
    expect(await problem(source)).toEqual(expected);
  });

  it('its length', async () => {
    await expect(openRule(' '.repeat(20_001))).rejects.toThrow(RuleError);
  });

  it('that it keeps something between answers', async () => {
    const counting = await openRule('let n = 0; (words) => n++');
    expect(() => counting.steadyScores([GREAT, answer('bad')])).toThrow(
      'once 0 and once 1: it must not keep anything',
    );
    counting.dispose();
    const steady = await openRule('(words) => words.length');
    expect(steady.steadyScores([GREAT, answer('bad')])).toEqual([5, 1]);
    steady.dispose();
  });
});

it('scores thousands of answers within its memory', async () => {
  const rule = await openRule(
    "const all = []; (words) => { all.push(words.join(' ').repeat(100)); return words.length; }",
  );
  expect(rule.scoreAll(Array.from({ length: 3000 }, () => GREAT))).toEqual(Array(3000).fill(5));
  rule.dispose();
});
