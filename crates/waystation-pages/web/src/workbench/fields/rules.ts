import { equal, isObject, type Json, type JsonObject } from '../../shared/json';
import type { Condition, Conditions, Field, Fields } from '../types';

export const SYNC_MODE = '__segment_internal_sync_mode';

/** How a field of a mapping is filled. */
export type Filling = 'nothing' | 'path' | 'template' | 'value' | 'expression';

export function fillingOf(node: Json | undefined): Filling {
  if (node === undefined) return 'nothing';
  if (!isObject(node)) return 'value';
  if (typeof node['@path'] === 'string') return 'path';
  if (typeof node['@template'] === 'string') return 'template';
  return 'expression';
}

/** The defaults of fields, as a new mapping begins; those that are null are none. */
export function defaultMapping(fields: Fields): JsonObject {
  const mapping: JsonObject = {};
  for (const [key, field] of Object.entries(fields)) {
    if (field.default !== undefined && field.default !== null) mapping[key] = structuredClone(field.default);
  }
  return mapping;
}

export function isPassword(field: Field): boolean {
  return field.type === 'password';
}

/** The values that conditions ask for: what the mapping made of the event, and where that is unknown what stands in
 * the mapping itself. */
export interface Known {
  mapping: JsonObject;
  resolved: JsonObject | null;
}

export function isShown(field: Field, known: Known): boolean {
  if (field.unsafe_hidden) return false;
  return field.depends_on === undefined || holds(field.depends_on, known);
}

export function isRequired(field: Field, known: Known): boolean {
  if (typeof field.required === 'object') return holds(field.required, known);
  return field.required === true;
}

function holds(conditions: Conditions, known: Known): boolean {
  const each = (condition: Condition) => meets(condition, known);
  return conditions.match === 'any' ? conditions.conditions.some(each) : conditions.conditions.every(each);
}

function meets(condition: Condition, known: Known): boolean {
  const key = condition.type === 'syncMode' ? SYNC_MODE : (condition.fieldKey ?? '');
  const value = valueOf(key, known);
  const isSet = value !== undefined && value !== null;
  if (condition.value === undefined) return condition.operator === 'is' ? !isSet : isSet;
  const wanted = Array.isArray(condition.value) ? condition.value : [condition.value];
  const isOne = wanted.some((one) => equal(one, value ?? null));
  return condition.operator === 'is' ? isOne : !isOne;
}

function valueOf(key: string, known: Known): Json | undefined {
  const written = dig(known.mapping, key);
  // What is written as a value counts as it is, also before the server has looked at it.
  if (written !== undefined && fillingOf(written) === 'value') return written;
  if (key === SYNC_MODE) return written;
  return known.resolved ? dig(known.resolved, key) : written;
}

function dig(object: JsonObject, key: string): Json | undefined {
  if (key in object) return object[key];
  let current: Json | undefined = object;
  for (const part of key.split('.')) current = isObject(current) ? current[part] : undefined;
  return current;
}

/** The choices of a field, each with its label. */
export function choicesOf(field: Field): { label: string; value: Json }[] {
  return (field.choices ?? []).map((choice) =>
    typeof choice === 'object' && choice !== null ? choice : { label: String(choice), value: choice },
  );
}

/** A value that shows what kind of value belongs there; for trying a destination without an account. */
export function placeholderValue(key: string, field: Field): Json {
  const choice = choicesOf(field)[0];
  if (choice) return choice.value;
  switch (field.type) {
    case 'boolean':
      return true;
    case 'number':
    case 'integer':
      return 1;
    case 'object':
      return {};
    default:
      if (field.format === 'uri' || /url|endpoint|domain/i.test(key)) return 'https://sample.example';
      return `sample-${key.replace(/[^a-zA-Z0-9]+/g, '-').toLowerCase()}`;
  }
}

/** The type that a text typed into a plain field stands for. */
export function typed(text: string, field: Field): Json {
  if (field.type === 'boolean') return text === 'true';
  if ((field.type === 'number' || field.type === 'integer') && text.trim() !== '' && !Number.isNaN(Number(text))) return Number(text);
  return text;
}
