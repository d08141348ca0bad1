import preact from '@preact/preset-vite';
import { defineConfig } from 'vitest/config';

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
  },
  server: {
    // `npm run dev` beside a running `waystation serve`.
    proxy: {
      '^/workbench': {
        target: process.env['WAYSTATION'] ?? 'http://127.0.0.1:3000',
        // The server answers its own page only; to it, this one is.
        configure: (proxy) => proxy.on('proxyReq', (request) => request.removeHeader('origin')),
      },
    },
  },
  test: { include: ['tests/unit/**/*.test.ts'] },
});
