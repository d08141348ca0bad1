import { useState } from 'preact/hooks';
import type { components } from './api';
import { Copy } from './copy';
import { curl } from './curl';
import { type Json, parse } from './json';
import { JsonView } from './json-view';
import { httpStatus, StatusWord } from './status';
import { duration, size } from './words';

type Exchange = components['schemas']['Exchange'];

/** Requests with their answers, in their order. */
export function Requests({ exchanges, isDry }: { exchanges: Exchange[]; isDry: boolean }) {
  if (exchanges.length === 0) return <p class="empty">No request went out.</p>;
  return (
    <ol class="requests">
      {exchanges.map((exchange, index) => (
        <li key={index}>
          <Request exchange={exchange} isDry={isDry} number={index + 1} />
        </li>
      ))}
    </ol>
  );
}

function Request({ exchange, isDry, number }: { exchange: Exchange; isDry: boolean; number: number }) {
  const { request, response, error, timing } = exchange;
  const address = new URL(request.url);
  return (
    <article class="request" aria-label={`Request ${number}`}>
      <header>
        <span class="method">{request.method}</span>
        <span class="address" title={request.url}>
          <span class="soft">{address.origin}</span>
          {request.url.slice(address.origin.length)}
        </span>
        <Copy text={() => curl(request)} label="Copy as curl" />
      </header>
      <Body label="Request" headers={request.headers as Record<string, Json>} body={request.body} />
      <div class="answer">
        {isDry ? (
          <StatusWord status="shown">Not sent: this is a dry run</StatusWord>
        ) : response ? (
          <StatusWord status={httpStatus(response.statusCode)}>
            {response.statusCode} {response.statusMessage}
          </StatusWord>
        ) : (
          <StatusWord status="failed">{error?.code ? `${error.code}: ${error.message}` : (error?.message ?? 'No answer')}</StatusWord>
        )}
        {isDry || !timing ? null : <span class="soft number">{duration(timing.durationMs)}</span>}
      </div>
      {response && !isDry ? (
        <Body label="Answer" headers={response.headers as Record<string, Json>} body={response.body as Json} />
      ) : null}
    </article>
  );
}

function Body({ label, headers, body }: { label: string; headers: Record<string, Json>; body: Json }) {
  const [open, setOpen] = useState(false);
  const value = typeof body === 'string' ? read(body) : body;
  const count = Object.keys(headers).length;
  return (
    <div class="body">
      <button type="button" class="fold-line" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? '▾' : '▸'} {label}: {count} headers
        {typeof body === 'string' && body !== '' ? <span class="soft number"> · {size(new Blob([body]).size)}</span> : null}
      </button>
      {open ? (
        <dl class="headers">
          {Object.entries(headers).map(([name, text]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{String(text)}</dd>
            </div>
          ))}
        </dl>
      ) : null}
      {value === '' ? null : typeof value === 'string' ? <pre class="text">{value}</pre> : <JsonView value={value} />}
    </div>
  );
}

/** A body as JSON, a form's members each by itself, or text. */
function read(text: string): Json {
  const parsed = parse(text);
  if ('value' in parsed && typeof parsed.value === 'object') return parsed.value;
  if (/^[\w.%+~[\]-]+=[^\s&]*(&[\w.%+~[\]-]+=[^\s&]*)*$/.test(text)) return Object.fromEntries(new URLSearchParams(text));
  return text;
}
