import { describe, expect, it } from 'vitest';
import { en } from '../../../src/ui/i18n/en';
import { kept } from '../../../src/ui/i18n/en/kept';
import { labeler } from '../../../src/ui/i18n/en/labeler';
import { own } from '../../../src/ui/i18n/en/own';

describe('the catalogue', () => {
  it('has no empty word and no exclamation mark', () => {
    const check = (value: unknown): void => {
      if (typeof value === 'string') {
        expect(value.trim()).not.toBe('');
        expect(value).not.toContain('!');
      } else Object.values(value as object).forEach(check);
    };
    check({ ...en, ...kept, ...labeler, ...own });
  });
});
