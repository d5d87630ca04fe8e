// `causeway serve` against a certified OpenID provider, which is not the sandbox's.
import { PEOPLE } from '../oidc/people.mjs';
import { alive, askQuickly, catalogueRead, stagingStore, unique } from '../support/asking.ts';
import { type Served, startServed, visitors } from '../support/served.ts';
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
  // What would turn the words beside the name around has not come in.
  expect(await page.content()).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
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

test('groups as one text with spaces', async ({ page }) => {
  await signIn(page, served.portal, 'Nadia Haddad');
  await expect(page.getByText('nadia@example.com')).toBeVisible();
  await expect(who(page).getByRole('link', { name: 'Catalogue' })).toBeVisible();
});

test('signed out at the provider: an open page of the portal notices', async ({ page, guard }) => {
  guard.allow(/status of 401/, /\/events/);
  await signIn(page, served.portal, 'Tobias Lindqvist', '/requests');
  await expect(page.getByText('tobias@example.com')).toBeVisible();
  const other = await page.context().newPage();
  await other.goto(`${served.provider.issuer}/session/end`);
  await other.getByRole('button', { name: 'Sign out' }).click();
  await expect(other.getByRole('heading', { name: 'Signed out' })).toBeVisible();
  // Nobody touches the page; the provider knows nobody any more and asks.
  await expect(page.getByRole('heading', { name: 'Who are you?' })).toBeVisible({ timeout: 30_000 });
  await other.goto(`${served.portal.url}/requests`);
  await expect(other.getByRole('heading', { name: 'Who are you?' })).toBeVisible();
});

test('to the letter of the specification: name, address and nested groups at the user info only', async ({ page, portal }, info) => {
  test.slow();
  const letter = await startServed({ worker: info.workerIndex, demo: portal, people: PEOPLE, roles, groupsClaim: 'realm_access.roles', conformIdTokenClaims: true });
  try {
    await signIn(page, letter.portal, 'Nadia Haddad');
    await expect(page.getByText('nadia@example.com')).toBeVisible();
    await expect(page.getByRole('heading', { level: 1, name: 'Hello, Nadia' })).toBeVisible();
    await expect(who(page).getByRole('link', { name: 'Catalogue' })).toBeVisible();
  } finally {
    await letter.remove();
  }
});

test('a second factor is asked for, once: told without it, let in with it', async ({ page, portal, guard }, info) => {
  test.slow();
  guard.allow(/status of 403/);
  const strict = await startServed({ worker: info.workerIndex, demo: portal, people: PEOPLE, roles, env: { CAUSEWAY_SIGN_IN__REQUIRE_MFA: 'true' } });
  try {
    const ines = strict.provider.people.find((candidate) => candidate.id === 'ines');
    if (!ines) throw new Error('Inês is not there');
    const pick = () => page.getByRole('button', { name: /^Inês Carvalho/ }).click();
    const asked = (before = '') => page.waitForURL((url) => url.pathname.startsWith('/interaction/') && url.href !== before);
    await page.goto(`${strict.portal.url}/catalogue`);
    await asked();
    const first = page.url();
    await pick();
    await asked(first);
    await pick();
    await expect(page.getByRole('heading', { level: 1, name: 'You are not signed in' })).toBeVisible();
    await expect(page.getByText('Causeway lets people in only with a second factor')).toBeVisible();
    await expectAccessible(page);
    // Known by their password, they are asked for the factor at once; this time they have one.
    await page.getByRole('link', { name: 'Try again' }).click();
    await asked();
    ines.amr = ['pwd', 'mfa'];
    await pick();
    await expect(page).toHaveURL(`${strict.portal.url}/catalogue`);
    await page.goto(`${strict.portal.url}/settings/sessions`);
    await expect(page.getByRole('row').filter({ hasText: 'This browser' })).toContainText('Checked');
  } finally {
    await strict.remove();
  }
});

test.describe('roles that are older than their time', () => {
  let brief: Served;

  test.beforeAll(async ({ portal }, info) => {
    brief = await startServed({ worker: info.workerIndex, demo: portal, people: PEOPLE, roles, env: { CAUSEWAY_SIGN_IN__ROLES_MAX_AGE: '15s' } });
  });

  test.afterAll(async () => {
    await brief?.remove();
  });

  test('an open page renews them by itself and is the same page', async ({ page, guard }) => {
    test.slow();
    guard.allow(/status of 401/, /\/events/);
    const here = `${brief.portal.url}/requests?tier=staging`;
    await signIn(page, brief.portal, 'Grace Adeyemi', '/requests?tier=staging');
    await expect(page).toHaveURL(here);
    await page.evaluate(() => Object.assign(window, { sameDocument: true }));
    await expect
      .poll(() => page.evaluate(() => 'sameDocument' in window).catch(() => true), { timeout: 50_000 })
      .toBe(false);
    await expect(page).toHaveURL(here);
    await expect(page.getByRole('heading', { level: 1, name: 'Requests' })).toBeVisible();
    await expect(page.getByText('grace@example.com')).toBeVisible();
    await expect(page.getByText('You are signed out')).toHaveCount(0);
  });

  test('a page on which something is typed says so, stays, and has it after the sign-in', async ({ browser, guard }) => {
    test.slow();
    guard.allow(/status of 401/, /\/events/);
    const guests = visitors(browser, brief.portal, guard);
    try {
      const page = await guests.as('Inês Carvalho');
      await catalogueRead(page);
      // The provider knows her: new roles, for as long as it takes to ask for something.
      await page.context().clearCookies({ name: 'causeway' });
      const path = await askQuickly(page, 'object-store', stagingStore(unique('typed')));
      await alive(page);
      const comment = page.getByRole('textbox', { name: 'Comment' });
      await comment.fill('Half a sentence that');
      const said = page.getByRole('alert').filter({ hasText: 'Your sign-in has run out' });
      await expect(said).toBeVisible({ timeout: 50_000 });
      await expect(comment).toHaveValue('Half a sentence that');
      await expectAccessible(page);
      await said.getByRole('link', { name: 'Sign in again' }).click();
      await expect(page).toHaveURL(brief.portal.url + path);
      await expect(said).toHaveCount(0);
      await expect(comment).toHaveValue('Half a sentence that');
      await page.getByRole('button', { name: 'Add comment' }).click();
      await expect(page.getByRole('region', { name: 'Timeline' })).toContainText('Half a sentence that');
    } finally {
      await guests.close();
    }
  });
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
