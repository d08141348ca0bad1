import { expect, test } from 'vitest';
import { accessible, outcome, run, visit } from './visit';

test('what was seen becomes a test, a script and a command', () =>
  visit({}, async (page) => {
    await run(page);
    await outcome(page).getByText('would be sent').waitFor();
    const keep = page.getByRole('combobox', { name: 'Keep' });
    await keep.selectOption('Save as test');
    const dialog = page.getByRole('dialog');
    const test = await dialog.locator('pre').innerText();
    expect(test).toContain('Harness::<Customerio>::new(&partner');
    expect(test).toContain('outcome.assert_delivered();');
    expect(test).toContain('assert_eq!(sent[0].path(), "/api/v2/entity");');
    expect(test).not.toContain('sample-apikey');
    await accessible(page);
    await page.keyboard.press('Escape');
    await keep.selectOption('Record the answers for --mock');
    expect(JSON.parse(await dialog.locator('pre').innerText())).toEqual([{ on: 'POST /api/v2/entity', status: 200, json: {} }]);
    await page.keyboard.press('Escape');
    await keep.selectOption('The call as curl');
    expect(await dialog.locator('pre').innerText()).toContain('/destinations/customerio/actions/trackEvent');
  }));

test('a link holds everything but secrets, and sends nothing by itself', () =>
  visit({}, async (page, context) => {
    await page.getByRole('textbox', { name: 'When' }).fill('type = "track" and event = "Order Completed"');
    await page.getByRole('radio', { name: 'Real' }).check({ force: true });
    await page.getByRole('combobox', { name: 'Account region' }).selectOption({ index: 2 });
    await page.getByRole('textbox', { name: 'API key required' }).fill('secret-of-mine');
    await page.getByRole('combobox', { name: 'Keep' }).selectOption('Copy a link to all of this');
    const link = await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('#').then(() => page.evaluate(() => navigator.clipboard.readText()));
    const other = await context.newPage();
    await other.goto(link);
    await expect.poll(() => other.getByRole('textbox', { name: 'When' }).inputValue()).toBe('type = "track" and event = "Order Completed"');
    expect(await other.getByRole('textbox', { name: 'API key required' }).inputValue()).toBe('');
    expect(await other.getByRole('radio', { name: 'Dry run' }).isChecked()).toBe(true);
    const region = page.getByRole('combobox', { name: 'Account region' });
    expect(await other.getByRole('combobox', { name: 'Account region' }).inputValue()).toBe(await region.inputValue());
    await other.close();
  }));

test('credentials are tested from the page, and the request is shown', () =>
  visit({}, async (page) => {
    await page.getByRole('button', { name: 'Fill in sample values' }).click();
    await page.getByRole('button', { name: 'Test credentials' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Test credentials' }).click();
    await dialog.getByText('This would be asked').waitFor();
    expect(await dialog.locator('.request').innerText()).toContain('customer.io');
    await accessible(page);
    await page.keyboard.press('Escape');
  }));
