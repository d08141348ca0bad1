import { expect, test } from 'vitest';
import type { Run } from '../../src/workbench/run';
import { mockOf } from '../../src/workbench/saved/mock';
import { testOf } from '../../src/workbench/saved/test';

const request = { method: 'POST', url: 'https://acme.test/v1/track?x=1', headers: { 'content-type': 'application/json' }, body: '{"a":1}' };
const response = { statusCode: 429, statusMessage: 'Too Many Requests', headers: { 'retry-after': '2', date: 'x' }, body: { error: 'slow down' } };

const run = (change: Partial<Run>, outcome: object, exchanges: object[]): Run =>
  ({
    id: '1',
    at: 0,
    destination: 'acme-crm',
    action: 'trackEvent',
    settings: { region: 'eu' },
    secrets: ['apiKey'],
    mapping: { name: { '@path': '$.event' } },
    subscribe: 'type = "track"',
    event: { type: 'track' },
    mode: 'scripted',
    script: '',
    retries: 1,
    answer: { report: { outcome, exchanges, attempts: [], timings: {} }, preview: {} },
    ...change,
  }) as unknown as Run;

test('a run becomes a test of the same event, answers and requests', () => {
  const failed = run({}, { status: 'failed', error: { status: 429, code: 'TOO_MANY_REQUESTS' } }, [{ request, response }]);
  expect(testOf(failed)).toBe(`use serde_json::json;
use waystation_destination_acme_crm::{AcmeCrm, actions::TrackEvent};
use waystation_testkit::{Answer, Harness, Partner};

#[tokio::test]
async fn track_event_fails() {
    let partner = Partner::start().await;
    partner.answers_with(Answer::json(429, json!({
        "error": "slow down"
    })).header("retry-after", "2"));
    let harness = Harness::<AcmeCrm>::new(&partner, json!({
        "region": "eu",
        "apiKey": "test-apiKey"
    }))
        .subscribe(r#"type = "track""#)
        .retries(1)
        .mapping(json!({
            "name": {
                "@path": "$.event"
            }
        }));

    let outcome = harness.run::<TrackEvent>(json!({
        "type": "track"
    })).await;

    outcome.assert_failed_with(429, "TOO_MANY_REQUESTS");
    let sent = partner.assert_sent(1);
    assert_eq!(sent[0].method, "POST");
    assert_eq!(sent[0].path(), "/v1/track");
    assert_eq!(sent[0].json(), json!({
        "a": 1
    }));
}
`);
});

test('what nobody wanted sends nothing', () => {
  const skipped = testOf(run({}, { status: 'skipped' }, []));
  expect(skipped).toContain('outcome.assert_not_subscribed();');
  expect(skipped).toContain('partner.assert_nothing_sent();');
});

test('of a batch, each item has its assertion', () => {
  const items = [{ status: 200 }, { status: 400, errortype: 'PAYLOAD_VALIDATION_FAILED' }];
  const batch = run({ event: [{}, {}] }, { status: 'partial' }, []);
  (batch.answer.report as unknown as { multistatus: unknown }).multistatus = items;
  expect(testOf(batch)).toContain('outcome.assert_item(1).failed_with(400, "PAYLOAD_VALIDATION_FAILED");');
  expect(testOf(batch)).toContain('harness.run_batch::<TrackEvent>(events)');
});

test('answers become a script, without what passes', () => {
  const recorded = run({}, { status: 'failed' }, [{ request, response }, { request, error: { code: 'ECONNRESET', message: '' } }, { request, error: { message: 'timed out' } }]);
  expect(JSON.parse(mockOf(recorded))).toEqual([
    { on: 'POST /v1/track', status: 429, headers: { 'retry-after': '2' }, json: { error: 'slow down' } },
    { on: 'POST /v1/track', network_error: 'ECONNRESET' },
    { on: 'POST /v1/track', network_error: 'timeout' },
  ]);
});
