import { type JsonObject, pretty } from '../../shared/json';
import type { Run } from '../run';

/** Headers that say nothing once the answer is given again. */
const PASSING = new Set(['content-length', 'transfer-encoding', 'connection', 'date', 'content-encoding', 'set-cookie', 'server']);

/** The answers of a run as a script for `serve --mock`; each is for requests like the one that it answered. */
export function mockOf(run: Run): string {
  const answers = run.answer.report.exchanges.map(({ request, response, error }): JsonObject => {
    const on = `${request.method} ${new URL(request.url).pathname}`;
    if (!response) {
      const known = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND'];
      const code = error?.code ?? '';
      return { on, network_error: known.includes(code) ? code : 'timeout' };
    }
    const headers = Object.entries(response.headers).filter(([name]) => !PASSING.has(name) && name !== 'content-type');
    const body = response.body as JsonObject | string;
    const isText = typeof body === 'string';
    const type = isText ? Object.entries(response.headers).filter(([name]) => name === 'content-type') : [];
    const shown = Object.fromEntries([...headers, ...type]) as JsonObject;
    return {
      on,
      status: response.statusCode,
      ...(Object.keys(shown).length > 0 ? { headers: shown } : {}),
      ...(isText ? (body === '' ? {} : { body }) : { json: body }),
    };
  });
  return `${pretty(answers)}\n`;
}
