// Coming in, being refused, being signed in at several places, leaving.
import { expectAccessible, expect, type Page, signIn, test } from '../support/test.ts';

const atProvider = (page: Page) => page.getByRole('heading', { level: 1, name: 'Sign in to Causeway' });

test('from a page, through the provider, back to that page', async ({ page, portal }) => {
  await signIn(page, portal, 'Amara Okafor', '/requests?tier=staging&q=checkout');
  await expect(page).toHaveURL(`${portal.url}/requests?tier=staging&q=checkout`);
  await expect(page.getByText('amara.okafor@causeway.example')).toBeVisible();
  const cookies = await page.context().cookies(portal.url);
  expect(cookies.find((cookie) => cookie.name === 'causeway')).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
});

test('a person without a mapped group sees what arrived and who can help', async ({ page, portal, guard }) => {
  guard.allow(/status of 403/);
  await signIn(page, portal, 'Kai Mbeki');
  await expect(page.getByRole('heading', { level: 1, name: 'You have no role yet' })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Groups received' })).toHaveText('all-staff');
  await expect(page.getByText('Farah Haddad (farah.haddad@causeway.example)')).toBeVisible();
  await expect(page.getByText('kai.mbeki@causeway.example').first()).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Catalogue' })).toHaveCount(0);
  await expectAccessible(page);
  const answer = await page.request.post('/api/catalogue/list', { data: {}, headers: { origin: portal.url, accept: 'application/json' } });
  expect(answer.status()).toBe(403);
});

test('too many groups for a token: said in words', async ({ page, portal }) => {
  const groups = `${portal.oidc}/sandbox/people/kai-mbeki/groups`;
  const put = await fetch(groups, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ groups: ['causeway-auditors'], form: 'reference' }) });
  expect(put.status).toBe(204);
  try {
    await signIn(page, portal, 'Kai Mbeki');
    await expect(page.getByText('group overage')).toBeVisible();
    await expect(page.getByRole('heading', { level: 1, name: 'You have no role yet' })).toBeVisible();
  } finally {
    await fetch(groups, { method: 'DELETE' });
  }
});

test('an answer that nobody here asked for is not accepted', async ({ page, portal, guard }) => {
  guard.allow(/status of 400/);
  await page.goto('/');
  await expect(atProvider(page)).toBeVisible();
  for (const query of ['code=stolen&state=forged', 'code=stolen', 'state=', 'error=access_denied&state=forged']) {
    const answer = await page.goto(`/sign-in/callback?${query}`);
    expect(answer?.status()).toBe(400);
    await expect(page.getByRole('heading', { level: 1, name: 'This sign-in has run out' })).toBeVisible();
  }
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await expect(atProvider(page)).toBeVisible();
});

test('the code of one browser is of no use in another', async ({ page, portal, browser, guard }) => {
  guard.allow(/status of 400/);
  await page.goto('/');
  const query = await page.locator('input[name=query]').inputValue();
  const pressed = await page.request.post(`${portal.oidc}/sign-in`, { form: { query, person: 'dana-levi', second_factor: 'on' }, headers: { origin: portal.oidc }, maxRedirects: 0 });
  const answer = pressed.headers().location ?? '';
  expect(answer).toContain(`${portal.url}/sign-in/callback?`);
  const other = await browser.newContext();
  guard.watch(other);
  const stranger = await other.newPage();
  await stranger.goto(answer);
  await expect(stranger.getByRole('heading', { level: 1, name: 'This sign-in has run out' })).toBeVisible();
  await other.close();
  // In its own browser it is good, and only once.
  await page.goto(answer);
  await expect(page.getByRole('heading', { level: 1, name: 'Hello, Dana' })).toBeVisible();
  // Its person is signed in by now, so that a second time leads home.
  await page.goto(answer);
  await expect(page).toHaveURL(`${portal.url}/`);
  await expect(page.getByRole('heading', { level: 1, name: 'Hello, Dana' })).toBeVisible();
});

test('two tabs that sign in at once both get to where they wanted', async ({ page, portal }) => {
  const other = await page.context().newPage();
  await page.goto('/catalogue');
  await other.goto(`${portal.url}/requests?tier=staging`);
  await expect(atProvider(other)).toBeVisible();
  await page.getByRole('button', { name: /^Amara Okafor/ }).click();
  await expect(page).toHaveURL(`${portal.url}/catalogue`);
  await other.getByRole('button', { name: /^Amara Okafor/ }).click();
  await expect(other).toHaveURL(`${portal.url}/requests?tier=staging`);
  await expect(other.getByRole('heading', { level: 1, name: 'Requests' })).toBeVisible();
});

test('the provider says no', async ({ page, portal, guard }) => {
  guard.allow(/status of 403/);
  await page.goto('/catalogue');
  await page.getByRole('link', { name: 'Cancel' }).click();
  await expect(page).toHaveURL((url) => url.origin === portal.url);
  await expect(page.getByRole('heading', { level: 1, name: 'You are not signed in' })).toBeVisible();
  await expect(page.getByText('The sign-in was cancelled or refused.')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Try again' }).click();
  await expect(atProvider(page)).toBeVisible();
  await page.getByRole('button', { name: /^Amara Okafor/ }).click();
  await expect(page).toHaveURL(`${portal.url}/catalogue`);
});

test('where I am signed in: another browser is signed out from here', async ({ as }) => {
  // Nobody else signs in as Hana, so there are these two sessions only.
  const here = await as('Hana Sato', { fresh: true });
  const there = await as('Hana Sato', { fresh: true });
  await here.goto('/settings/sessions');
  await expect(here.getByRole('heading', { level: 1, name: 'Where I am signed in' })).toBeVisible();
  const rows = here.getByRole('table', { name: 'Sessions' }).locator('tbody').getByRole('row');
  await expect(rows).toHaveCount(2);
  await expect(rows.filter({ hasText: 'This browser' })).toHaveCount(1);
  await rows.filter({ hasNotText: 'This browser' }).getByRole('button', { name: 'Sign out' }).click();
  await expect(rows).toHaveCount(1);
  await there.goto('/');
  await expect(atProvider(there)).toBeVisible();
  await here.goto('/');
  await expect(here.getByText('hana.sato@causeway.example')).toBeVisible();
});

test('the provider signs a person out everywhere', async ({ as, portal }) => {
  const page = await as('Jonas Weber', { fresh: true });
  await expect(page.getByText('jonas.weber@causeway.example')).toBeVisible();
  const ended = await fetch(`${portal.oidc}/sandbox/people/jonas-weber/sign-out`, { method: 'POST' });
  expect(ended.status).toBe(200);
  await expect
    .poll(async () => {
      await page.goto('/');
      return new URL(page.url()).origin;
    })
    .toBe(portal.oidc);
});

test('signing out ends the session here and at the provider', async ({ as, portal }) => {
  const page = await as('Jonas Weber', { fresh: true });
  const before = await page.context().cookies(portal.url);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(atProvider(page)).toBeVisible();
  await expect(page.getByText('You are signed in here as')).toHaveCount(0);
  // The cookie that was, put back by somebody who kept it, opens nothing.
  const kept = before.filter((cookie) => cookie.name === 'causeway');
  expect(kept).toHaveLength(1);
  await page.context().addCookies(kept);
  await page.goto('/requests');
  await expect(atProvider(page)).toBeVisible();
});

test('a return address that leads elsewhere ends at home', async ({ page, portal }) => {
  await page.goto(`/sign-in?return_to=${encodeURIComponent('https://evil.example/')}`);
  await page.getByRole('button', { name: /^Jonas Weber/ }).click();
  await expect(page).toHaveURL(`${portal.url}/`);
  for (const address of ['//evil.example', '/\\evil.example', '/%2f%2fevil.example', '/.//evil.example', 'javascript:alert(1)', '/\t/evil.example', '/sign-out']) {
    await page.goto(`/sign-in?return_to=${encodeURIComponent(address)}`);
    await expect(page, address).toHaveURL(`${portal.url}/`);
  }
});
