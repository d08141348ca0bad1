import { expect, test } from 'vitest';
import { accessible, outcome, run, visit, write } from './visit';

test('a mapping that is broken says where and why', () =>
  visit({}, async (page) => {
    const mapping = page.getByRole('region', { name: 'Mapping' });
    await mapping.getByRole('radio', { name: 'JSON' }).check({ force: true });
    await write(page, 'Mapping as JSON', '{"name": {"@pth": "$.event"}, "id": {"@path": "$.userId"}}');
    await outcome(page).getByText('The mapping has 1 fault').waitFor();
    expect(await page.locator('.outcome-more').innerText()).toContain('$.name names an unknown directive: @pth');
    await mapping.getByRole('radio', { name: 'Form' }).check({ force: true });
    const field = mapping.locator('[data-field="name"]');
    expect(await field.locator('.problem').innerText()).toContain('unknown directive');
    await field.getByRole('combobox', { name: /How .* is filled/ }).selectOption('from event');
    await field.locator('input').fill('$.nothing');
    await outcome(page).getByText('1 field does not fit').waitFor();
    expect(await field.locator('.problem').innerText()).toBe('is required');
    await accessible(page);
    await field.locator('input').fill('$.event');
    await outcome(page).getByText('Ready').waitFor();
  }));

test('form and JSON are two views of one mapping', () =>
  visit({}, async (page) => {
    const mapping = page.getByRole('region', { name: 'Mapping' });
    await mapping.locator('[data-field="id"] input').fill('$.traits.id');
    await mapping.getByRole('radio', { name: 'JSON' }).check({ force: true });
    const editor = page.getByRole('textbox', { name: 'Mapping as JSON' });
    expect(await editor.innerText()).toContain('$.traits.id');
    await write(page, 'Mapping as JSON', '{"name": {"@template": "{{event}} again"}}');
    await mapping.getByRole('radio', { name: 'Form' }).check({ force: true });
    await expect.poll(() => mapping.locator('[data-field="name"]').innerText()).toContain('"Order Completed again"');
  }));

test('a key that the action does not know is told, with what may be meant', () =>
  visit({}, async (page) => {
    const mapping = page.getByRole('region', { name: 'Mapping' });
    await mapping.getByRole('radio', { name: 'JSON' }).check({ force: true });
    await write(page, 'Mapping as JSON', '{"name": {"@path": "$.event"}, "eventId": {"@path": "$.messageId"}}');
    await mapping.getByRole('radio', { name: 'Form' }).check({ force: true });
    await page.getByText('did you mean event_id?').waitFor();
  }));

test('a subscription says which of its conditions does not hold', () =>
  visit({}, async (page) => {
    const subscription = page.getByRole('textbox', { name: 'When' });
    await subscription.fill('type = "track" and properties.total > 500');
    await outcome(page).getByText('The subscription does not match this event').waitFor();
    expect(await page.locator('.outcome-more').innerText()).toBe('properties.total > 500 does not hold: properties.total is 98.72');
    await run(page);
    await outcome(page).getByText('Skipped').waitFor();
    await subscription.fill('type ~ "track"');
    await page.getByText('At character 6').waitFor();
    await accessible(page);
  }));

test('fields appear and are required as their conditions say', () =>
  visit({}, async (page) => {
    await page.getByRole('combobox', { name: 'Destination' }).selectOption({ label: 'Braze Cloud Mode (Actions)' });
    await page.getByRole('combobox', { name: 'Action', exact: true }).selectOption('triggerCampaign');
    await page.getByRole('button', { name: /^Show \d+ empty fields/ }).click();
    const mapping = page.getByRole('region', { name: 'Mapping' });
    const recipients = mapping.locator('[data-field="recipients"]');
    await recipients.waitFor();
    const broadcast = mapping.locator('[data-field="broadcast"]');
    expect(await broadcast.innerText()).toContain('required');
    await broadcast.locator('#field-broadcast').selectOption('true');
    await recipients.waitFor({ state: 'detached' });
  }));

test('the choices of a dynamic field are asked of the partner', () =>
  visit({}, async (page) => {
    await page.getByRole('combobox', { name: 'Destination' }).selectOption({ label: 'Klaviyo (Actions)' });
    await page.getByRole('combobox', { name: 'Action', exact: true }).selectOption('upsertProfile');
    await page.getByRole('button', { name: 'Fill in sample values' }).click();
    await page.getByRole('radio', { name: 'Scripted' }).check({ force: true });
    await write(page, "Script of the partner's answers", '[{"json": {"data": [{"id": "L-7", "attributes": {"name": "Harvest"}}], "links": {"next": null}}}]');
    await page.getByRole('button', { name: /^Show \d+ empty fields/ }).click();
    const list = page.locator('[data-field="list_id"]');
    await list.getByRole('button', { name: 'Ask for choices' }).click();
    await list.getByRole('combobox', { name: /Choices for/ }).selectOption({ label: 'Harvest' });
    await expect.poll(() => list.locator('input').inputValue()).toBe('L-7');
  }));
