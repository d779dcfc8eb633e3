import { describe, expect, it } from 'vitest';
import { objectOf, RELATIONS, subjectsOf } from '../../src/world';

describe('facts', () => {
  it('are one object per subject, and opposites hold both ways', () => {
    for (const relation of RELATIONS) {
      const subjects = subjectsOf(relation);
      expect(new Set(subjects).size).toBe(subjects.length);
      expect(new Set(subjects.map((subject) => objectOf(relation, subject))).size).toBe(subjects.length);
    }
    for (const subject of subjectsOf('opposite')) {
      expect(objectOf('opposite', objectOf('opposite', subject)!)).toBe(subject);
    }
    expect(objectOf('colour', 'sky')).toBe('blue');
    expect(objectOf('tool', 'singer')).toBe('mic');
    expect(objectOf('colour', 'wug')).toBeUndefined();
  });
});
