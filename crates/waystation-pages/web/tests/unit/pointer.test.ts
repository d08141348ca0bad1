import { describe, expect, test } from 'vitest';
import { asPath, at, paths, pointer, segments, within } from '../../src/shared/pointer';

describe('pointers', () => {
  test('read and write every key', () => {
    const parts = ['a/b', 'c~d', '0', ''];
    expect(segments(pointer(parts))).toEqual(parts);
    expect(segments('')).toEqual([]);
  });

  test('print as mappings write them', () => {
    expect(asPath('/properties/products/0/sku')).toBe('$.properties.products[0].sku');
    expect(asPath('')).toBe('$');
  });

  test('lead to what stands there, or to nothing', () => {
    const value = { a: [{ b: null }] };
    expect(at(value, '/a/0/b')).toBeNull();
    expect(at(value, '/a/1/b')).toBeUndefined();
    expect(at(value, '/a/0/b/c')).toBeUndefined();
  });

  test('of an event list what a mapping can reach', () => {
    expect(paths({ a: { b: 1 }, 'c.d': 2, e: [{ f: 1 }, { g: 1 }] })).toEqual(['$.a', '$.a.b', '$.e', '$.e[0]', '$.e[0].f']);
  });

  test('know what lies within what', () => {
    expect(within('/a/b', '/a')).toBe(true);
    expect(within('/ab', '/a')).toBe(false);
  });
});
