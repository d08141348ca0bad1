import { isObject, type Json, type JsonObject } from '../../shared/json';
import { commerce } from './commerce';
import type { Sample, SampleGroup } from './envelope';
import { business, calls, phones, video } from './others';

export type { Sample, SampleGroup };

/** Every sample, by specification. The values are our own. */
export const GROUPS: SampleGroup[] = [calls, commerce, business, video, phones];

const ALL = GROUPS.flatMap((group) => group.samples);

export function sampleNamed(name: string): Sample | undefined {
  return ALL.find((sample) => sample.name === name);
}

/** The sample that a subscription is most likely to want. The server has the last word on whether it does. */
export function fitting(subscribe: string): Sample {
  const quoted = (pattern: RegExp) => [...subscribe.matchAll(pattern)].map((match) => match[1] ?? '');
  const events = quoted(/\bevent\s*=\s*"([^"]+)"/g);
  const types = quoted(/\btype\s*=\s*"?([a-z]+)"?/g);
  const unwanted = quoted(/\bevent\s*!=\s*"([^"]+)"/g);
  const named = events.map(sampleNamed).find((sample) => sample !== undefined);
  if (named) return named;
  const candidates = ALL.filter((sample) => !unwanted.includes(sample.name));
  const typed = candidates.find((sample) => types.includes(String(sample.event['type'])));
  const found = typed ?? candidates.find((sample) => sample.event['type'] === 'track') ?? ALL[0];
  if (!found) throw new Error('there are no samples');
  const event = events[0];
  return event === undefined ? found : { name: event, event: { ...found.event, type: 'track', event } };
}

/** A list of three made of one event: ids differ, so that batches can be told apart. */
export function asBatch(event: Json): Json[] {
  if (Array.isArray(event)) return event;
  if (!isObject(event)) return [event];
  return [1, 2, 3].map((number): JsonObject => {
    const copy = structuredClone(event);
    for (const key of ['messageId', 'userId', 'anonymousId']) {
      if (typeof copy[key] === 'string') copy[key] = `${copy[key]}-${number}`;
    }
    for (const holder of [copy['traits'], isObject(copy['context']) ? copy['context']['traits'] : undefined]) {
      if (isObject(holder) && typeof holder['email'] === 'string') holder['email'] = numbered(holder['email'], number);
    }
    return copy;
  });
}

function numbered(email: string, number: number): string {
  return number === 1 ? email : email.replace('@', `+${number}@`);
}
