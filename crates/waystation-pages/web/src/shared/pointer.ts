import { isObject, type Json } from './json';

/** JSON pointers (RFC 6901), the form in which the server names places. */
export function segments(pointer: string): string[] {
  if (pointer === '') return [];
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function pointer(parts: readonly (string | number)[]): string {
  return parts.map((part) => '/' + String(part).replaceAll('~', '~0').replaceAll('/', '~1')).join('');
}

/** As mappings write it: `$.properties.products[0].sku`. */
export function asPath(from: string): string {
  let path = '$';
  for (const part of segments(from)) {
    path += /^\d+$/.test(part) ? `[${part}]` : `.${part}`;
  }
  return path;
}

/** The value at a pointer; `undefined` if nothing stands there. */
export function at(value: Json | undefined, from: string): Json | undefined {
  let current = value;
  for (const part of segments(from)) {
    if (Array.isArray(current)) current = current[Number(part)];
    else if (isObject(current)) current = current[part];
    else return undefined;
  }
  return current;
}

/** Every path of a value that holds no others, as mappings write them; items of lists are left out beyond the first. */
export function paths(value: Json, limit = 300): string[] {
  const found: string[] = [];
  const visit = (current: Json, path: string) => {
    if (found.length >= limit) return;
    if (path !== '$') found.push(path);
    if (Array.isArray(current)) {
      if (current[0] !== undefined) visit(current[0], `${path}[0]`);
    } else if (isObject(current)) {
      for (const [key, member] of Object.entries(current)) {
        if (!/[.[\]]/.test(key)) visit(member, `${path}.${key}`);
      }
    }
  };
  visit(value, '$');
  return found;
}

/** Whether one place is the other or lies below it. */
export function within(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(outer + '/');
}
