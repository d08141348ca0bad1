import { expect, test } from 'vitest';
import { outcome, visit } from './visit';

test('a first visit comes to a successful dry run in three interactions', () =>
  visit({}, async (page) => {
    await page.getByRole('combobox', { name: 'Action', exact: true }).selectOption('trackEvent');
    await page.getByRole('button', { name: 'Fill in sample values' }).click();
    await page.getByRole('button', { name: /^Run/ }).click();
    await outcome(page).getByText('The event would be sent: 1 request, nothing left this machine').waitFor();
    const request = page.getByRole('article', { name: 'Request 1' });
    expect(await request.innerText()).toContain('https://track.customer.io/api/v2/entity');
    expect(await request.innerText()).toContain('Not sent: this is a dry run');
    expect(await page.content()).not.toContain('sample-apikey');
  }));

test('another destination is one choice away', () =>
  visit({}, async (page) => {
    await page.getByRole('combobox', { name: 'Destination' }).selectOption({ label: 'Webhook' });
    await page.getByRole('button', { name: /^Run/ }).click();
    await page.locator('.outcome.failed, .outcome.shown').waitFor();
  }));

test('a value of the payload lights up the place of the event that it came from', () =>
  visit({}, async (page) => {
    await page.locator('.json-row', { hasText: '$.userId' }).first().hover();
    await expect.poll(() => page.locator('.event .lit').allInnerTexts()).toEqual(['"userId": "user-2048"']);
    await page.getByRole('textbox', { name: 'Event as JSON' }).getByText('"userId"').click();
    await expect.poll(() => page.locator('.payload .json-row.lit').count()).toBeGreaterThan(0);
  }));

test('dark, and what is narrow, are looked after by axe, too', async () => {
  for (const width of [1440, 900, 390]) {
    for (const scheme of ['light', 'dark'] as const) {
      await visit({ width, scheme }, async (page) => {
        const isWider = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
        expect(isWider, `${width} px scrolls sideways`).toBe(false);
      });
    }
  }
});
