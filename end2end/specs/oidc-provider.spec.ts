// `causeway serve` against a certified OpenID provider, which is not the sandbox's.
import { PEOPLE } from '../oidc/people.mjs';
import { type Served, startServed } from '../support/served.ts';
import { pickPerson } from '../support/sign-in.ts';
import { expect, expectAccessible, type Page, signIn, test } from '../support/test.ts';

const roles: [string, string, string][] = [
  ['platform-admins', 'infrastructure-admin', 'everything'],
  ['payments-managers', 'manager', 'team:payments'],
  ['payments-engineers', 'engineer', 'team:payments'],
];

let served: Served;

test.beforeAll(async ({ portal }, info) => {
  served = await startServed({ worker: info.workerIndex, demo: portal, people: PEOPLE, roles });
});

test.afterAll(async () => {
  await served?.remove();
});

const who = (page: Page) => page.getByRole('navigation', { name: 'Main' });

/** Picks Grace at the provider and stops before the portal: the address that the browser would be sent back to. */
async function comingBack(page: Page, path: string): Promise<string> {
  await page.goto(served.portal.url + path);
  await expect(page.getByRole('heading', { name: 'Who are you?' })).toBeVisible();
  let answer = await page.request.post(page.url(), { form: { person: 'grace' }, maxRedirects: 0 });
  for (let hops = 0; hops < 5; hops++) {
    const next = new URL(answer.headers().location ?? '', answer.url()).href;
    if (next.startsWith(served.portal.url)) return next;
    answer = await page.request.get(next, { maxRedirects: 0 });
  }
  throw new Error('the provider did not send the person back');
}

test('signs in, with roles from groups', async ({ page }) => {
  await signIn(page, served.portal, 'Grace Adeyemi', '/catalogue');
  await expect(page).toHaveURL(`${served.portal.url}/catalogue`);
  await expect(page.getByText('grace@example.com')).toBeVisible();
  await expect(who(page).getByRole('link', { name: 'Audit' })).toBeVisible();
  await page.goto(`${served.portal.url}/settings/sessions`);
  await expect(page.getByRole('row').filter({ hasText: 'This browser' })).toContainText('Checked');
});

test('signs out of the provider too', async ({ page }) => {
  await signIn(page, served.portal, 'Tobias Lindqvist');
  await page.getByRole('button', { name: 'Sign out' }).click();
  // The certified provider asks; a real one may.
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Who are you?' })).toBeVisible();
});

test('groups by reference: said, and not silently nobody', async ({ page }) => {
  await signIn(page, served.portal, 'Mona Manygroups');
  await expect(page.getByRole('heading', { level: 1, name: 'You have no role yet' })).toBeVisible();
  await expect(page.getByText('You are in more groups than the sign-in can send')).toBeVisible();
  await expect(page.getByText('Grace in room 4')).toBeVisible();
  await expectAccessible(page);
});

test('groups that mean nothing here are shown', async ({ page }) => {
  await signIn(page, served.portal, 'Sam Stranger');
  await expect(page.getByRole('list', { name: 'Groups received' })).toHaveText('book-club');
});

test('a name that would break a careless page', async ({ page }) => {
  await page.goto(served.portal.url);
  await page.getByRole('button', { name: /O'Neil/ }).click();
  await expect(page).toHaveURL(`${served.portal.url}/`);
  await expect(page.getByText('<script>alert(1)</script>').first()).toBeVisible();
  await expect(who(page).getByRole('link', { name: 'Catalogue' })).toBeVisible();
});

test('the person cancels at the provider', async ({ page, guard }) => {
  guard.allow(/status of 403/);
  await page.goto(served.portal.url);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('The sign-in was cancelled or refused.')).toBeVisible();
});

test('new keys at the provider are taken over without a restart', async ({ browser, guard }) => {
  const enter = async () => {
    const context = await browser.newContext();
    guard.watch(context);
    const page = await context.newPage();
    await signIn(page, served.portal, 'Inês Carvalho');
    await expect(page.getByText('ines@example.com')).toBeVisible();
    await context.close();
  };
  await enter();
  served.provider.rotateKeys();
  await enter();
});

test('roles taken away at the provider end at the next sign-in', async ({ page }) => {
  const person = served.provider.people.find((candidate) => candidate.id === 'tobias');
  if (!person) throw new Error('Tobias is not there');
  const claims = person.claims;
  person.claims = { groups: [] };
  try {
    await signIn(page, served.portal, 'Tobias Lindqvist');
    await expect(page.getByRole('heading', { level: 1, name: 'You have no role yet' })).toBeVisible();
  } finally {
    person.claims = claims;
  }
});

test.describe('the provider is away', () => {
  test.afterEach(() => served.provider.setFault());

  test('in the middle of a sign-in: a page that says so, and the way back works', async ({ page, guard }) => {
    guard.allow(/status of 503/);
    const back = await comingBack(page, '/requests');
    served.provider.setFault('down');
    await page.goto(back);
    await expect(page.getByRole('heading', { level: 1, name: 'Sign-in is not possible right now' })).toBeVisible();
    await expect(page.getByText('Causeway could not reach the test provider.')).toBeVisible();
    await expect(page.getByText('Grace in room 4')).toBeVisible();
    await expectAccessible(page);
    served.provider.setFault();
    await page.getByRole('link', { name: 'Try again' }).click();
    const again = page.getByRole('button', { name: /^Grace Adeyemi/ });
    await expect(again.or(page.getByText('grace@example.com')).first()).toBeVisible();
    if (await again.isVisible()) await pickPerson(page, served.portal, 'Grace Adeyemi');
    await expect(page).toHaveURL(`${served.portal.url}/requests`);
  });

  test('slower than the limit: the same page, not a browser that waits for ever', async ({ page, guard }) => {
    guard.allow(/status of 503/);
    const back = await comingBack(page, '/');
    served.provider.setFault({ slow: 20_000 });
    await page.goto(back);
    await expect(page.getByRole('heading', { level: 1, name: 'Sign-in is not possible right now' })).toBeVisible();
  });
});

test('started while the provider is down: the page says so, and recovers by itself', async ({ page, guard }) => {
  guard.allow(/status of 503/);
  const { portal, provider } = served;
  await portal.stop();
  provider.setFault('down');
  try {
    await portal.start();
    await page.goto(portal.url);
    await expect(page.getByRole('heading', { level: 1, name: 'Sign-in is not possible right now' })).toBeVisible();
  } finally {
    provider.setFault();
  }
  await expect
    .poll(async () => {
      await page.goto(portal.url);
      return page.getByRole('heading', { level: 1 }).innerText();
    }, { timeout: 30_000 })
    .toBe('Who are you?');
});
