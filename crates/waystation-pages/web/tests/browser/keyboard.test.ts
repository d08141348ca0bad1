import { expect, test } from 'vitest';
import { outcome, visit } from './visit';

test('everything is done without a mouse', () =>
  visit({}, async (page) => {
    await page.keyboard.press('/');
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('destination');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('action');
    await page.getByRole('button', { name: 'Fill in sample values' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+Enter');
    await outcome(page).getByText('would be sent').waitFor();
    await page.getByRole('tab', { name: /Requests/ }).focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => page.getByRole('tab', { name: 'Payload' }).getAttribute('aria-selected')).toBe('true');
    await page.locator('.json-row[tabindex="0"]').first().focus();
    await expect.poll(() => page.locator('.event .lit').count()).toBe(1);
  }));

test('an editor lets go: Escape, then Tab', () =>
  visit({}, async (page) => {
    await page.keyboard.press('e');
    await expect.poll(() => page.evaluate(() => document.activeElement?.className)).toBe('editor-host');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    await expect.poll(() => page.evaluate(() => document.activeElement?.className)).not.toBe('editor-host');
  }));

test('the keys are told, and the help gives the focus back', () =>
  visit({}, async (page) => {
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'detached' });
    await page.keyboard.press('4');
    await expect.poll(() => page.getByRole('tab', { name: /Attempts/ }).getAttribute('aria-selected')).toBe('true');
  }));

test('on a phone the three columns are steps', () =>
  visit({ width: 390, scheme: 'dark' }, async (page) => {
    const steps = page.getByRole('navigation', { name: 'Steps' });
    await page.getByRole('button', { name: 'Fill in sample values' }).click();
    await steps.getByRole('button', { name: 'Event' }).click();
    await page.getByRole('textbox', { name: 'Event as JSON' }).waitFor();
    await steps.getByRole('button', { name: 'Result' }).click();
    await page.getByRole('button', { name: /^Run/ }).click();
    await outcome(page).getByText('would be sent').waitFor();
    const isWider = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    expect(isWider).toBe(false);
  }));
