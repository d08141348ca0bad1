import type { Json } from './json';

/** An answer that the server refused to give, in its own words. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
  ) {
    super(message);
  }
}

/** The server cannot be reached. */
export class Unreachable extends Error {}

/** Asks the server that the page came from. */
export async function ask<T>(method: 'GET' | 'POST', path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      signal: signal ?? null,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Unreachable('The server does not answer.');
  }
  const answer = (await response.json().catch(() => null)) as Json;
  if (!response.ok) {
    const told = (answer ?? {}) as { message?: string; code?: string };
    throw new Refused(told.message ?? `The server answered ${response.status}.`, response.status, told.code ?? '');
  }
  return answer as T;
}
