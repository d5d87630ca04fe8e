// Filling in the form as a person does, by the words on the page. Works with and without JavaScript.
import { randomBytes } from 'node:crypto';
import { expect, type Locator, type Page } from '@playwright/test';

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A name for an environment that no other test has taken. */
export const unique = (prefix: string): string => `${prefix}-${randomBytes(4).toString('hex')}`;

/** The control of a field by its title: a text box, a drop-down, or the group around radio buttons. */
export function field(page: Page, title: string): Locator {
  const name = new RegExp(`^${escaped(title)}( \\(optional\\))?$`);
  const form = page.locator('#draft-form');
  return form.getByRole('group', { name }).or(form.getByRole('textbox', { name })).or(form.getByRole('combobox', { name }));
}

/** Answers one field: types, picks the option, or picks the radio button whose label begins with `value`. */
export async function answer(page: Page, title: string, value: string): Promise<void> {
  const control = field(page, title);
  await expect(control).toBeVisible();
  const kind = await control.evaluate((element) => element.tagName);
  const begins = new RegExp(`^${escaped(value)}`);
  if (kind === 'FIELDSET') await control.getByRole('radio', { name: begins }).check();
  else if (kind === 'SELECT') await control.selectOption({ label: (await control.getByRole('option', { name: begins }).innerText()).trim() });
  else await control.fill(value);
}

export type Answers = Record<string, string>;

/** One step: its answers, then on to the next. */
export async function step(page: Page, title: string, answers: Answers): Promise<void> {
  await expect(page.getByRole('heading', { level: 2, name: title, exact: true })).toBeVisible();
  for (const [name, value] of Object.entries(answers)) await answer(page, name, value);
  await page.getByRole('button', { name: 'Next' }).click();
}

/** A portal that has just been started reads its catalogue by and by. */
export async function catalogueRead(page: Page): Promise<void> {
  const found = page.getByRole('main').getByRole('link', { name: 'Web service with PostgreSQL' });
  await expect
    .poll(async () => {
      await page.goto('/catalogue');
      return found.count();
    }, { timeout: 30_000 })
    .toBe(1);
}

/** Begins a draft from the template's page. */
export async function startDraft(page: Page, template: string): Promise<void> {
  await page.goto(`/catalogue/${template}`);
  await page.getByRole('button', { name: 'Request', exact: true }).click();
  await expect(page).toHaveURL(/\/drafts\//);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Request: ');
}

/** On the review: submits, and waits for the request's page. Returns its address without the origin. */
export async function submit(page: Page): Promise<string> {
  await expect(page.getByRole('heading', { level: 2, name: 'Review and submit' })).toBeVisible();
  await page.getByRole('button', { name: 'Submit request' }).click();
  await expect(page).toHaveURL(/\/requests\/[0-9a-f-]{36}$/);
  return new URL(page.url()).pathname;
}

/** The three templates that the journeys ask for, with answers that pass. */
export const forms = {
  webService: (name: string, tier: 'Development' | 'Staging' | 'Production', more: Answers = {}): [string, Answers][] => {
    const production = tier === 'Production';
    const steps: [string, Answers][] = [
      [
        'Environment',
        {
          Name: name,
          Tier: tier,
          Cloud: 'AWS',
          Region: 'Cape Town',
          'Cost centre': 'CC-1042',
          ...(tier !== 'Development' && { 'Why it is needed': 'A journey asks for it.' }),
        },
      ],
      ['Service', { 'Container image': 'registry.example.com/shop/api:1.4.2', ...(tier !== 'Development' && { 'Host name': `${name}.example.com` }) }],
      ['Database', { 'Size of the database': production ? 'Medium' : 'Small' }],
    ];
    if (production) steps.push(['Operations', {}]);
    for (const [, answers] of steps) {
      for (const title of Object.keys(answers)) if (more[title] !== undefined) answers[title] = more[title];
    }
    return steps;
  },
  sandboxMachine: (name: string): [string, Answers][] => [
    ['Environment', { Name: name, Cloud: 'AWS', Region: 'Cape Town', 'Cost centre': 'CC-1042' }],
    ['Machine', {}],
    ['Switching off', {}],
  ],
  objectStore: (name: string, tier: 'Development' | 'Staging' | 'Production'): [string, Answers][] => [
    [
      'Environment',
      {
        Name: name,
        Tier: tier,
        Cloud: 'AWS',
        Region: 'Cape Town',
        'Cost centre': 'CC-1042',
        ...(tier !== 'Development' && { 'Why it is needed': 'A journey asks for it.' }),
      },
    ],
    ['What it holds', {}],
    ['Keeping and deleting', {}],
  ],
};

/** From the template to the request, by the form. */
export async function ask(page: Page, template: string, steps: [string, Answers][]): Promise<string> {
  await startDraft(page, template);
  for (const [title, answers] of steps) await step(page, title, answers);
  return submit(page);
}

/**
 * The same by a prefilled link and one press on submit: for journeys that are not about the form. `answers` by field
 * name.
 */
export async function askQuickly(page: Page, template: string, answers: Answers): Promise<string> {
  const query = new URLSearchParams({ cloud: 'aws', region: 'af-south-1', cost_centre: 'CC-1042', data_classification: 'internal', ...answers });
  await page.goto(`/catalogue/${template}/request?${query}`);
  await page.getByRole('button', { name: 'Start the request' }).click();
  await expect(page).toHaveURL(/\/drafts\//);
  await page.getByRole('link', { name: /Review and submit/ }).click();
  return submit(page);
}

/** Answers for [`askQuickly`] that make a staging bucket: one stage, a manager or a senior engineer. */
export const stagingStore = (name: string): Answers => ({ environment_name: name, tier: 'staging', justification: 'A journey asks for it.' });

/** The page has come alive: times are in the viewer's zone and words, no longer in UTC. */
export async function alive(page: Page): Promise<void> {
  await expect(page.locator('time').first()).toBeAttached();
  await expect(page.locator('time').filter({ hasText: 'UTC' })).toHaveCount(0);
}
