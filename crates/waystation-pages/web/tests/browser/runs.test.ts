import { expect, test } from 'vitest';
import { accessible, outcome, run, visit, write } from './visit';

const REFUSES_SECOND = '[{"status": 207, "json": {"errors": [{"batch_index": 1, "reason": "invalid", "field": "name", "message": "the name is too long"}]}}]';

test('of a batch, the item that the partner refuses is told from those that it takes', () =>
  visit({}, async (page) => {
    await page.getByRole('button', { name: 'As batch' }).click();
    await page.getByRole('radio', { name: 'Scripted' }).check({ force: true });
    await write(page, "Script of the partner's answers", REFUSES_SECOND);
    await run(page);
    await outcome(page).getByText('2 of 3 delivered').waitFor();
    expect(await page.locator('.outcome-more').innerText()).toContain('the name is too long');
    const rows = page.locator('.items tbody tr');
    await expect.poll(() => rows.allInnerTexts()).toEqual([
      expect.stringMatching(/1\s+delivered\s+200/),
      expect.stringMatching(/2\s+failed\s+400\s+the name is too long.*told by the partner/s),
      expect.stringMatching(/3\s+delivered\s+200/),
    ]);
    await page.getByRole('button', { name: 'Item 2' }).click();
    expect(await page.locator('.items .detail').innerText()).toContain('sent');
  }));

test('a wait that the partner asks for is on the time line', () =>
  visit({}, async (page) => {
    await page.getByRole('radio', { name: 'Scripted' }).check({ force: true });
    await page.getByRole('combobox', { name: 'Ready answers' }).selectOption('429 with Retry-After, then 200');
    await run(page);
    await outcome(page).getByText(/^Delivered in .* at attempt 2$/).waitFor();
    await page.getByRole('tab', { name: /Attempts/ }).click();
    const line = page.locator('.timeline');
    expect(await line.innerText()).toContain('the partner asked for 1.0 s');
    expect(await page.locator('.timeline > li').count()).toBe(2);
  }));

test('failures have their words', () =>
  visit({}, async (page) => {
    await page.getByRole('radio', { name: 'Scripted' }).check({ force: true });
    const scripts = page.getByRole('combobox', { name: 'Ready answers' });
    for (const [script, words] of [
      ['400, refused', /^Failed: .* answered 400$/],
      ['500, again and again', /^Failed after 3 attempts: .* answered 500$/],
      ['No answer in time', /^Failed/],
      ['Connection refused', /^Failed/],
    ] as const) {
      await scripts.selectOption(script);
      await run(page);
      await outcome(page).getByText(words).waitFor();
    }
    await page.getByRole('tab', { name: /Requests/ }).click();
    expect(await page.locator('.requests').innerText()).toContain('ECONNREFUSED');
  }));

test('two runs stand side by side, and what differs is marked', () =>
  visit({}, async (page) => {
    await run(page);
    await outcome(page).getByText('would be sent').waitFor();
    await page.locator('[data-field="name"] input').fill('$.userId');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('tab', { name: 'Runs 2' }).click();
    await page.getByRole('button', { name: 'Compare' }).last().click();
    const mapping = page.getByRole('region', { name: 'Mapping compared' });
    expect(await mapping.locator('tr.changed').innerText()).toMatch(/\$\.event.*\$\.userId/s);
    expect(await page.locator('.compare .same').allInnerTexts()).toContain('Event: the same');
    await accessible(page);
    await page.getByRole('button', { name: 'Back to the runs' }).click();
    await page.locator('.runs').waitFor();
  }));

test('the last runs outlive a reload, and secrets are in none of them', () =>
  visit({}, async (page) => {
    await run(page);
    await outcome(page).getByText('would be sent').waitFor();
    await page.reload();
    await page.getByRole('tab', { name: 'Runs 1' }).click();
    await page.locator('.run-row').click();
    await outcome(page).getByText('would be sent').waitFor();
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain('sample-apikey');
  }));
