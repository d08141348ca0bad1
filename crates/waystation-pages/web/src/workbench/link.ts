import { batch, effect } from '@preact/signals';
import { isObject, type Json, parse } from '../shared/json';
import * as state from './state';
import type { Mode } from './types';

/** What a link holds: everything that a run is made of, but for settings that are secret. */
interface Linked {
  d: string;
  a: string;
  p: string;
  m: Json;
  s: string;
  e: string;
  o: Mode;
  c?: string;
  r?: number;
  t: Json;
}

/** The state of the page as the part of an address behind `#`: compressed, in letters that addresses keep. */
export async function encode(): Promise<string> {
  const secrets = state.secretKeys.value;
  const settings = Object.entries(state.settings.value).filter(([key]) => !secrets.includes(key));
  const linked: Linked = {
    d: state.destinationSlug.value,
    a: state.actionSlug.value,
    p: state.presetName.value,
    m: state.mapping.value,
    s: state.subscribe.value,
    e: compact(state.eventText.value),
    o: state.mode.value,
    ...(state.mode.value === 'dryRun' ? {} : { c: compact(state.scriptText.value), r: state.retries.value }),
    t: Object.fromEntries(settings),
  };
  const bytes = await through(new TextEncoder().encode(JSON.stringify(linked)), new CompressionStream('deflate-raw'));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

/** Reads what `encode` wrote; null for anything else. */
export async function decode(text: string): Promise<Linked | null> {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
    const json = await through(bytes, new DecompressionStream('deflate-raw'));
    const parsed = parse(new TextDecoder().decode(json));
    return 'value' in parsed && isObject(parsed.value) ? (parsed.value as unknown as Linked) : null;
  } catch {
    return null;
  }
}

async function through(bytes: Uint8Array, stream: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  const piped = new Blob([bytes as BlobPart]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(piped).arrayBuffer());
}

function compact(text: string): string {
  const parsed = parse(text);
  return 'value' in parsed ? JSON.stringify(parsed.value) : text;
}

function spread(text: string): string {
  const parsed = parse(text);
  return 'value' in parsed ? JSON.stringify(parsed.value, null, 2) : text;
}

/** Opens what the address names; then keeps the address in step with the page. */
export async function open() {
  const linked = location.hash.length > 1 ? await decode(location.hash.slice(1)) : null;
  await state.begin({ destination: linked?.d });
  if (linked && linked.d === state.destinationSlug.value) apply(linked);
  follow();
}

function apply(linked: Linked) {
  batch(() => {
    state.chooseAction(linked.a);
    state.presetName.value = String(linked.p ?? '');
    if (isObject(linked.m)) state.mapping.value = linked.m;
    state.subscribe.value = String(linked.s ?? '');
    state.eventText.value = spread(String(linked.e ?? '{}'));
    // A link must not make the page send anything for real by the next key.
    state.mode.value = linked.o === 'scripted' ? 'scripted' : 'dryRun';
    if (linked.c) state.scriptText.value = spread(linked.c);
    state.retries.value = Number(linked.r ?? 0);
    if (isObject(linked.t)) state.settings.value = { ...state.settings.value, ...linked.t };
  });
}

function follow() {
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    // Read here, so that the effect runs again when one of them changes.
    void [state.destinationSlug.value, state.actionSlug.value, state.presetName.value, state.mapping.value, state.subscribe.value];
    void [state.eventText.value, state.mode.value, state.scriptText.value, state.retries.value, state.settings.value];
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (state.destinationSlug.peek() === '') return;
      void encode().then((text) => history.replaceState(null, '', `#${text}`));
    }, 400);
  });
}

export async function copyLink() {
  const address = `${location.origin}${location.pathname}#${await encode()}`;
  await navigator.clipboard.writeText(address);
}
