import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    address: string;
  }
}

/** Starts the server for all flows, on a port of its own choice; or takes the one at `ADDRESS`, such as Vite's. */
export default async function start(project: TestProject) {
  const running = process.env['ADDRESS'];
  if (running) {
    project.provide('address', running);
    return () => Promise.resolve();
  }
  const program = process.env['WAYSTATION'] ?? new URL('../../../../../target/debug/waystation', import.meta.url).pathname;
  const server = spawn(program, ['serve', '--destination', 'customerio', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  project.provide('address', await address(server));
  return async () => {
    server.kill('SIGTERM');
    if (server.exitCode === null) await once(server, 'exit');
  };
}

/** The server says where it is in its first line. */
async function address(server: ChildProcess): Promise<string> {
  if (!server.stdout) throw new Error('the server says nothing');
  for await (const line of createInterface(server.stdout)) {
    const found = /https?:\/\/\S+/.exec(line);
    if (found) {
      server.stdout.resume();
      return found[0];
    }
  }
  throw new Error('the server ended before it listened');
}
