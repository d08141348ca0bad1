import { defineConfig } from 'vitest/config';

// The flows of the page in a real browser, against the real server. One after another: the machine may be busy.
export default defineConfig({
  test: {
    include: ['tests/browser/**/*.test.ts'],
    globalSetup: ['tests/browser/server.ts'],
    fileParallelism: false,
    // Generous: only what never comes is to fail.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: Number(process.env['PATIENCE'] ?? 120_000) } },
  },
});
