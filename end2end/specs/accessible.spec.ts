// Every page, by axe in the light and the dark theme, on a desk and on a telephone: no violation, no sideways
// scrolling, one heading of the first rank, the focus always to be seen. To add a page: a line in PAGES.
import { alive, answer, askQuickly, stagingStore, startDraft, unique } from '../support/asking.ts';
import { choose } from '../support/journey.ts';
import { expect, expectAccessible, type Page, test } from '../support/test.ts';

// The tests of this file do not depend on each other, so they spread over the workers.
test.describe.configure({ mode: 'parallel' });

const DESK = { width: 1280, height: 800 };
const TELEPHONE = { width: 390, height: 844 };
const TAB_STOPS = 15;

interface Visit {
  what: string;
  who: string;
  /** An address, or how to come to the page. */
  go: string | ((page: Page) => Promise<void>);
  heading: string | RegExp;
  status?: number;
}

/** From a list, the page of the environment or request with that name. */
const through = (list: string, link: string, then?: (page: Page) => Promise<void>) => async (page: Page) => {
  await page.goto(`${list}?q=${link.split(' ').pop()}`);
  await page.getByRole('link', { name: link, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: link })).toBeVisible();
  await then?.(page);
};

const part = (name: string) => async (page: Page) => {
  await page.getByRole('navigation', { name: 'Parts of the request' }).getByRole('link', { name }).click();
  await expect(page.getByRole('navigation', { name: 'Parts of the request' }).locator('[aria-current=page]')).toContainText(name);
};

/** A draft with errors on every step. */
const brokenDraft = (step: string) => async (page: Page) => {
  await startDraft(page, 'web-service-postgres');
  await alive(page);
  await answer(page, 'Tier', 'Production');
  await answer(page, 'Name', 'Not A Name');
  await page.keyboard.press('Tab');
  await expect(page.getByText('Use lower-case letters, digits and single hyphens')).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: /^Saved/ })).toBeVisible();
  await page.goto(`${new URL(page.url()).pathname}?check=1`);
  await expect(page.getByText(/things need another look/)).toBeVisible();
  await page.getByRole('navigation', { name: 'Steps' }).getByRole('link', { name: new RegExp(`^${step}`) }).click();
  await expect(page.getByRole('heading', { level: 2, name: step })).toBeVisible();
};

const PAGES: Visit[] = [
  { what: 'home of an engineer', who: 'Amara Okafor', go: '/', heading: 'Hello, Amara' },
  { what: 'home of a manager', who: 'Dana Levi', go: '/', heading: 'Hello, Dana' },
  { what: 'home with nothing on it', who: 'Jonas Weber', go: '/', heading: 'Hello, Jonas' },
  { what: 'home without a role', who: 'Kai Mbeki', go: '/', heading: 'You have no role yet' },
  { what: 'catalogue', who: 'Amara Okafor', go: '/catalogue', heading: 'Catalogue' },
  { what: 'a template', who: 'Amara Okafor', go: '/catalogue/web-service-postgres', heading: 'Web service with PostgreSQL' },
  { what: 'a prefilled link', who: 'Amara Okafor', go: '/catalogue/sandbox-vm/request?environment_name=lab&size=large', heading: 'Start with these answers?' },
  { what: 'a draft with errors', who: 'Amara Okafor', go: brokenDraft('Environment'), heading: /^Request: / },
  { what: 'a draft at its review, with errors', who: 'Amara Okafor', go: brokenDraft('Review and submit'), heading: /^Request: / },
  { what: 'requests', who: 'Farah Haddad', go: '/requests', heading: 'Requests' },
  { what: 'requests, none that match', who: 'Amara Okafor', go: '/requests?q=nothing-is-called-that&tier=staging', heading: 'Requests' },
  { what: 'a request that waits', who: 'Amara Okafor', go: through('/requests', 'Create payouts-staging'), heading: 'Create payouts-staging' },
  { what: 'a request that is merged', who: 'Amara Okafor', go: through('/requests', 'Create checkout-live'), heading: 'Create checkout-live' },
  { what: 'a request that was denied', who: 'Amara Okafor', go: through('/requests', 'Create receipts-archive'), heading: 'Create receipts-archive' },
  { what: 'a request with changes asked for', who: 'Amara Okafor', go: through('/requests', 'Create ledger-export'), heading: 'Create ledger-export' },
  { what: 'the changes of a request', who: 'Amara Okafor', go: through('/requests', 'Create checkout-live', part('Changes')), heading: 'Create checkout-live' },
  { what: 'the price of a request', who: 'Amara Okafor', go: through('/requests', 'Create checkout-live', part('Price')), heading: 'Create checkout-live' },
  { what: 'the parameters of a request', who: 'Amara Okafor', go: through('/requests', 'Create checkout-live', part('Parameters')), heading: 'Create checkout-live' },
  { what: 'the history of a request', who: 'Amara Okafor', go: through('/requests', 'Create checkout-live', part('History')), heading: 'Create checkout-live' },
  { what: 'approvals', who: 'Farah Haddad', go: '/approvals', heading: 'Approvals' },
  {
    what: 'the screen to decide on, a wish chosen',
    who: 'Egil Berg',
    go: async (page) => {
      await page.goto('/approvals');
      await page.getByRole('link', { name: 'Create search-live' }).click();
      await expect(page.getByRole('heading', { level: 1, name: 'Create search-live' })).toBeVisible();
      await choose(page, 'Ask for changes');
      await expect(page.getByRole('combobox', { name: 'Where?' })).toBeVisible();
    },
    heading: 'Create search-live',
  },
  { what: 'environments', who: 'Amara Okafor', go: '/environments', heading: 'My environments' },
  { what: 'an environment', who: 'Amara Okafor', go: through('/environments', 'checkout-live'), heading: 'checkout-live' },
  {
    what: 'the record, details open',
    who: 'Ines Moreau',
    go: async (page) => {
      await page.goto('/audit?action=request');
      await page.getByRole('table', { name: 'Audit events' }).locator('summary').first().click();
    },
    heading: 'Audit',
  },
  { what: 'sessions', who: 'Amara Okafor', go: '/settings/sessions', heading: 'Where I am signed in' },
  { what: 'the gallery', who: 'Amara Okafor', go: '/ui', heading: 'Gallery' },
  { what: 'an address that is none', who: 'Amara Okafor', go: '/no/such/page', heading: 'Nothing is here', status: 404 },
  { what: 'a request that is not mine to know of', who: 'Amara Okafor', go: '/requests/0198c0de-0000-7000-8000-000000000001', heading: 'Nothing is here', status: 404 },
  { what: 'a page that is not mine', who: 'Amara Okafor', go: '/audit', heading: 'This is not yours to see', status: 403 },
  {
    what: 'the keys',
    who: 'Amara Okafor',
    go: async (page) => {
      await page.goto('/requests');
      await alive(page);
      await page.keyboard.press('?');
      await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
    },
    heading: 'Requests',
  },
  {
    what: 'the palette',
    who: 'Amara Okafor',
    go: async (page) => {
      await page.goto('/requests');
      await alive(page);
      await page.keyboard.press('Control+k');
      await expect(page.getByRole('dialog').getByRole('option').first()).toBeVisible();
    },
    heading: 'Requests',
  },
];

/** What sticks out to the right of the window, by what it is. */
const tooWide = (page: Page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > clientWidth + 1);
    return [`the page is ${scrollWidth} wide in a window of ${clientWidth}`, ...wide.slice(0, 8).map((e) => `${e.tagName} ${e.className}: ${e.textContent?.trim().slice(0, 40)}`)];
  });

/** Goes along with Tab and names every stop at which the focus cannot be seen. */
async function unseenFocus(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (let stop = 0; stop < TAB_STOPS; stop++) {
    await page.keyboard.press('Tab');
    const unseen = await page.evaluate(async () => {
      const element = document.activeElement;
      // At the end of the page the focus goes to the browser's own controls.
      if (!element || element === document.body || !document.hasFocus()) return undefined;
      const outlined = (style: CSSStyleDeclaration) => style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 1;
      // A row shows it around the whole row, a choice around the whole choice.
      const around = element.parentElement?.matches(':has(:focus-visible)') && outlined(getComputedStyle(element.parentElement));
      const seen = outlined(getComputedStyle(element)) || outlined(getComputedStyle(element, '::after')) || around;
      const inWindow = (box: DOMRect) => box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
      // What shows itself only with the focus, and what is scrolled to, has its place some frames later.
      let box = element.getBoundingClientRect();
      for (let frame = 0; frame < 30 && !inWindow(box); frame++) {
        await new Promise(requestAnimationFrame);
        box = element.getBoundingClientRect();
      }
      const there = inWindow(box);
      const why = [!seen && 'no outline', !there && `outside the window at ${box.top}`].filter(Boolean).join(', ');
      return why ? `${element.tagName} ${element.className} "${element.textContent?.trim().slice(0, 40)}": ${why}` : undefined;
    });
    if (unseen) found.push(unseen);
  }
  return found;
}

for (const { what, who, go, heading, status } of PAGES) {
  test(what, async ({ as, guard }) => {
    if (status) guard.allow(new RegExp(`status of ${status}`));
    const page = await as(who);
    if (typeof go === 'string') expect((await page.goto(go))?.status()).toBe(status ?? 200);
    else await go(page);
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
    await expect(page.locator('h1')).toHaveCount(1);
    await expect(page).toHaveTitle(/ · Causeway$/);
    await expectAccessible(page);
    await page.setViewportSize(TELEPHONE);
    expect.soft(await tooWide(page)).toEqual([]);
    // The colours were judged above.
    await expectAccessible(page, ['light']);
    await page.setViewportSize(DESK);
    expect(await unseenFocus(page)).toEqual([]);
  });
}

test('on a telephone: the menu unfolds, leads on, and folds away', async ({ as }) => {
  const page = await as('Farah Haddad', { viewport: TELEPHONE });
  await page.goto('/requests');
  await alive(page);
  const nav = page.getByRole('navigation', { name: 'Main' });
  await expect(nav).toBeHidden();
  await page.getByRole('button', { name: 'Menu' }).click();
  await expect(nav.getByRole('link', { name: 'Approvals' })).toBeVisible();
  await expectAccessible(page);
  await nav.getByRole('link', { name: 'Approvals' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Approvals' })).toBeVisible();
  await expect(nav).toBeHidden();
});

test('on a telephone, without JavaScript: the menu unfolds too', async ({ as }) => {
  const page = await as('Farah Haddad', { viewport: TELEPHONE, javaScriptEnabled: false });
  await page.goto('/requests');
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Approvals' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Approvals' })).toBeVisible();
  expect(await tooWide(page)).toEqual([]);
});

test('the skip link is the first stop and leads to the page', async ({ as }) => {
  const page = await as('Amara Okafor');
  await page.goto('/requests');
  await alive(page);
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to the page' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.querySelector('main')?.contains(document.activeElement))).toBe(true);
});

test('after a step to another page its heading has the focus', async ({ as }) => {
  const page = await as('Amara Okafor');
  await page.goto('/requests');
  await alive(page);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'My environments' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'My environments' })).toBeFocused();
});

test('times are in the viewer\'s zone, with the exact time on hover', async ({ as }) => {
  const page = await as('Amara Okafor');
  const path = await askQuickly(page, 'object-store', stagingStore(unique('timed')));
  await page.goto(path);
  await alive(page);
  const time = page.getByRole('region', { name: 'Timeline' }).locator('time').first();
  await expect(time).toHaveText('just now');
  await expect(time).toHaveAttribute('title', /UTC\+01:00$/);
  await expect(time).toHaveAttribute('datetime', /^20\d\d-.*Z$/);
});
