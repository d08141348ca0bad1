import { expect, test } from 'vitest';
import { asBatch, fitting, GROUPS } from '../../src/workbench/samples';

test('a subscription finds the event it names, else one of its type', () => {
  expect(fitting('event = "Order Refunded" or event = "x"').name).toBe('Order Refunded');
  expect(fitting('type = "identify"').event['type']).toBe('identify');
  expect(fitting('type = "screen" or type = "page"').event['type']).toBe('page');
  expect(fitting('type = "track" and event != "Order Completed"').name).not.toBe('Order Completed');
  expect(fitting('').event['type']).toBe('track');
});

test('an event that no sample has is made from one', () => {
  const sample = fitting('event = "Roast Finished"');
  expect(sample.name).toBe('Roast Finished');
  expect(sample.event).toMatchObject({ type: 'track', event: 'Roast Finished' });
});

test('every sample has a name of its own, and the members that every event has', () => {
  const samples = GROUPS.flatMap((group) => group.samples);
  expect(new Set(samples.map(({ name }) => name)).size).toBe(samples.length);
  expect(samples.length).toBeGreaterThan(70);
  for (const { event } of samples) {
    expect(event).toMatchObject({ type: expect.any(String), messageId: expect.any(String), timestamp: expect.any(String) });
  }
});

test('a batch holds the event three times, told apart by its ids', () => {
  const batch = asBatch({ type: 'track', messageId: 'm', userId: 'u', context: { traits: { email: 'a@b.example' } } });
  expect(batch).toHaveLength(3);
  expect(new Set(batch.map((event) => JSON.stringify(event))).size).toBe(3);
  expect(asBatch([1])).toEqual([1]);
});
