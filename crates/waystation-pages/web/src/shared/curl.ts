import type { components } from './api';

/** A request as a command for a shell. What is redacted stays so. */
export function curl(request: components['schemas']['ExchangeRequest']): string {
  const lines = [`curl -sS -X ${request.method} ${quoted(request.url)}`];
  for (const [name, value] of Object.entries(request.headers)) {
    if (name !== 'content-length') lines.push(`-H ${quoted(`${name}: ${String(value)}`)}`);
  }
  if (request.body) lines.push(`--data-raw ${quoted(request.body)}`);
  return lines.join(' \\\n  ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
