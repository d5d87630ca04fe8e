// The main journey, for each engine and behind the validating proxy: asked, approved by two, delivered, merged, live.
import type { BrowserContextOptions } from '@playwright/test';
import { ask, catalogueRead, forms, unique, startDraft, step, submit } from './asking.ts';
import { merge } from './bitbucket.ts';
import { changesInBitbucket, changesShown } from './changes.ts';
import type { Portal } from './portal.ts';
import { expect, type Page, test } from './test.ts';

type As = (name: string, options?: BrowserContextOptions & { fresh?: boolean }) => Promise<Page>;

/** The state beside a page's title. */
export const state = (page: Page) => page.locator('.page-title .state');

type Verdict = 'Approve' | 'Deny' | 'Ask for changes';

/** Presses one of the three choices, which are labels over their radio buttons. */
export async function choose(page: Page, verdict: Verdict): Promise<void> {
  await page.getByRole('group', { name: 'Decision' }).getByText(verdict, { exact: true }).click();
  await expect(page.getByRole('radio', { name: verdict })).toBeChecked();
}

/** Chooses a verdict on the screen to decide on and sends it. */
export async function decide(page: Page, path: string, verdict: Verdict, comment = ''): Promise<void> {
  await page.goto(path.replace('/requests/', '/approvals/'));
  await choose(page, verdict);
  if (comment) await page.getByRole('textbox', { name: /^Comment/ }).first().fill(comment);
  await page.getByRole('button', { name: verdict, exact: true }).click();
}

/** What a stage says, in the section "Approval". */
export const stage = (page: Page, title: string) => page.getByRole('region', { name: 'Approval' }).getByRole('listitem').filter({ hasText: title });

/** Posts to the server function behind the buttons, as a page of the portal would, with that person's cookie. */
export async function postDecision(page: Page, portal: Portal, path: string, verdict: string): Promise<{ status: number; text: string }> {
  const id = path.split('/').pop() ?? '';
  const headers = { origin: portal.url, accept: 'application/json' };
  // The stage that the page would have named: a decision counts for no other.
  const request = await page.request.post('/api/requests/get', { data: { id }, headers });
  const stages: { id: string; state: string }[] = request.ok() ? (await request.json()).stages : [];
  const stage = stages.find((one) => one.state === 'open') ?? stages.at(-1);
  const answer = await page.request.post('/api/approvals/decide', {
    form: { id, revision: '1', stage: stage?.id ?? '00000000-0000-7000-8000-000000000000', verdict, comment: 'By the back door.' },
    headers,
  });
  return { status: answer.status(), text: await answer.text() };
}

/** Production, two stages, to the live environment. Every step is what people see. */
export async function mainJourney(as: As, portal: Portal): Promise<void> {
  const name = unique('shop');
  // Deciders are known from their first sign-in.
  const dana = await as('Dana Levi');
  const farah = await as('Farah Haddad');
  const amara = await as('Amara Okafor');
  await catalogueRead(amara);

  const { path, promised } = await test.step('Amara asks for production', async () => {
    await startDraft(amara, 'web-service-postgres');
    for (const [title, answers] of forms.webService(name, 'Production')) await step(amara, title, answers);
    const panel = amara.getByRole('complementary', { name: 'What will happen' });
    const files = panel.getByRole('region', { name: 'Files' });
    await expect(files).toContainText(`environments/production/payments/${name}/`);
    await expect(panel.getByRole('region', { name: 'Who decides' })).toContainText(/Can decide: .*Dana Levi/);
    const promised = await changesShown(files);
    expect(Object.values(promised).flat().length).toBeGreaterThan(20);
    return { path: await submit(amara), promised };
  });

  await test.step('the page says who has it', async () => {
    await expect(amara.getByRole('heading', { level: 1, name: `Create ${name}` })).toBeVisible();
    await expect(state(amara)).toHaveText('Waiting for approval');
    await expect(stage(amara, 'Manager of payments')).toContainText(/Can decide: .*Dana Levi/);
    await expect(stage(amara, 'Infrastructure admin')).toContainText('Waiting for the stage before');
    await amara.getByRole('navigation', { name: 'Parts of the request' }).getByRole('link', { name: 'Changes' }).click();
    await expect(amara.locator('details.file').first()).toBeVisible();
    expect(await changesShown(amara.getByRole('main'))).toEqual(promised);
    await amara.goto(path);
  });

  await test.step('who is not asked may not decide', async () => {
    expect((await postDecision(amara, portal, path, 'approve')).status).toBe(403);
    // Farah's turn is the second stage.
    expect((await postDecision(farah, portal, path, 'approve')).status).toBe(403);
    await expect(state(amara)).toHaveText('Waiting for approval');
  });

  await test.step('Dana approves from the inbox', async () => {
    await dana.goto('/approvals');
    await dana.getByRole('link', { name: `Create ${name}` }).click();
    await expect(dana.getByRole('heading', { level: 1, name: `Create ${name}` })).toBeVisible();
    expect(await changesShown(dana.getByRole('region', { name: 'Changes', exact: true }))).toEqual(promised);
    await decide(dana, path, 'Approve', 'The price is fine.');
    await expect(dana.getByText('Your decision is recorded')).toBeVisible();
    await expect(stage(amara, 'Manager of payments')).toContainText('Dana Levi approved');
    await expect(stage(amara, 'Infrastructure admin')).toContainText('Waiting for a decision');
  });

  const address = await test.step('Farah approves, and the pull request appears by itself', async () => {
    await decide(farah, path, 'Approve');
    await expect(farah.getByText('Your decision is recorded')).toBeVisible();
    await expect(state(amara)).toHaveText('Pull request open', { timeout: 30_000 });
    const delivery = amara.getByRole('region', { name: 'Delivery' });
    await expect(delivery).toContainText('Passed: the branch holds what was approved');
    const link = delivery.getByRole('link', { name: /^Pull request \d+/ });
    return (await link.getAttribute('href')) ?? '';
  });

  await test.step('Bitbucket shows the promised change, its author and the build status', async () => {
    const bitbucket = await farah.context().newPage();
    await bitbucket.goto(address);
    await expect(bitbucket.getByRole('heading', { level: 1 })).toContainText(name);
    expect(await changesInBitbucket(bitbucket)).toEqual(promised);
    const commits = bitbucket.getByRole('group', { name: 'Commits' }).locator('tbody').getByRole('row');
    await expect(commits).toHaveCount(1);
    await expect(commits.getByRole('cell').nth(2)).toHaveText('Amara Okafor');
    await expect(commits.getByRole('cell').nth(3)).toHaveText('Causeway');
    const build = bitbucket.getByRole('group', { name: 'Build statuses' }).getByRole('row').filter({ hasText: 'causeway/approval' });
    await expect(build).toContainText('Successful');
    await expect(build.getByRole('link')).toHaveAttribute('href', portal.url + path);
    const reviewers = bitbucket.getByRole('region', { name: 'Reviewers' });
    await expect(reviewers).toContainText('Gabriel Costa');
    await commits.getByRole('link').click();
    await expect(bitbucket.locator('pre').first()).toContainText(`Causeway-Request: ${path.split('/').pop()}`);
    await bitbucket.close();
  });

  await test.step('merged in Bitbucket: the open page says so without a reload', async () => {
    await amara.evaluate(() => Object.assign(window, { sameDocument: true }));
    const bitbucket = await farah.context().newPage();
    await merge(bitbucket, address);
    await bitbucket.close();
    await expect(state(amara)).toHaveText('Merged', { timeout: 30_000 });
    await expect(amara.getByRole('region', { name: 'Timeline' })).toContainText('Bitbucket merged pull request');
    expect(await amara.evaluate(() => 'sameDocument' in window)).toBe(true);
  });

  await test.step('the environment is in My environments, with its files', async () => {
    await amara.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'My environments' }).click();
    const row = amara.getByRole('row').filter({ hasText: name });
    await expect(row).toContainText('Live');
    await expect(row).toContainText('af-south-1');
    await row.getByRole('link', { name }).click();
    await expect(amara.getByRole('heading', { level: 1, name })).toBeVisible();
    for (const file of Object.keys(promised)) await expect(amara.getByRole('group').filter({ hasText: file }).first()).toBeVisible();
    await expect(amara.getByRole('link', { name: `environments/production/payments/${name}` })).toHaveAttribute('href', /\/projects\/CLOUD\/repos\/infrastructure\/browse\//);
  });
}

/** Lena Novak is manager and engineer of the team: her own request is not hers to decide, by any door. */
export async function nobodyDecidesTheirOwn(as: As, portal: Portal): Promise<void> {
  const lena = await as('Lena Novak');
  await catalogueRead(lena);
  const name = unique('own');
  const path = await ask(lena, 'web-service-postgres', forms.webService(name, 'Production'));
  await expect(state(lena)).toHaveText('Waiting for approval');
  await expect(lena.getByRole('link', { name: 'Decide', exact: true })).toHaveCount(0);
  await expect(stage(lena, 'Manager of payments')).not.toContainText('Lena Novak');

  await lena.goto('/approvals');
  await expect(lena.getByRole('heading', { level: 1, name: 'Approvals' })).toBeVisible();
  await expect(lena.getByRole('link', { name: `Create ${name}` })).toHaveCount(0);

  await lena.goto(path.replace('/requests/', '/approvals/'));
  await expect(lena.getByRole('complementary', { name: 'Your decision' })).toContainText('You asked for this, so somebody else must decide it.');
  await expect(lena.getByRole('radio')).toHaveCount(0);

  for (const verdict of ['approve', 'deny', 'ask_for_changes']) {
    const refused = await postDecision(lena, portal, path, verdict);
    expect(refused.status, verdict).toBe(403);
    expect(refused.text).toContain('You asked for this');
  }
  await lena.goto(path);
  await expect(state(lena)).toHaveText('Waiting for approval');
  await expect(stage(lena, 'Manager of payments')).toContainText('Waiting for a decision');

  // After the first stage was somebody else's, the second is not hers either, and Dana has had her turn.
  const dana = await as('Dana Levi');
  await decide(dana, path, 'Approve');
  await expect(dana.getByText('Your decision is recorded')).toBeVisible();
  expect((await postDecision(lena, portal, path, 'approve')).status).toBe(403);
  const twice = await postDecision(dana, portal, path, 'approve');
  expect([403, 409]).toContain(twice.status);
  await lena.goto(path);
  await expect(state(lena)).toHaveText('Waiting for approval');
}
