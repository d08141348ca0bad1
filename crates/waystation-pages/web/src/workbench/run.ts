import { batch, computed, effect, signal } from '@preact/signals';
import { ask } from '../shared/ask';
import type { Json, JsonObject } from '../shared/json';
import { parse } from '../shared/json';
import { recall, remember } from './runs';
import * as state from './state';
import type { Mode, RunAnswer } from './types';

/** A run with everything that it was made of, but for secrets. */
export interface Run {
  id: string;
  at: number;
  destination: string;
  action: string;
  settings: JsonObject;
  /** The keys of the settings that were left out for being secret. */
  secrets: string[];
  mapping: JsonObject;
  subscribe: string;
  event: Json;
  mode: Mode;
  script: string;
  retries: number;
  answer: RunAnswer;
}

export const runs = signal<Run[]>([]);
export const current = signal<Run | null>(null);
/** The run that the current one is compared with. */
export const compared = signal<Run | null>(null);
export const isRunning = signal(false);
/** Told of each run as it comes in. */
export const finished = signal(0);
/** Why the last run did not come about. */
export const refusal = signal<string | null>(null);

/** Whether what is shown was made from what stands on the page now. */
export const isStale = computed(() => {
  const run = current.value;
  if (!run) return false;
  return (
    run.destination !== state.destinationSlug.value ||
    run.action !== state.actionSlug.value ||
    JSON.stringify([run.mapping, run.subscribe, run.event]) !==
      JSON.stringify([state.mapping.value, state.subscribe.value, state.event.value ?? null])
  );
});

export async function start() {
  const event = state.event.value;
  if (isRunning.value) return;
  if (event === undefined) {
    refusal.value = 'The event is no JSON yet.';
    return;
  }
  const partner = partnerOf(state.mode.value, state.scriptText.value);
  if ('error' in partner) {
    refusal.value = partner.error;
    return;
  }
  isRunning.value = true;
  const request = {
    payload: event,
    settings: state.settings.value,
    mapping: state.mapping.value,
    subscribe: state.subscribe.value || undefined,
  };
  try {
    const body = { request, partner: partner.value, retries: state.retries.value };
    const answer = await ask<RunAnswer>('POST', `${state.actionPath.value}/run`, body);
    finish(answer, event);
  } catch (error) {
    refusal.value = state.words(error);
  } finally {
    isRunning.value = false;
  }
}

function finish(answer: RunAnswer, event: Json) {
  const secrets = state.secretKeys.value;
  const settings = Object.entries(state.settings.value).filter(([key]) => !secrets.includes(key));
  const run: Run = {
    id: crypto.randomUUID(),
    at: Date.now(),
    destination: state.destinationSlug.value,
    action: state.actionSlug.value,
    settings: Object.fromEntries(settings),
    secrets: secrets.filter((key) => key in state.settings.value),
    mapping: state.mapping.value,
    subscribe: state.subscribe.value,
    event,
    mode: state.mode.value,
    script: state.scriptText.value,
    retries: state.retries.value,
    answer,
  };
  batch(() => {
    refusal.value = null;
    current.value = run;
    compared.value = null;
    state.preview.value = answer.preview;
    runs.value = remember([run, ...runs.value]);
    finished.value += 1;
  });
}

function partnerOf(mode: Mode, script: string): { value: unknown } | { error: string } {
  if (mode !== 'scripted') return { value: { kind: mode } };
  const parsed = parse(script);
  if ('error' in parsed) return { error: `The script is no JSON: ${parsed.error}` };
  return { value: { kind: 'scripted', script: parsed.value } };
}

/** Puts everything that a run was made of back on the page. */
export function restore(run: Run) {
  batch(() => {
    state.actionSlug.value = run.action;
    state.mapping.value = run.mapping;
    state.mappingDraft.value = null;
    state.subscribe.value = run.subscribe;
    state.eventText.value = JSON.stringify(run.event, null, 2);
    state.mode.value = run.mode;
    state.scriptText.value = run.script;
    state.retries.value = run.retries;
    state.place.value = 0;
  });
}

export function beginRuns() {
  runs.value = recall();
  // Another destination or action: what was shown belongs to what is gone.
  effect(() => {
    const key = `${state.destinationSlug.value}/${state.actionSlug.value}`;
    const shown = current.peek();
    if (shown && `${shown.destination}/${shown.action}` !== key) current.value = null;
  });
}
