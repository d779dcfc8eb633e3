import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { applyOverrides } from '../../src/headless/overrides';
import { UsageError } from '../../src/headless/usage';
import { sentence, SENTENCES, type MessageLanguage } from '../../src/messages';
import { pairsBetween, withPairs } from '../../src/pipeline/lab/address';
import { configProblems, defaultLabConfig, type LabConfig } from '../../src/pipeline/lab/config';
import { buildGraph } from '../../src/pipeline/lab/graph';
import { linkOf, parseLink } from '../../src/pipeline/lab/link';
import { readPrompt } from '../../src/ui/store/prompt';
import { TASKS, VOCABULARY } from '../../src/world';
import { holds, LONG, SEED } from './holds';

/* What a person types, or follows: links, changes on the command line, prompts. */

console.info(`ALIGNLET_AMOUNTS=seed=${SEED}`);
vi.setConfig({ testTimeout: LONG });

const LANGUAGES = Object.keys(SENTENCES) as MessageLanguage[];

const NOWHERE = { demo: undefined, lang: undefined };
const base = defaultLabConfig();
const word = fc.oneof(
  fc.constantFrom('task', 'size', 'seed', 'start', 'arms', 'evaluation.tax', 'evaluation.temperatures'),
  fc.constantFrom('evaluation.times', 'evaluation.labelers', 'sft.steps', 'ppo.klCoef', 'ppo/sft.steps'),
  fc.constantFrom(
    'ppo@start',
    'dpo@sft',
    'dpo@preferences',
    'teacher@size',
    'teacher/sft.steps',
    'dpo.lossType',
  ),
  fc.constantFrom('constructor', '__proto__.a', 'constructor.name', 'v', 'demo', 'ppo@constructor'),
  fc.string({ maxLength: 8, unit: 'binary' }),
);
const text = fc.oneof(
  fc.constantFrom(
    'off',
    'true',
    'on',
    '0',
    '1',
    '-1',
    '0.1',
    '1e99',
    'tldr',
    'chat',
    'nano',
    'small',
    'base',
  ),
  fc.constantFrom(
    'distil',
    'ai-feedback',
    'pretrain',
    'scratch',
    '[0,1]',
    '[]',
    '0,0.5',
    'null',
    'ipo',
    '50',
  ),
  fc.constantFrom(
    'ppo:ppo:PPO,x:dpo:%F0%9F%98%80',
    'constructor:ppo:A',
    'a:ppo:%ED%A0%80',
    'a:ppo:\ud800,b:dpo:B',
  ),
  fc.string({ maxLength: 12, unit: 'binary' }),
);
const change = fc.tuple(word, text).map(([name, value]) => `${name}=${value}`);
const changes = fc.array(fc.tuple(word, text), { maxLength: 8 });

describe('a link', () => {
  it('leads to a configuration that can run and whose own link leads to the same keys, or says what is wrong', async () => {
    const keys = (config: LabConfig) => buildGraph(config).map(({ id, key }) => [id, key]);
    await holds(
      changes,
      (pairs) => {
        const search = new URLSearchParams(pairs).toString();
        const { pairs: read } = parseLink(`?${search}`);
        const { config, problems } = withPairs(base, read);
        for (const { message } of problems) for (const language of LANGUAGES) sentence(message, language);
        if (configProblems(config).length > 0) return true;
        const own = linkOf({ ...NOWHERE, pairs: pairsBetween(base, config) });
        const again = withPairs(base, parseLink(own).pairs);
        expect(again.problems).toEqual([]);
        expect(keys(again.config)).toEqual(keys(config));
        return problems.length > 0;
      },
      { share: 2 },
    );
    await holds(
      fc.string({ maxLength: 200, unit: 'binary' }),
      (any) => {
        withPairs(base, parseLink(any).pairs);
      },
      { share: 2 },
    );
  });

  it('with more arms, letters or changes than there may be says so', () => {
    const arms = (count: number) => Array.from({ length: count }, (_, i) => `a${i}:ppo:A`).join(',');
    const read = (search: string) => withPairs(base, parseLink(search).pairs);
    expect(read(`?v=1&arms=${arms(64)}`).problems).toEqual([]);
    const { config, problems } = read(`?v=1&arms=${arms(1000)}`);
    expect(problems).toEqual([
      { path: 'arms', message: { code: 'value.tooLong', values: { max: 64, what: 'entries' } } },
    ]);
    expect(config).toEqual(base);
    expect(parseLink(`?v=1&x=${'a'.repeat(70_000)}`).problem?.message.code).toBe('link.tooLong');
    expect(parseLink(`?v=1${'&a=1'.repeat(2000)}`).problem?.message.code).toBe('link.tooLong');
    expect(read(`?v=1&arms=${'a'.repeat(200)}:ppo:A`).problems).toHaveLength(1);
  });

  it('never holds half a character', () => {
    const config: LabConfig = { ...base, arms: [{ ...base.arms[0]!, name: 'a\ud800' }] };
    expect(configProblems(config)).toMatchObject([
      { path: 'arms.0.name', message: { code: 'value.invalid' } },
    ]);
  });
});

/** What a person may type, most of it of words that are known. */
const typed = fc.oneof(
  fc.string({ maxLength: 80, unit: 'binary' }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(...VOCABULARY),
        fc.constantFrom(...TASKS.flatMap(({ examplePrompts }) => examplePrompts)),
        fc.constantFrom(
          'constructor',
          '__proto__',
          '\ud800',
          '\u0000',
          ':',
          '?',
          '  ',
          '\n',
          'a'.repeat(9999),
        ),
      ),
      { maxLength: 70 },
    )
    .map((words) => words.join(' ')),
);

it('a prompt is understood and can be asked, or it says why not', () =>
  holds(fc.tuple(fc.constantFrom(...TASKS), typed), ([task, text]) => {
    const read = readPrompt(task.name, 'nano', text);
    if (read.status !== 'ready') return true;
    const { ids, text: shown } = read.prompt;
    expect(ids.every((id) => Number.isInteger(id) && id >= 0 && id < VOCABULARY.length)).toBe(true);
    expect(readPrompt(task.name, 'nano', shown)).toEqual(read); // what is shown is understood the same
    return false;
  }));

it('changes on the command line lead to a configuration that can run, or are refused in one line', () =>
  holds(fc.tuple(fc.array(fc.oneof(change, fc.string({ unit: 'binary' })), { maxLength: 6 })), ([list]) => {
    try {
      expect(configProblems(applyOverrides(base, list))).toEqual([]);
      return false;
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
      expect((error as UsageError).message).toMatch(/^--set .+/);
      return true;
    }
  }));
