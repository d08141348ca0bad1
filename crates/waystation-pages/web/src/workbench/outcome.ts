import { at, asPath } from '../shared/pointer';
import type { Status } from '../shared/status';
import { count, duration, listed } from '../shared/words';
import type { Asked, Json, Preview, PreviewEvent, Report } from './types';

/** The answer in one line, and what to look at. */
export interface Line {
  status: Status;
  text: string;
  /** What may be done about it, or how it came about. */
  more?: string;
}

/** What a run came to, in words. */
export function outcomeOf(report: Report, preview: Preview, partner: string): Line {
  const { outcome, timings, exchanges, attempts } = report;
  const took = `in ${duration(timings.totalMs)}`;
  const failed = outcome.failed ?? 0;
  const requests = count(exchanges.length, 'request');
  switch (outcome.status) {
    case 'dryRun': {
      const items = (outcome.shown ?? 0) + failed;
      if (failed > 0) {
        return { status: 'partial', text: `${outcome.shown} of ${items} would be sent`, more: `${count(failed, 'item')} failed before that` };
      }
      const what = outcome.shown === null || outcome.shown === undefined ? 'The event' : count(items, 'event');
      return { status: 'shown', text: `${what} would be sent: ${requests}, nothing left this machine`, more: took };
    }
    case 'delivered': {
      const delivered = outcome.delivered;
      const what = delivered === null || delivered === undefined ? 'Delivered' : `${delivered} of ${delivered} delivered`;
      const warned = outcome.warning ?? (outcome.warned ? `${count(outcome.warned, 'item')} with a complaint` : undefined);
      const tries = attempts.length > 1 ? `, at attempt ${attempts.length}` : '';
      return { status: warned ? 'warning' : 'delivered', text: `${what} ${took}${tries}`, more: warned };
    }
    case 'partial':
      return {
        status: 'partial',
        text: `${outcome.delivered ?? 0} of ${(outcome.delivered ?? 0) + failed} delivered ${took}`,
        more: failureWords(report, partner),
      };
    case 'skipped':
      return { status: 'skipped', text: 'Skipped: the subscription does not match', more: whyNot(preview.events[0]) ?? outcome.reason ?? undefined };
    case 'failed': {
      const isUnknown = outcome.error?.unknownOutcome || (outcome.unknown ?? 0) > 0;
      return {
        status: isUnknown ? 'unknown' : 'failed',
        text: failedText(report, partner),
        more: isUnknown ? `${failureWords(report, partner)}. Whether the partner took it is unknown.` : failureWords(report, partner),
      };
    }
  }
}

function failedText(report: Report, partner: string): string {
  const { outcome, attempts } = report;
  const error = outcome.error;
  const tries = attempts.length > 1 ? ` after ${count(attempts.length, 'attempt')}` : '';
  switch (error?.stage) {
    case 'settings':
      return 'Not sent: the settings do not fit';
    case 'mapping':
      return 'Not sent: the mapping has faults';
    case 'validation':
      return 'Not sent: the payload does not fit the action';
    case 'subscription':
      return 'Not sent: the subscription cannot be read';
    default:
      if (error?.partner) return `Failed${tries}: ${partner} answered ${error.partner.status}`;
      return outcome.failed ? `None of ${outcome.failed} delivered${tries}` : `Failed${tries}`;
  }
}

function failureWords(report: Report, partner: string): string {
  const { outcome } = report;
  if (outcome.error) return outcome.error.message;
  const messages = ((report.multistatus ?? []) as unknown as Item[]).flatMap((item) => item.errormessage ?? []);
  const different = [...new Set(messages)];
  const first = different[0] ?? `${partner} refused some of them`;
  return different.length > 1 ? `${first}, and ${count(different.length - 1, 'other reason')}` : first;
}

/** A result of a batch, as the platform tells it. */
export interface Item {
  status: number;
  errortype?: string;
  errormessage?: string;
  errorreporter?: string;
  warning?: string;
  unknownOutcome?: boolean;
  dryRun?: boolean;
  sent?: Json;
  body?: Json;
}

export function itemStatus(item: Item): Status {
  if (item.unknownOutcome) return 'unknown';
  if (item.errortype) return 'failed';
  if (item.warning) return 'warning';
  return item.dryRun ? 'shown' : 'delivered';
}

/** What there is to say before anything is run. */
export function readiness(preview: Preview | null, place: number): Line {
  if (!preview) return { status: 'waiting', text: 'Looking at the event' };
  const seen = preview.events[place];
  if (preview.subscription.error) return { status: 'failed', text: 'The subscription cannot be read', more: preview.subscription.error.message };
  if (preview.faults.length > 0) {
    const fault = preview.faults[0];
    const more = fault ? `${asPath(fault.path)} ${fault.message}` : undefined;
    return { status: 'failed', text: `The mapping has ${count(preview.faults.length, 'fault')}`, more };
  }
  if (!seen) return { status: 'skipped', text: 'The list is empty' };
  if (seen.error) return { status: 'failed', text: 'The mapping fails on this event', more: seen.error };
  const problems = Object.entries(seen.fields ?? {});
  if (problems.length > 0) {
    const [key, problem] = problems[0] ?? ['', ''];
    return { status: 'failed', text: `${count(problems.length, 'field')} ${problems.length === 1 ? 'does' : 'do'} not fit`, more: `${key} ${problem}` };
  }
  if (!seen.matches) return { status: 'skipped', text: 'The subscription does not match this event', more: whyNot(seen) };
  const wanting = preview.events.filter((one) => one.matches).length;
  const text = preview.events.length > 1 ? `Ready: ${wanting} of ${preview.events.length} events match` : 'Ready: the event matches and the payload fits';
  return { status: 'ready', text, more: 'Run shows the requests' };
}

/** Why a subscription does not want an event. */
export function whyNot(seen: PreviewEvent | undefined): string | undefined {
  if (!seen?.conditions || seen.matches) return undefined;
  const unmet = unmetOf(seen.conditions);
  return unmet.length > 0 ? listed(unmet.slice(0, 3)) : undefined;
}

function unmetOf(asked: Asked): string[] {
  if (asked.holds) return [];
  switch (asked.kind) {
    case 'test':
      return [`${asked.text} does not hold: ${found(asked.pointer, asked.found)}`];
    case 'not':
      return ['a condition that must not hold does'];
    case 'group':
      return asked.conditions.flatMap(unmetOf);
  }
}

export function found(pointer: string, value: Json | undefined): string {
  const path = asPath(pointer).replace(/^\$\./, '');
  if (value === undefined) return `the event has no ${path}`;
  const text = JSON.stringify(value);
  return `${path} is ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`;
}

/** The places of the event behind a place of the payload, those of the values in it included. */
export function originsOf(seen: PreviewEvent | null, pointer: string): string[] {
  const origins = seen?.origins ?? {};
  const found = new Set<string>();
  for (const [place, from] of Object.entries(origins)) {
    if (place === pointer || place.startsWith(`${pointer}/`) || (pointer.startsWith(`${place}/`) && pointer !== '')) {
      for (const one of from) found.add(one);
    }
  }
  return [...found];
}

/** The places of the payload that a place of the event, or what is in it, went into. */
export function usesOf(seen: PreviewEvent | null, pointer: string): string[] {
  const origins = seen?.origins ?? {};
  return Object.entries(origins)
    .filter(([, from]) => from.some((one) => one === pointer || one.startsWith(`${pointer}/`)))
    .map(([place]) => place);
}

/** Several places in few words: what they have in common, if they are many. */
export function originWords(event: Json | undefined, from: string[]): string {
  if (from.length === 0) return '';
  if (from.length <= 2) return from.map(asPath).join(', ');
  let common = (from[0] ?? '').split('/');
  for (const one of from) {
    const parts = one.split('/');
    let length = 0;
    while (length < common.length && common[length] === parts[length]) length += 1;
    common = common.slice(0, length);
  }
  const whole = common.join('/');
  return whole && at(event, whole) !== undefined ? asPath(whole) : `${asPath(from[0] ?? '')} and ${from.length - 1} more`;
}
