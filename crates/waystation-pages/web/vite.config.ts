import preact from '@preact/preset-vite';
import type { ProxyOptions } from 'vite';
import { defineConfig } from 'vitest/config';

const proxy: Record<string, ProxyOptions> = {
  '^/workbench': {
    target: process.env['WAYSTATION'] ?? 'http://127.0.0.1:3000',
    // The server answers its own page only; to it, this one is.
    configure: (proxy) => proxy.on('proxyReq', (request) => request.removeHeader('origin')),
  },
};

// The built files are committed beside `web/`, so their names and contents must depend on the sources alone.
export default defineConfig({
  plugins: [preact({ devToolsEnabled: false, prefreshEnabled: false })],
  build: {
    outDir: process.env['PAGES_OUT'] ?? '../dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    // What is bundled is handed on with its licences.
    license: { fileName: 'licenses.md' },
  },
  // `npx vite` and `npx vite preview` beside a running `waystation serve`.
  server: { proxy },
  preview: { proxy },
  test: { include: ['tests/unit/**/*.test.ts'] },
});
