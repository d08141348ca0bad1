import { expect, test } from 'vitest';
import { diff } from '../../src/shared/diff';

test('rows stand beside what they replace, and equal stretches are left out', () => {
  const before = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].join('\n');
  const now = ['a', 'b', 'c', 'd', 'e', 'X', 'g', 'h'].join('\n');
  expect(diff(before, now)).toEqual([
    { kind: 'gap', before: '⋯', now: '⋯' },
    { kind: 'same', before: 'd', now: 'd' },
    { kind: 'same', before: 'e', now: 'e' },
    { kind: 'changed', before: 'f', now: 'X' },
    { kind: 'same', before: 'g', now: 'g' },
    { kind: 'changed', before: undefined, now: 'h' },
  ]);
});

test('equal texts have no rows but the gap', () => {
  expect(diff('a\nb', 'a\nb')).toEqual([{ kind: 'gap', before: '⋯', now: '⋯' }]);
});
