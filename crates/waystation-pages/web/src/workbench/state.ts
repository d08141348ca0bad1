import { batch, computed, effect, signal } from '@preact/signals';
import { ask, Refused, Unreachable } from '../shared/ask';
import { isObject, type Json, type JsonObject, parse, pretty } from '../shared/json';
import { kept, keep } from './secrets';
import { defaultMapping, isPassword } from './fields/rules';
import { fitting } from './samples';
import type { Action, DestinationInfo, Fields, Mode, Preset, Preview, ServerInfo } from './types';

/** What the server offers; null until it has said so. */
export const server = signal<ServerInfo | null>(null);
/** Why there is no answer at the moment. */
export const trouble = signal<string | null>(null);
export const destination = signal<DestinationInfo | null>(null);
export const destinationSlug = signal('');
export const actionSlug = signal('');
export const presetName = signal('');

/** What a run is made of. */
export const settings = signal<JsonObject>({});
export const mapping = signal<JsonObject>({});
/** The mapping as it is being typed, while that is no JSON object. */
export const mappingDraft = signal<string | null>(null);
export const subscribe = signal('');
export const eventText = signal('{}');
export const sampleName = signal('');
export const mode = signal<Mode>('dryRun');
export const scriptText = signal('[\n  { "status": 200, "json": {} }\n]');
export const retries = signal(0);

/** What subscription and mapping make of the event, as it was last looked at. */
export const preview = signal<Preview | null>(null);
export const previewTrouble = signal<string | null>(null);
/** Which event of a list is looked at. */
export const place = signal(0);

/** What is lit up: places of the event, and of the payload. */
export const litEvent = signal<string[]>([]);
export const litPayload = signal<string[]>([]);

export const action = computed<Action | null>(() => {
  const known = destination.value?.manifest;
  return known?.actions[actionSlug.value] ?? known?.asyncActions?.[actionSlug.value] ?? null;
});

export const settingFields = computed<Fields>(() => destination.value?.manifest.authentication?.fields ?? {});

export const presets = computed<Preset[]>(() =>
  (destination.value?.manifest.presets ?? []).filter((preset) => preset.partnerAction === actionSlug.value),
);

export const takesBatches = computed(
  () => destination.value?.structure.actions.find((known) => known.slug === actionSlug.value)?.batch ?? false,
);

export const dynamicFields = computed(
  () => destination.value?.structure.actions.find((known) => known.slug === actionSlug.value)?.dynamicFields ?? [],
);

export const parsedEvent = computed(() => parse(eventText.value));
export const event = computed<Json | undefined>(() => {
  const parsed = parsedEvent.value;
  return 'value' in parsed ? parsed.value : undefined;
});
export const isBatch = computed(() => Array.isArray(event.value));
export const shownEvent = computed(() => preview.value?.events[place.value] ?? null);

/** The settings that must not be seen: their keys. */
export const secretKeys = computed(() =>
  Object.entries(settingFields.value)
    .filter(([, field]) => isPassword(field))
    .map(([key]) => key),
);

export const actionPath = computed(
  () => `/workbench/destinations/${destinationSlug.value}/actions/${actionSlug.value}`,
);

/** Begins: asks what there is, and opens what the link or the server names. */
export async function begin(wanted: { destination?: string | undefined }) {
  try {
    const info = await ask<ServerInfo>('GET', '/workbench');
    server.value = info;
    trouble.value = null;
    const known = info.destinations.some(({ slug }) => slug === wanted.destination);
    const first = info.served ?? info.destinations[0]?.slug;
    const slug = known ? wanted.destination : first;
    if (slug) await chooseDestination(slug);
    else trouble.value = 'This build has no destinations.';
  } catch (error) {
    trouble.value = words(error);
  }
}

export async function chooseDestination(slug: string) {
  const info = await ask<DestinationInfo>('GET', `/workbench/destinations/${encodeURIComponent(slug)}`);
  batch(() => {
    destinationSlug.value = slug;
    destination.value = info;
    settings.value = { ...defaultMapping(info.manifest.authentication?.fields ?? {}), ...kept(slug) };
    const actions = Object.entries(info.manifest.actions).filter(([, known]) => !known.hidden);
    const first = actions.find(([slug]) => slug === 'trackEvent') ?? actions[0] ?? Object.entries(info.manifest.asyncActions ?? {})[0];
    chooseAction(first?.[0] ?? '');
  });
}

export function chooseAction(slug: string) {
  batch(() => {
    actionSlug.value = slug;
    preview.value = null;
    place.value = 0;
    const preset = presets.value.find(({ type }) => type === 'automatic');
    if (preset) choosePreset(preset);
    else chooseDefaults();
  });
}

export function choosePreset(preset: Preset) {
  start(preset.name, preset.mapping, preset.subscribe ?? '');
}

/** The mapping and the subscription that the fields suggest. */
export function chooseDefaults() {
  const known = action.value;
  if (!known) return;
  const mapping = defaultMapping(known.fields);
  if (known.syncMode) mapping['__segment_internal_sync_mode'] = known.syncMode.default;
  start('', mapping, known.defaultSubscription ?? '');
}

function start(name: string, suggested: JsonObject, filter: string) {
  batch(() => {
    presetName.value = name;
    mapping.value = structuredClone(suggested);
    mappingDraft.value = null;
    subscribe.value = filter;
    const sample = fitting(filter);
    sampleName.value = sample.name;
    eventText.value = pretty(sample.event);
    place.value = 0;
  });
}

export function setField(key: string, value: Json | undefined) {
  const changed = { ...mapping.value };
  if (value === undefined) delete changed[key];
  else changed[key] = value;
  batch(() => {
    mapping.value = changed;
    mappingDraft.value = null;
  });
}

export function setSetting(key: string, value: Json | undefined) {
  const changed = { ...settings.value };
  if (value === undefined || value === '') delete changed[key];
  else changed[key] = value;
  settings.value = changed;
  keep(destinationSlug.value, changed);
}

/** Takes the mapping as it is typed; while it is no object, the one before stays in force. */
export function setMappingText(text: string) {
  const parsed = parse(text);
  batch(() => {
    if ('value' in parsed && isObject(parsed.value)) {
      mapping.value = parsed.value;
      mappingDraft.value = pretty(parsed.value) === text ? null : text;
    } else {
      mappingDraft.value = text;
    }
  });
}

export function words(error: unknown): string {
  if (error instanceof Refused || error instanceof Unreachable) return error.message;
  return error instanceof Error ? error.message : String(error);
}

/** Looks at the event anew whenever something changed, once the typing pauses. */
export function watch() {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked: AbortController | undefined;
  return effect(() => {
    const path = actionPath.value;
    const payload = event.value;
    const body = { payload, mapping: mapping.value, subscribe: subscribe.value };
    if (!actionSlug.value || payload === undefined) return;
    clearTimeout(timer);
    const look = async () => {
      asked?.abort();
      asked = new AbortController();
      try {
        const seen = await ask<Preview>('POST', `${path}/preview`, body, asked.signal);
        batch(() => {
          preview.value = seen;
          previewTrouble.value = null;
          if (trouble.value) trouble.value = null;
        });
      } catch (error) {
        if (error instanceof DOMException) return;
        if (error instanceof Unreachable) trouble.value = words(error);
        else previewTrouble.value = words(error);
      }
    };
    timer = setTimeout(() => void look(), preview.peek() ? 250 : 0);
  });
}
