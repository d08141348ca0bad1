import { describe, expect, test } from 'vitest';
import { defaultMapping, fillingOf, isRequired, isShown, placeholderValue, typed } from '../../src/workbench/fields/rules';
import type { Field } from '../../src/workbench/types';

const field = (more: Partial<Field>): Field => ({ label: 'x', type: 'string', ...more });

describe('conditions', () => {
  const when = (operator: 'is' | 'is_not', value?: unknown) =>
    field({ depends_on: { conditions: [{ fieldKey: 'kind', operator, ...(value === undefined ? {} : { value: value as string }) }] } });

  test('without a value ask whether the field is set', () => {
    expect(isShown(when('is'), { mapping: {}, resolved: null })).toBe(true);
    expect(isShown(when('is'), { mapping: { kind: 'a' }, resolved: null })).toBe(false);
    expect(isShown(when('is_not'), { mapping: { kind: 'a' }, resolved: null })).toBe(true);
  });

  test('ask what the mapping made of the event, where it is no plain value', () => {
    const mapping = { kind: { '@path': '$.kind' } };
    expect(isShown(when('is', 'a'), { mapping, resolved: { kind: 'a' } })).toBe(true);
    expect(isShown(when('is', 'a'), { mapping, resolved: {} })).toBe(false);
    expect(isShown(when('is_not', 'a'), { mapping, resolved: { kind: 'b' } })).toBe(true);
  });

  test('join by any or by all', () => {
    const two = (match: 'any' | 'all') =>
      field({
        required: {
          match,
          conditions: [
            { fieldKey: 'kind', operator: 'is', value: 'a' },
            { fieldKey: 'other', operator: 'is', value: 'b' },
          ],
        },
      });
    const known = { mapping: { kind: 'a' }, resolved: null };
    expect(isRequired(two('any'), known)).toBe(true);
    expect(isRequired(two('all'), known)).toBe(false);
  });

  test('ask for the sync mode', () => {
    const upserts = field({ depends_on: { conditions: [{ type: 'syncMode', operator: 'is', value: 'upsert' }] } });
    expect(isShown(upserts, { mapping: { __segment_internal_sync_mode: 'upsert' }, resolved: {} })).toBe(true);
    expect(isShown(upserts, { mapping: {}, resolved: {} })).toBe(false);
  });
});

test('hidden fields are not shown', () => {
  expect(isShown(field({ unsafe_hidden: true }), { mapping: {}, resolved: null })).toBe(false);
});

test('each way of filling a field is told from the others', () => {
  expect(fillingOf(undefined)).toBe('nothing');
  expect(fillingOf({ '@path': '$.a' })).toBe('path');
  expect(fillingOf({ '@template': '{{a}}' })).toBe('template');
  expect(fillingOf({ '@if': {} })).toBe('expression');
  expect(fillingOf({ plain: 1 })).toBe('expression');
  expect(fillingOf([1])).toBe('value');
  expect(fillingOf('a')).toBe('value');
});

test('defaults that are null are none', () => {
  expect(defaultMapping({ a: field({ default: null }), b: field({ default: false }), c: field({}) })).toEqual({ b: false });
});

test('samples and typed texts have the type of their field', () => {
  expect(placeholderValue('key', field({ choices: [{ label: 'EU', value: 'eu' }] }))).toBe('eu');
  expect(placeholderValue('api_key', field({ type: 'password' }))).toBe('sample-api-key');
  expect(typed('12', field({ type: 'number' }))).toBe(12);
  expect(typed('12', field({}))).toBe('12');
  expect(typed('a', field({ type: 'number' }))).toBe('a');
});
