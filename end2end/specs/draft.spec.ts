// The form: it keeps what is typed, says what is wrong at once, and shows what will happen before anybody submits.
import { alive, answer, field, forms, startDraft, step, unique } from '../support/asking.ts';
import { expect, expectAccessible, type Page, test } from '../support/test.ts';

const saved = (page: Page) => page.getByRole('status').filter({ hasText: /^Saved/ });
const panel = (page: Page) => page.getByRole('complementary', { name: 'What will happen' });
const part = (page: Page, title: string) => panel(page).getByRole('region', { name: title });
const stepLink = (page: Page, title: string) => page.getByRole('navigation', { name: 'Steps' }).getByRole('link', { name: new RegExp(`^${title}`) });

/** Waits until the server has what was typed. */
async function settled(page: Page, typing: () => Promise<void>): Promise<void> {
  const saving = page.waitForResponse((answer) => answer.url().includes('/api/drafts/save') && answer.ok());
  await typing();
  await saving;
  await expect(saved(page)).toBeVisible();
}

test('is saved as one types: after a reload, and in another browser', async ({ as, guard }) => {
  guard.allow(/status of 409/);
  const page = await as('Amara Okafor');
  const name = unique('kept');
  await startDraft(page, 'web-service-postgres');
  await alive(page);
  await settled(page, () => answer(page, 'Name', name));
  await settled(page, () => answer(page, 'Tier', 'Production'));
  await settled(page, () => answer(page, 'Why it is needed', 'Half a sen'));
  await page.reload();
  await expect(field(page, 'Name')).toHaveValue(name);
  await expect(page.getByRole('radio', { name: 'Production' })).toBeChecked();
  await expect(field(page, 'Why it is needed')).toHaveValue('Half a sen');

  const elsewhere = await as('Amara Okafor', { fresh: true });
  await elsewhere.getByRole('table', { name: 'My drafts' }).getByRole('link', { name }).click();
  await expect(field(elsewhere, 'Name')).toHaveValue(name);
  await alive(elsewhere);
  await settled(elsewhere, () => answer(elsewhere, 'Why it is needed', 'Half a sentence, finished elsewhere.'));

  // The first browser does not overwrite what it has not seen, and keeps its own words until it has.
  const refused = page.waitForResponse((answer) => answer.url().includes('/api/drafts/save') && answer.status() === 409);
  await answer(page, 'Cost centre', 'CC-9999');
  await refused;
  await expect(page.getByRole('alert').filter({ hasText: 'changed in another tab or on another device' })).toBeVisible();
  await page.getByRole('link', { name: 'Reload the page' }).click();
  await expect(field(page, 'Why it is needed')).toHaveValue('Half a sentence, finished elsewhere.');
  await expect(field(page, 'Cost centre')).toHaveValue('CC-9999');
});

test('errors come at the field when one leaves it, and go when it is right', async ({ as }) => {
  const page = await as('Amara Okafor');
  await startDraft(page, 'web-service-postgres');
  await alive(page);
  const box = field(page, 'Name');
  await expect(box).not.toHaveAttribute('aria-invalid', 'true');
  await box.fill('Shop API');
  await box.press('Tab');
  await expect(box).toHaveAttribute('aria-invalid', 'true');
  await expect(box).toHaveAccessibleDescription(/Use lower-case letters, digits and single hyphens/);
  await expectAccessible(page);
  await box.fill(unique('right'));
  await box.press('Tab');
  await expect(box).not.toHaveAttribute('aria-invalid', 'true');
  const centre = field(page, 'Cost centre');
  await centre.focus();
  await centre.press('Tab');
  await expect(centre).toHaveAccessibleDescription(/This is needed\./);
});

test('the press that leaves a wrong field is not lost when its error comes up', async ({ as }) => {
  const page = await as('Amara Okafor');
  await startDraft(page, 'web-service-postgres');
  await alive(page);
  await field(page, 'Name').fill('Not A Name');
  // The error pushes what is below it down, between the press and its end.
  const radio = page.getByRole('radio', { name: 'Staging' });
  await radio.hover();
  await page.mouse.down();
  await page.mouse.up();
  await expect(page.getByText('Use lower-case letters, digits and single hyphens')).toBeVisible();
  await expect(radio).toBeChecked();
});

test('production asks for more, and for other things', async ({ as }) => {
  const page = await as('Amara Okafor');
  await startDraft(page, 'web-service-postgres');
  await alive(page);
  await expect(stepLink(page, 'Operations')).toHaveCount(0);
  await answer(page, 'Tier', 'Production');
  await expect(stepLink(page, 'Operations')).toBeVisible();
  await stepLink(page, 'Service').click();
  await expect(field(page, 'Host name')).toBeVisible();
  await stepLink(page, 'Database').click();
  await expect(field(page, 'Size of the database').getByRole('radio', { name: /^Small/ })).toHaveCount(0);
  await expect(field(page, 'Read replicas')).toBeVisible();
  await answer(page, 'Second zone', 'No');
  await expect(field(page, 'Read replicas')).toHaveCount(0);
  await stepLink(page, 'Environment').click();
  await answer(page, 'Cloud', 'Azure');
  await expect(field(page, 'Region').getByRole('option')).toHaveText([/Choose/, /Netherlands \(westeurope\)/, /Virginia \(eastus\)/]);
  await answer(page, 'Tier', 'Development');
  await expect(stepLink(page, 'Operations')).toHaveCount(0);
  await stepLink(page, 'Service').click();
  await expect(field(page, 'Host name')).toHaveCount(0);
});

test('the panel says what will happen: files, stages and people, price', async ({ as }) => {
  const page = await as('Amara Okafor');
  const name = unique('seen');
  await startDraft(page, 'web-service-postgres');
  await alive(page);
  await expect(panel(page).getByText(/Fill in Name.* to see the change, its price and who decides\./)).toBeVisible();
  for (const [title, answers] of forms.webService(name, 'Production')) await step(page, title, answers);

  const stages = part(page, 'Who decides').getByRole('listitem');
  await expect(stages).toHaveCount(2);
  await expect(stages.nth(0)).toContainText('Manager of payments');
  await expect(stages.nth(0)).toContainText(/Can decide: .*Dana Levi/);
  await expect(stages.nth(1)).toContainText('Infrastructure admin');
  await expect(stages.nth(1)).toContainText(/Can decide: .*Farah Haddad/);
  await expect(stages.filter({ hasText: 'Amara Okafor' })).toHaveCount(0);

  const price = part(page, 'Price');
  await expect(price.getByRole('row').filter({ hasText: 't3.small' })).toContainText(/\d+\.\d\d USD/);
  await expect(price.getByRole('row').filter({ hasText: 'Together, at list price' })).toContainText(/\d+\.\d\d USD/);

  const files = part(page, 'Files');
  await expect(files).toContainText('CLOUD/infrastructure');
  await expect(files).toContainText(/\d+ files?, \d+ lines added, 0 removed/);
  const main = files.getByRole('group').filter({ hasText: `environments/production/payments/${name}/` }).first();
  await main.locator('summary').click();
  await expect(main.getByRole('region').getByRole('row').first()).toBeVisible();
  await expect(part(page, 'Tags')).toContainText('CC-1042');
  await expectAccessible(page);
});

test('what has no price is said to be unpriced, never 0; what needs nobody says so', async ({ as }) => {
  const page = await as('Amara Okafor');
  await startDraft(page, 'object-store');
  for (const [title, answers] of forms.objectStore(unique('bucket'), 'Development')) await step(page, title, answers);
  const price = part(page, 'Price');
  await expect(price.getByRole('row').filter({ hasText: 'Reads, writes and traffic out' })).toContainText('Unpriced');
  await expect(price).toContainText('One component has no price and is not in the sum.');
  await expect(price.getByText(/(^|\s)0\.00 USD/)).toHaveCount(0);
  await expect(part(page, 'Who decides')).toContainText('nobody needs to agree');
});

test('steps by link, by Next and by Back; the review leads to each answer', async ({ as }) => {
  const page = await as('Amara Okafor');
  await startDraft(page, 'web-service-postgres');
  await alive(page);
  await step(page, 'Environment', { Name: unique('steps') });
  await expect(page.getByRole('heading', { level: 2, name: 'Service' })).toBeFocused();
  await expect(stepLink(page, 'Service')).toHaveAttribute('aria-current', 'step');
  await page.getByRole('button', { name: 'Back' }).click();
  await expect(page.getByRole('heading', { level: 2, name: 'Environment' })).toBeVisible();
  await stepLink(page, 'Review and submit').click();
  await page.getByRole('link', { name: 'Change Database' }).click();
  await expect(page.getByRole('heading', { level: 2, name: 'Database' })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('heading', { level: 2, name: 'Review and submit' })).toBeVisible();
});

test('a submit with gaps names each and leads there', async ({ as, guard }) => {
  guard.allow(/status of 400/);
  const page = await as('Amara Okafor');
  await startDraft(page, 'web-service-postgres');
  await alive(page);
  await settled(page, () => answer(page, 'Name', unique('gaps')));
  await stepLink(page, 'Review and submit').click();
  await page.getByRole('button', { name: 'Submit request' }).click();
  const summary = page.getByRole('alert').filter({ hasText: /things need another look/ });
  await expect(summary).toBeFocused();
  await expectAccessible(page);
  await summary.getByRole('link', { name: 'Container image' }).click();
  await expect(field(page, 'Container image')).toBeFocused();
  await expect(field(page, 'Container image')).toHaveAccessibleDescription(/This is needed\./);
});

test('a name that is taken is said before submitting', async ({ as }) => {
  const page = await as('Amara Okafor');
  await startDraft(page, 'sandbox-vm');
  await alive(page);
  await step(page, 'Environment', { Name: 'checkout-live', Cloud: 'AWS', Region: 'Cape Town', 'Cost centre': 'CC-1042' });
  await expect(panel(page).getByText('The name checkout-live is taken')).toBeVisible();
});

test('the session ends in the middle of the form: nothing is lost', async ({ as, guard }) => {
  guard.allow(/status of 401/, /\/events/);
  const page = await as('Amara Okafor', { fresh: true });
  const name = unique('midway');
  await startDraft(page, 'web-service-postgres');
  await alive(page);
  await settled(page, () => answer(page, 'Name', name));
  await page.context().clearCookies({ name: 'causeway' });
  await answer(page, 'Why it is needed', 'Typed after the session had ended.');
  await answer(page, 'Tier', 'Staging');
  const ended = page.getByRole('alert').filter({ hasText: 'Your session has ended' });
  await expect(ended).toBeVisible();
  await expectAccessible(page);
  const here = page.url();
  await ended.getByRole('link', { name: 'Sign in again' }).click();
  await page.getByRole('button', { name: 'Continue as Amara Okafor' }).click();
  await expect(page).toHaveURL(here);
  await expect(field(page, 'Name')).toHaveValue(name);
  await expect(field(page, 'Why it is needed')).toHaveValue('Typed after the session had ended.');
  await expect(page.getByRole('radio', { name: 'Staging' })).toBeChecked();
  // It reaches the server by itself: another browser has it.
  const elsewhere = await as('Amara Okafor');
  await expect
    .poll(async () => {
      await elsewhere.goto(new URL(here).pathname);
      return field(elsewhere, 'Why it is needed').inputValue();
    })
    .toBe('Typed after the session had ended.');
});

test('very long, emoji and right-to-left text get clear answers and are kept', async ({ as }) => {
  const page = await as('Amara Okafor');
  await startDraft(page, 'sandbox-vm');
  await alive(page);
  const long = 'a'.repeat(10_000);
  const cases: [string, RegExp][] = [
    [long, /This is 10000 characters long; at most 40 fit\./],
    ['🚀-shop', /Use lower-case letters, digits and single hyphens/],
    ['متجر', /Use lower-case letters, digits and single hyphens/],
  ];
  for (const [text, message] of cases) {
    await settled(page, async () => {
      await field(page, 'Name').fill(text);
      await field(page, 'Name').press('Tab');
    });
    await expect(field(page, 'Name')).toHaveAccessibleDescription(message);
    await page.reload();
    await expect(field(page, 'Name')).toHaveValue(text);
    await alive(page);
  }
  const words = '🚀 مرحبا بالعالم <b>bold</b> "quoted" ${var.x}\nsecond line';
  await settled(page, () => answer(page, 'Why it is needed', words));
  await page.reload();
  await expect(field(page, 'Why it is needed')).toHaveValue(words);
  await stepLink(page, 'Review and submit').click();
  await expect(page.getByRole('main').getByText('مرحبا بالعالم <b>bold</b>').first()).toBeVisible();
});

test('more than a form may hold is refused with words, and the draft stays', async ({ as, portal }) => {
  const page = await as('Amara Okafor');
  await startDraft(page, 'sandbox-vm');
  await alive(page);
  const name = unique('large');
  await settled(page, () => answer(page, 'Name', name));
  const id = new URL(page.url()).pathname.split('/')[2] ?? '';
  const refused = await page.request.post('/api/drafts/keep', {
    form: { id, version: '99', step: '1', 'answers[justification]': 'x'.repeat(5 * 1024 * 1024) },
    headers: { origin: portal.url, accept: 'text/html' },
  });
  expect(refused.status()).toBe(413);
  expect(await refused.text()).toContain('larger than 1 MiB');
  await page.reload();
  await expect(field(page, 'Name')).toHaveValue(name);
});

test('a prefilled link fills in, asks first, and writes nothing by itself', async ({ as }) => {
  const page = await as('Amara Okafor');
  const name = unique('linked');
  await page.goto(`/catalogue/sandbox-vm/request?environment_name=${name}&cloud=aws&region=af-south-1&size=large&nonsense=1&tier=production`);
  await expect(page.getByRole('heading', { level: 1, name: 'Start with these answers?' })).toBeVisible();
  await expect(page.getByRole('main')).toContainText('Cape Town (af-south-1)');
  await expect(page.getByRole('main')).not.toContainText('nonsense');
  await expectAccessible(page);
  const home = await as('Amara Okafor');
  await home.goto('/');
  await expect(home.getByRole('link', { name })).toHaveCount(0);
  await page.getByRole('button', { name: 'Start the request' }).click();
  await expect(page).toHaveURL(/\/drafts\//);
  await expect(field(page, 'Name')).toHaveValue(name);
  await stepLink(page, 'Machine').click();
  await expect(field(page, 'Size').getByRole('radio', { name: /^Large/ })).toBeChecked();
});

test('a draft can be thrown away', async ({ as, guard }) => {
  guard.allow(/status of 404/);
  const page = await as('Amara Okafor');
  await startDraft(page, 'sandbox-vm');
  await alive(page);
  const address = new URL(page.url()).pathname;
  await page.getByText('Discard this draft').click();
  await page.getByRole('button', { name: 'Discard draft' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Hello, Amara' })).toBeVisible();
  await page.goto(address);
  await expect(page.getByRole('heading', { level: 1, name: 'Nothing is here' })).toBeVisible();
});

test('a past request is cloned with its answers, without its name', async ({ as }) => {
  const page = await as('Amara Okafor');
  await page.goto('/requests?q=checkout-live');
  await page.getByRole('link', { name: 'Create checkout-live' }).click();
  await page.getByRole('button', { name: 'Clone' }).click();
  await expect(page).toHaveURL(/\/drafts\//);
  await expect(field(page, 'Name')).toHaveValue('');
  await expect(page.getByRole('radio', { name: 'Production' })).toBeChecked();
  await stepLink(page, 'Service').click();
  await expect(field(page, 'Host name')).toHaveValue('checkout.example.com');
});
