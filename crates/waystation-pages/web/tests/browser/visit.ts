import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject } from 'vitest';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let browser: Browser;

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: FLAGS });
});

afterAll(async () => {
  await browser.close();
});

interface Wishes {
  width?: number;
  scheme?: 'light' | 'dark';
  /** What stands behind `/`. */
  hash?: string;
}

/** A first visit: a browser that knows nothing yet. Ends with a look at what it complained about, and at axe's findings. */
export async function visit(wishes: Wishes, flow: (page: Page, context: BrowserContext) => Promise<void>) {
  const width = wishes.width ?? 1440;
  const context = await browser.newContext({
    viewport: { width, height: width < 500 ? 844 : 900 },
    colorScheme: wishes.scheme ?? 'light',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  context.setDefaultTimeout(Number(process.env['PATIENCE'] ?? 120_000));
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  const foreign: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(inject('address')) && !/^(blob|data):/.test(request.url())) foreign.push(request.url());
  });
  try {
    await page.goto(`${inject('address')}/${wishes.hash ?? ''}`);
    await outcome(page).filter({ hasNotText: 'Looking at' }).waitFor({ state: 'attached' });
    await flow(page, context);
    await accessible(page);
    expect(complaints).toEqual([]);
    expect(foreign).toEqual([]);
  } finally {
    await context.close();
  }
}

/** The line that answers. */
export function outcome(page: Page) {
  return page.locator('.outcome-text');
}

/** Nothing that axe objects to, as the page is now. */
export async function accessible(page: Page) {
  // Run in the page's own world, past its policy, which has no place for other code.
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const found = await (window as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
    });
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target.join(' ')} (${node.any[0]?.message ?? node.all[0]?.message ?? ''})`).join('; ')}`);
  });
  expect(violations).toEqual([]);
}

/** Fills in settings that nobody looks at, and runs. */
export async function run(page: Page) {
  const fill = page.getByRole('button', { name: 'Fill in sample values' });
  if (await fill.isVisible()) await fill.click();
  await page.keyboard.press('Control+Enter');
}

/** Replaces the text of an editor. */
export async function write(page: Page, label: string, text: string) {
  const editor = page.getByRole('textbox', { name: label });
  await editor.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(text);
}
