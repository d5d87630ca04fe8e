// Without JavaScript: everything that matters still works, by links and forms.
import { answer, askQuickly, field, stagingStore, startDraft, unique } from '../support/asking.ts';
import { decide, stage, state } from '../support/journey.ts';
import { expect, type Page, test } from '../support/test.ts';

test.use({ javaScriptEnabled: false });

const problems = (page: Page) => page.getByRole('alert').filter({ hasText: /needs? another look/ });

test('sign in, read lists and a request', async ({ as }) => {
  const page = await as('Amara Okafor', { fresh: true });
  await expect(page.getByRole('heading', { level: 1, name: 'Hello, Amara' })).toBeVisible();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Requests' }).click();
  await expect(page.getByRole('table', { name: 'Requests' }).getByRole('row').nth(1)).toBeVisible();
  await page.getByRole('link', { name: 'Create payouts-staging' }).click();
  await expect(state(page)).toHaveText('Waiting for approval');
  await expect(page.getByRole('region', { name: 'Timeline' })).toContainText('Amara Okafor submitted the request');
  await page.getByRole('navigation', { name: 'Parts of the request' }).getByRole('link', { name: 'Changes' }).click();
  await expect(page.getByRole('main')).toContainText('environments/staging/payments/payouts-staging/');
  await expect(page.locator('time').first()).toContainText('UTC');
});

test('filter and sort lists; the state is in the address', async ({ as }) => {
  const page = await as('Amara Okafor');
  await page.goto('/requests');
  await page.getByRole('combobox', { name: 'State' }).selectOption({ label: 'Denied' });
  await page.getByRole('combobox', { name: 'Tier' }).selectOption({ label: 'Production' });
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page).toHaveURL(/state=denied/);
  await expect(page.getByRole('link', { name: 'Create receipts-archive' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Create checkout-live' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Clear' }).click();
  await page.getByRole('columnheader', { name: 'Price a month' }).getByRole('link').click();
  await expect(page).toHaveURL(/sort=price/);
  await expect(page.getByRole('columnheader', { name: 'Price a month' })).toHaveAttribute('aria-sort', 'descending');
  await page.goto('/requests?q=nothing-is-called-that');
  await expect(page.getByText('No request matches')).toBeVisible();
});

test('a draft step by step: an error is shown, nothing is lost, it is submitted', async ({ as }) => {
  const page = await as('Amara Okafor');
  const name = unique('plain');
  await startDraft(page, 'web-service-postgres');
  await answer(page, 'Name', 'Not A Name');
  await answer(page, 'Tier', 'Staging');
  await answer(page, 'Cloud', 'AWS');
  await answer(page, 'Cost centre', 'CC-1042');
  await answer(page, 'Why it is needed', 'Written without a script.');
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByRole('heading', { level: 2, name: 'Service' })).toBeVisible();
  // The host name is asked for in staging: the server has understood the first step.
  await expect(field(page, 'Host name')).toBeVisible();
  await answer(page, 'Container image', 'registry.example.com/shop/api:1.4.2');
  await answer(page, 'Host name', `${name}.example.com`);
  await page.getByRole('button', { name: 'Next' }).click();
  await answer(page, 'Size of the database', 'Small');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Submit request' }).click();
  await expect(problems(page)).toBeVisible();
  await problems(page).getByRole('link', { name: 'Name', exact: true }).click();
  await expect(field(page, 'Name')).toHaveAccessibleDescription(/Use lower-case letters, digits and single hyphens/);
  await expect(field(page, 'Name')).toHaveValue('Not A Name');
  await expect(page.getByRole('radio', { name: 'Staging' })).toBeChecked();
  await expect(field(page, 'Why it is needed')).toHaveValue('Written without a script.');
  await answer(page, 'Name', name);
  // Which regions there are follows from the cloud, which the server knows by now.
  await answer(page, 'Region', 'Cape Town');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 2, name: 'Environment' })).toBeVisible();
  await expect(field(page, 'Name')).toHaveValue(name);
  for (const title of ['Service', 'Database', 'Review and submit']) {
    await page.getByRole('button', { name: 'Next' }).click();
    await expect(page.getByRole('heading', { level: 2, name: title })).toBeVisible();
  }
  await expect(page.getByRole('complementary', { name: 'What will happen' })).toContainText('Manager of payments or a senior engineer');
  await page.getByRole('button', { name: 'Submit request' }).click();
  await expect(page).toHaveURL(/\/requests\/[0-9a-f-]{36}$/);
  await expect(page.getByRole('heading', { level: 1, name: `Create ${name}` })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Why' })).toContainText('Written without a script.');
});

test('the session ends in the middle of a form: what was typed is sent again', async ({ as, portal, guard }) => {
  guard.allow(/status of 401/);
  const page = await as('Amara Okafor', { fresh: true });
  const name = unique('midway');
  await startDraft(page, 'web-service-postgres');
  const draft = page.url();
  await answer(page, 'Name', name);
  await answer(page, 'Why it is needed', 'Typed on two lines\nafter "the end" of the session.');
  await page.context().clearCookies({ name: 'causeway' });
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'You are signed out' })).toBeVisible();
  // Too early: still nothing is lost.
  await page.getByRole('button', { name: 'Send it again' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'You are signed out' })).toBeVisible();
  const opened = page.context().waitForEvent('page');
  await page.getByRole('link', { name: 'Sign in in another tab' }).click();
  const other = await opened;
  await other.getByRole('button', { name: 'Continue as Amara Okafor' }).click();
  await expect(other).toHaveURL((url) => url.origin === portal.url && url.pathname.startsWith('/drafts/'));
  await page.getByRole('button', { name: 'Send it again' }).click();
  await expect(page.getByRole('heading', { level: 2, name: 'Service' })).toBeVisible();
  await page.goto(draft);
  await expect(field(page, 'Name')).toHaveValue(name);
  await expect(field(page, 'Why it is needed')).toHaveValue('Typed on two lines\nafter "the end" of the session.');
});

test('after the session has ended, filters lead through the sign-in and sign-out says so', async ({ as, portal }) => {
  const page = await as('Amara Okafor', { fresh: true });
  await page.goto('/requests');
  await page.getByRole('combobox', { name: 'State' }).selectOption({ label: 'Denied' });
  await page.context().clearCookies({ name: 'causeway' });
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.getByRole('button', { name: 'Continue as Amara Okafor' }).click();
  await expect(page).toHaveURL((url) => url.origin === portal.url && url.searchParams.get('state') === 'denied');
  await expect(page.getByRole('link', { name: 'Create receipts-archive' })).toBeVisible();
  await page.context().clearCookies({ name: 'causeway' });
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'You are signed out of Causeway' })).toBeVisible();
  await page.getByRole('link', { name: 'Sign in again' }).click();
  await expect(page.getByRole('button', { name: 'Continue as Amara Okafor' })).toBeVisible();
});

test('decide and comment', async ({ as }) => {
  const ben = await as('Ben Fischer');
  const name = unique('plain');
  const path = await askQuickly(ben, 'object-store', stagingStore(name));
  const egil = await as('Egil Berg');
  await egil.goto('/approvals');
  await egil.getByRole('link', { name: `Create ${name}` }).click();
  await expect(egil.getByRole('heading', { level: 1, name: `Create ${name}` })).toBeVisible();

  // Nothing chosen, then a denial without a reason: both are said, and nothing is decided.
  await egil.getByRole('button', { name: 'Decide' }).click();
  await expect(egil.getByRole('alert').filter({ hasText: 'Choose approve, deny or ask for changes.' })).toBeVisible();
  await decide(egil, path, 'Deny');
  await expect(egil.getByRole('alert').filter({ hasText: 'Write a sentence' })).toBeVisible();
  await ben.goto(path);
  await expect(state(ben)).toHaveText('Waiting for approval');

  await ben.getByRole('textbox', { name: 'Comment' }).fill('Said without a script.');
  await ben.getByRole('button', { name: 'Add comment' }).click();
  await expect(ben.getByRole('region', { name: 'Timeline' })).toContainText('Said without a script.');

  await decide(egil, path, 'Approve', 'Agreed.');
  await expect(egil.getByRole('region', { name: 'Approval' })).toContainText('Egil Berg approved');
  await ben.goto(path);
  await expect(stage(ben, 'Manager of search')).toContainText('Agreed.');
  await expect
    .poll(async () => {
      await ben.reload();
      return state(ben).innerText();
    }, { timeout: 30_000 })
    .toBe('Pull request open');
});

test('end another session, and sign out', async ({ as, portal }) => {
  const here = await as('Gabriel Costa', { fresh: true });
  const there = await as('Gabriel Costa', { fresh: true });
  await here.goto('/settings/sessions');
  const rows = here.getByRole('table', { name: 'Sessions' }).locator('tbody').getByRole('row');
  const before = await rows.count();
  for (let left = before; left > 1; left--) {
    await rows.filter({ hasNotText: 'This browser' }).first().getByRole('button', { name: 'Sign out' }).click();
    await expect(rows).toHaveCount(left - 1);
  }
  await there.goto('/');
  await expect(there).toHaveURL((url) => url.origin === portal.oidc);
  await here.getByRole('button', { name: 'Sign out', exact: true }).click();
  await expect(here).toHaveURL((url) => url.origin === portal.oidc);
});

test('pages that are not there and pages that are not mine keep their status', async ({ as, guard }) => {
  guard.allow(/status of 40[34]/);
  const page = await as('Amara Okafor');
  const statuses: [string, number, string][] = [
    ['/no/such/page', 404, 'Nothing is here'],
    ['/requests/00000000-0000-7000-8000-000000000000', 404, 'Nothing is here'],
    ['/requests/not-an-id', 404, 'Nothing is here'],
    ['/audit', 403, 'This is not yours to see'],
    ['/catalogue/no-such-template', 404, 'Nothing is here'],
  ];
  for (const [path, status, title] of statuses) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(status);
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
  }
});
