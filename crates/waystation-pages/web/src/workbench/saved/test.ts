import type { Json } from '../../shared/json';
import type { Item } from '../outcome';
import type { Run } from '../run';

/** A test for the testkit that holds what a run showed: the same event goes the same way to the same requests. */
export function testOf(run: Run): string {
  const isBatch = Array.isArray(run.event);
  const name = `${snake(run.action)}_${isBatch ? 'batch_' : ''}${run.answer.report.outcome.status === 'failed' ? 'fails' : run.answer.report.outcome.status === 'skipped' ? 'is_not_wanted' : 'arrives'}`;
  const destination = pascal(run.destination);
  const lines = [
    'use serde_json::json;',
    `use waystation_destination_${run.destination.replaceAll('-', '_')}::{${destination}, actions::${pascal(run.action)}};`,
    `use waystation_testkit::{${run.answer.report.exchanges.some((one) => hasHeaders(one)) ? 'Answer, ' : ''}Harness, Partner};`,
    '',
    '#[tokio::test]',
    `async fn ${name}() {`,
    '    let partner = Partner::start().await;',
    ...answers(run),
    `    let harness = Harness::<${destination}>::new(&partner, ${json(settings(run), 1)})`,
    ...(run.subscribe ? [`        .subscribe(${text(run.subscribe)})`] : []),
    ...(run.retries > 0 && run.mode !== 'dryRun' ? [`        .retries(${run.retries})`] : []),
    `        .mapping(${json(run.mapping, 2)});`,
    '',
    ...(isBatch
      ? [`    let events = ${list(run.event as Json[])};`, `    let outcome = harness.run_batch::<${pascal(run.action)}>(events).await;`]
      : [`    let outcome = harness.run::<${pascal(run.action)}>(${json(run.event, 1)}).await;`]),
    '',
    ...(isBatch ? itemAssertions(run) : [assertion(run)]),
    ...requests(run),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

type Exchange = Run['answer']['report']['exchanges'][number];

function hasHeaders({ response }: Exchange): boolean {
  return response?.headers['retry-after'] !== undefined;
}

function answers(run: Run): string[] {
  if (run.mode === 'dryRun') return ['    partner.always_answers(200, json!({}));'];
  return run.answer.report.exchanges.map((exchange) => {
    const { response, error } = exchange;
    if (!response) return `    // The partner gave no answer here: ${error?.message ?? 'unknown'}.`;
    const body = json(response.body as Json, 1);
    if (!hasHeaders(exchange)) return `    partner.answers(${response.statusCode}, ${body});`;
    const wait = String(response.headers['retry-after']);
    return `    partner.answers_with(Answer::json(${response.statusCode}, ${body}).header("retry-after", ${text(wait)}));`;
  });
}

function settings(run: Run): Json {
  const secret = (run.secrets ?? []).map((key): [string, Json] => [key, `test-${key}`]);
  return Object.fromEntries([...Object.entries(run.settings), ...secret]);
}

function assertion(run: Run): string {
  const { outcome } = run.answer.report;
  switch (outcome.status) {
    case 'skipped':
      return '    outcome.assert_not_subscribed();';
    case 'failed':
      return `    outcome.assert_failed_with(${outcome.error?.status ?? 500}, ${text(outcome.error?.code ?? '')});`;
    default:
      return '    outcome.assert_delivered();';
  }
}

function itemAssertions(run: Run): string[] {
  const items = (run.answer.report.multistatus ?? []) as unknown as Item[];
  if (items.every((item) => !item.errortype)) return ['    outcome.assert_delivered();'];
  return items.map((item, index) =>
    item.errortype
      ? `    outcome.assert_item(${index}).failed_with(${item.status}, ${text(item.errortype)});`
      : `    outcome.assert_item(${index}).delivered();`,
  );
}

function requests(run: Run): string[] {
  const { exchanges } = run.answer.report;
  if (exchanges.length === 0) return ['    partner.assert_nothing_sent();'];
  const each = exchanges.flatMap(({ request }, index) => {
    const lines = [`    assert_eq!(sent[${index}].method, ${text(request.method)});`, `    assert_eq!(sent[${index}].path(), ${text(new URL(request.url).pathname)});`];
    const body = asJson(request.body);
    if (body !== undefined) lines.push(`    assert_eq!(sent[${index}].json(), ${json(body, 1)});`);
    return lines;
  });
  return [`    let sent = partner.assert_sent(${exchanges.length});`, ...each];
}

function asJson(body: string): Json | undefined {
  try {
    const value = JSON.parse(body) as Json;
    return typeof value === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}

function list(events: Json[]): string {
  return `[\n${events.map((event) => `        ${json(event, 2)},`).join('\n')}\n    ]`;
}

function json(value: Json, level: number): string {
  const indent = '    '.repeat(level);
  return `json!(${JSON.stringify(value, null, 4).replaceAll('\n', `\n${indent}`)})`;
}

function text(value: string): string {
  return value.includes('"') ? `r#"${value}"#` : JSON.stringify(value);
}

function snake(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^a-zA-Z0-9]+/g, '_')
    .toLowerCase();
}

function pascal(name: string): string {
  return snake(name)
    .split('_')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}
