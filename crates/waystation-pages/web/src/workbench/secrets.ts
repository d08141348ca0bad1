import { isObject, type JsonObject, parse } from '../shared/json';

/** Settings stay in the tab: they outlive a reload, not the tab, and go into no link and no file. */
const name = (slug: string) => `waystation.settings.${slug}`;

export function kept(slug: string): JsonObject {
  const parsed = parse(sessionStorage.getItem(name(slug)) ?? '{}');
  return 'value' in parsed && isObject(parsed.value) ? parsed.value : {};
}

export function keep(slug: string, settings: JsonObject) {
  sessionStorage.setItem(name(slug), JSON.stringify(settings));
}
