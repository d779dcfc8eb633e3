import { describe, expect, it } from 'vitest';
import { settingErrors, settingFields, settingValue } from '../../../src/pipeline/contract/settings';
import { resolvedSettings } from '../../../src/pipeline/lab/config';
import { STAGES } from '../../../src/pipeline/stages';
import {
  BROKEN_DEMOS,
  DEMOS,
  loadLessons,
  ruleOf,
  withNamesIn,
  wordsOfClaim,
  wordsOfDemo,
} from '../../../src/ui/lessons/demos';
import { figuresToShow } from '../../../src/ui/figures/figures';
import { LESSON_STEPS, settingsOfLink } from '../../../src/ui/lessons/lesson';
import { texHtml } from '../../../src/ui/formula/Tex';
import { glossary } from '../../../src/ui/i18n/en/glossary';
import { LANGUAGE_CODES } from '../../../src/ui/i18n';
import { placeOf, stageOfNode, withArm, withSetting } from '../../../src/pipeline/lab/edit';
import { configFrom, searchOf } from '../../../src/ui/store/url';

await Promise.all(LANGUAGE_CODES.map(loadLessons));

it('every demo and every lesson can be read', () => {
  expect(BROKEN_DEMOS).toEqual([]);
  expect(DEMOS.length).toBeGreaterThanOrEqual(13);
});

describe.each(DEMOS.map((demo) => [demo.name, demo] as const))('%s', (_, demo) => {
  it.each(LANGUAGE_CODES)('has a whole lesson in %s', (code) => {
    const lesson = demo.lessons[code];
    expect(lesson).toBeDefined();
    expect(lesson!.compares).not.toBe('');
    for (const step of LESSON_STEPS) expect(lesson!.steps[step].length, step).toBeGreaterThan(0);
    expect(JSON.stringify(lesson!.steps)).not.toContain('!');
  });

  it.each(LANGUAGE_CODES)('links to terms and settings that exist in %s', (code) => {
    const links = LESSON_STEPS.flatMap((step) => demo.lessons[code]!.steps[step])
      .flatMap((block) => (block.type === 'list' ? block.items.flat() : block.content))
      .flatMap((part) => (part.type === 'link' ? [part.to] : []));
    for (const to of links) {
      if (to.startsWith('#')) expect(Object.keys(glossary.glossary.terms)).toContain(to.slice(1));
      for (const { node, name, value } of settingsOfLink(to) ?? []) {
        expect(placeOf(demo.config, node), to).toBeDefined();
        const stage = stageOfNode(demo.config, node);
        const field = settingFields(STAGES[stage].settings).find((f) => f.name === name);
        expect(field, to).toBeDefined();
        const typed = settingValue(value, field!.kind);
        const settings = resolvedSettings(demo.config, stage, { [name]: typed });
        expect(settingErrors(STAGES[stage].settings, settings), to).toEqual([]);
      }
    }
  });

  it('says the same links in both languages', () => {
    const links = (code: 'en' | 'zh') =>
      [...JSON.stringify(demo.lessons[code]!.steps).matchAll(/"to":"(\?[^"]+)"/g)].map((m) => m[1]);
    expect(links('zh')).toEqual(links('en'));
  });

  it('says the same formulas in both languages, and KaTeX knows them', () => {
    const formulas = (code: 'en' | 'zh') =>
      LESSON_STEPS.flatMap((step) => demo.lessons[code]!.steps[step])
        .flatMap((block) => (block.type === 'list' ? block.items.flat() : block.content))
        .flatMap((part) => (part.type === 'math' ? [part.text] : []));
    expect(formulas('zh')).toEqual(formulas('en'));
    for (const formula of formulas('en')) expect(texHtml(formula), formula).not.toContain('katex-error');
  });

  it('is told in Chinese, with arms and claims', () => {
    const words = wordsOfDemo(demo, 'zh');
    expect(words.summary).toMatch(/[\u4e00-\u9fff]/);
    for (const arm of demo.config.arms) expect(demo.lessons.zh!.words[arm.id], arm.id).toBeDefined();
    for (const claim of demo.claims) {
      const { text, says, note } = wordsOfClaim(demo, claim, 'zh');
      expect(text, ruleOf(claim)).toMatch(/[\u4e00-\u9fff]/);
      expect(says, ruleOf(claim)).toMatch(/[\u4e00-\u9fff]/);
      if (claim.note) expect(note, ruleOf(claim)).toMatch(/[\u4e00-\u9fff]/);
    }
  });

  it('renames its arms with the language and back', () => {
    const zh = withNamesIn(demo.config, demo, 'zh');
    expect(zh.arms.map((a) => a.name)).toEqual(demo.config.arms.map((a) => demo.lessons.zh!.words[a.id]));
    expect(withNamesIn(zh, demo, 'en')).toEqual(demo.config);
  });

  it('is a link of its own, and so are changes of it', () => {
    expect(searchOf(demo.config, { demo })).toBe(`?v=1&demo=${demo.name}`);
    expect(searchOf(withNamesIn(demo.config, demo, 'zh'), { demo, lang: 'zh' })).toBe(
      `?v=1&demo=${demo.name}&lang=zh`,
    );
    const arm = demo.config.arms.at(-1)!;
    let config = { ...demo.config, seed: 9 };
    const [changed] = Object.keys(arm.settings);
    const standard = STAGES[arm.stage].settings.parse({}) as Record<string, unknown>;
    if (changed) config = withSetting(config, arm.id, changed, standard[changed]) as typeof config;
    config = withArm(config, 'ppo').config as typeof config;
    const read = configFrom(searchOf(config, { demo }));
    expect(read.problems).toEqual([]);
    expect(read.demo).toBe(demo);
    expect(read.config).toEqual(config);
  });

  it('has a figure to show', () => expect(figuresToShow(demo.config.arms, demo)[0]).toBeDefined());
});
