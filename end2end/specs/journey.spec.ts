// The main journey on SQLite.
import { mainJourney, nobodyDecidesTheirOwn, state } from '../support/journey.ts';
import { ask, forms, unique } from '../support/asking.ts';
import { expect, test } from '../support/test.ts';

test('asked, approved by two people, delivered, merged, live', async ({ as, portal }) => {
  test.slow();
  await mainJourney(as, portal);
});

test('nobody decides on their own request, in any role', async ({ as, portal, guard }) => {
  guard.allow(/status of 403/);
  await nobodyDecidesTheirOwn(as, portal);
});

test('development with a standard template needs nobody', async ({ as }) => {
  const page = await as('Ben Fischer');
  await ask(page, 'sandbox-vm', forms.sandboxMachine(unique('lab')));
  await expect(page.getByRole('region', { name: 'Approval' })).toContainText('nobody needs to agree');
  await expect(state(page)).toHaveText('Pull request open', { timeout: 30_000 });
});

test('declined in Bitbucket: the open page says so, and what to do next', async ({ as }) => {
  const page = await as('Ben Fischer');
  await ask(page, 'sandbox-vm', forms.sandboxMachine(unique('lab')));
  await expect(state(page)).toHaveText('Pull request open', { timeout: 30_000 });
  const address = (await page.getByRole('link', { name: /^Pull request \d+/ }).getAttribute('href')) ?? '';
  const bitbucket = await page.context().newPage();
  await bitbucket.goto(address);
  await bitbucket.getByRole('button', { name: 'Decline' }).click();
  await expect(bitbucket.getByText('Declined').first()).toBeVisible();
  await bitbucket.close();
  await expect(state(page)).toHaveText('Pull request declined', { timeout: 30_000 });
  await expect(page.getByRole('region', { name: 'Delivery' })).toContainText('Clone this request to start over.');
});
