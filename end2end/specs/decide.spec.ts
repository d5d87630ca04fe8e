// Deciding: reasons, wishes, two people at once, and everything by keyboard.
import { alive, answer, askQuickly, field, stagingStore, unique } from '../support/asking.ts';
import { choose, decide, postDecision, stage, state } from '../support/journey.ts';
import { expect, expectAccessible, test } from '../support/test.ts';

const timeline = { name: 'Timeline' };

test('a denial needs a reason, and the requester reads it', async ({ as, guard }) => {
  guard.allow(/status of 400/);
  const amara = await as('Amara Okafor');
  const name = unique('denied');
  const path = await askQuickly(amara, 'object-store', stagingStore(name));
  const dana = await as('Dana Levi');
  await decide(dana, path, 'Deny');
  const comment = dana.getByRole('textbox', { name: /^Comment/ }).first();
  await expect(comment).toHaveAccessibleDescription(/Write a sentence/);
  await expectAccessible(dana);
  await expect(state(dana)).toHaveText('Waiting for approval');
  await comment.fill('Receipts stay in Cape Town.');
  await choose(dana, 'Deny');
  await dana.getByRole('button', { name: 'Deny', exact: true }).click();
  await expect(dana.getByText('Your decision is recorded')).toBeVisible();

  await expect(state(amara)).toHaveText('Denied');
  await expect(amara.getByRole('region', timeline)).toContainText('Receipts stay in Cape Town.');
  // The name is free again.
  await amara.getByRole('button', { name: 'Clone' }).click();
  await expect(amara).toHaveURL(/\/drafts\//);
  await expect(field(amara, 'Name')).toHaveValue(name);
});

test('asked for changes at a field: the form reopens there, is sent again, and approved', async ({ as, portal }) => {
  const amara = await as('Amara Okafor');
  const name = unique('changed');
  const path = await askQuickly(amara, 'object-store', { ...stagingStore(name), expected_gb: '5000' });
  const dana = await as('Dana Levi');
  await dana.goto(path.replace('/requests/', '/approvals/'));
  await choose(dana, 'Ask for changes');
  await dana.getByRole('combobox', { name: 'Where?' }).selectOption({ label: 'Expected size in GB' });
  await dana.getByRole('textbox', { name: /^Comment/ }).first().fill('Five terabytes? 200 GB will do.');
  await dana.getByRole('button', { name: 'Ask for changes', exact: true }).click();
  await expect(dana.getByText('Your decision is recorded')).toBeVisible();

  await expect(state(amara)).toHaveText('Changes asked for');
  await amara.getByRole('link', { name: 'Change and submit again' }).click();
  const wish = amara.getByRole('main').locator('.alert').filter({ hasText: /Dana Levi asked for changes on request \d+/ });
  await expect(wish).toContainText('Five terabytes? 200 GB will do.');
  await expectAccessible(amara);
  await wish.getByRole('link', { name: 'Go to Expected size in GB' }).click();
  await expect(field(amara, 'Expected size in GB')).toBeFocused();
  await expect(field(amara, 'Expected size in GB')).toHaveValue('5000');
  await answer(amara, 'Expected size in GB', '200');
  await amara.getByRole('link', { name: /Review and submit/ }).click();
  await amara.getByRole('button', { name: 'Submit request' }).click();
  await expect(amara).toHaveURL(new RegExp(`${path}$`));
  await expect(state(amara)).toHaveText('Waiting for approval');
  await expect(amara.getByRole('region', timeline)).toContainText('changed the request and submitted it again');

  // What Dana looked at before is not what would be approved now.
  const old = await postDecision(dana, portal, path, 'approve');
  expect(old.status).toBe(409);
  await decide(dana, path, 'Approve');
  await expect(dana.getByText('Your decision is recorded')).toBeVisible();
  await expect(state(amara)).toHaveText('Pull request open', { timeout: 30_000 });
});

test('two decide at once: one is first, the slower is told who and what', async ({ as, guard }) => {
  guard.allow(/status of 409/, /ERR_FAILED/);
  const amara = await as('Amara Okafor');
  const path = await askQuickly(amara, 'object-store', stagingStore(unique('raced')));
  const dana = await as('Dana Levi');
  const chen = await as('Chen Wei');
  // Chen's page does not hear of Dana's decision: the live update must not be what settles it.
  await chen.route('**/events*', (route) => route.abort());
  for (const [page, verdict] of [[dana, 'Approve'], [chen, 'Deny']] as const) {
    await page.goto(path.replace('/requests/', '/approvals/'));
    await choose(page, verdict);
    await page.getByRole('textbox', { name: /^Comment/ }).first().fill(`${verdict}, I say.`);
  }
  await dana.getByRole('button', { name: 'Approve', exact: true }).click();
  await expect(dana.getByText('Your decision is recorded')).toBeVisible();
  await chen.getByRole('button', { name: 'Deny', exact: true }).click();
  await expect(chen.getByRole('alert').filter({ hasText: 'Dana Levi approved just before you.' })).toBeVisible();
  await amara.goto(path);
  await expect(stage(amara, 'Manager of payments')).toContainText('Dana Levi approved');
  await expect(amara.getByRole('region', { name: 'Approval' })).not.toContainText('Chen Wei denied');
});

test('both at the same instant by the server function: exactly one counts', async ({ as, portal }) => {
  const amara = await as('Amara Okafor');
  const path = await askQuickly(amara, 'object-store', stagingStore(unique('raced')));
  const deciders = await Promise.all(['Dana Levi', 'Chen Wei', 'Lena Novak'].map((name) => as(name)));
  const answers = await Promise.all(deciders.map((page, n) => postDecision(page, portal, path, n === 1 ? 'deny' : 'approve')));
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409]);
  for (const loser of answers.filter((answer) => answer.status === 409)) expect(loser.text).toContain('just before you');
});

test('what an approver is typing survives what others do meanwhile', async ({ as }) => {
  const amara = await as('Amara Okafor');
  const path = await askQuickly(amara, 'object-store', stagingStore(unique('typing')));
  const dana = await as('Dana Levi');
  await dana.goto(path.replace('/requests/', '/approvals/'));
  await alive(dana);
  await choose(dana, 'Deny');
  const comment = dana.getByRole('textbox', { name: /^Comment/ }).first();
  await comment.fill('Because of the');
  await amara.getByRole('textbox', { name: 'Comment' }).fill('It can wait until Monday.');
  await amara.getByRole('button', { name: 'Add comment' }).click();
  await expect(dana.getByRole('region', timeline)).toContainText('It can wait until Monday.');
  await expect(comment).toHaveValue('Because of the');
  await expect(dana.getByRole('radio', { name: 'Deny' })).toBeChecked();
});

test('withdrawn by the requester, until delivery starts', async ({ as }) => {
  const amara = await as('Amara Okafor');
  const path = await askQuickly(amara, 'object-store', stagingStore(unique('withdrawn')));
  await amara.getByText('Withdraw', { exact: true }).click();
  await amara.getByRole('button', { name: 'Withdraw request' }).click();
  await expect(state(amara)).toHaveText('Withdrawn');
  await expect(amara.getByRole('region', timeline)).toContainText('withdrew the request');
  const dana = await as('Dana Levi');
  await dana.goto(path.replace('/requests/', '/approvals/'));
  await expect(dana.getByRole('complementary', { name: 'Your decision' })).toContainText('This request is withdrawn already.');

  await amara.goto('/requests?q=checkout-live');
  await amara.getByRole('link', { name: 'Create checkout-live' }).click();
  const barred = amara.getByRole('button', { name: 'Withdraw' });
  await expect(barred).toHaveAttribute('aria-disabled', 'true');
  await expect(barred).toHaveAccessibleDescription(/This request is merged already\./);
});

test('a comment without deciding is on the timeline, as it was written', async ({ as, guard }) => {
  guard.allow(/status of 400/);
  const amara = await as('Amara Okafor');
  const path = await askQuickly(amara, 'object-store', stagingStore(unique('talked')));
  const dana = await as('Dana Levi');
  await dana.goto(path);
  const words = 'Why 🚀? <script>alert(1)</script> مرحبا';
  await dana.getByRole('textbox', { name: 'Comment' }).fill(words);
  await dana.getByRole('button', { name: 'Add comment' }).click();
  await expect(dana.getByRole('region', timeline).getByText(words)).toBeVisible();
  await expect(amara.getByRole('region', timeline).getByText(words)).toBeVisible();
  await expect(state(amara)).toHaveText('Waiting for approval');
  await dana.getByRole('textbox', { name: 'Comment' }).fill('   ');
  await dana.getByRole('button', { name: 'Add comment' }).click();
  await expect(dana.getByRole('alert').filter({ hasText: 'Write a sentence' })).toBeVisible();
});

test('triage by keyboard alone', async ({ as }) => {
  const ben = await as('Ben Fischer');
  const [first, second] = [unique('key'), unique('key')];
  await askQuickly(ben, 'object-store', stagingStore(first));
  const secondPath = await askQuickly(ben, 'object-store', stagingStore(second));
  const egil = await as('Egil Berg');
  const keyboard = egil.keyboard;
  await egil.goto('/');
  await alive(egil);
  await keyboard.press('g');
  await keyboard.press('a');
  await expect(egil.getByRole('heading', { level: 1, name: 'Approvals' })).toBeVisible();
  const rows = egil.getByRole('table', { name: /Waiting for my decision/ }).getByRole('link');
  await expect(rows.filter({ hasText: second })).toBeVisible();
  await keyboard.press('j');
  await expect(rows.nth(0)).toBeFocused();
  await keyboard.press('j');
  await expect(rows.nth(1)).toBeFocused();
  await keyboard.press('k');
  await expect(rows.nth(0)).toBeFocused();
  // Oldest first: what was asked last is at the end.
  const count = await rows.count();
  for (let n = 1; n < count; n++) await keyboard.press('j');
  await expect(rows.filter({ hasText: second })).toBeFocused();
  await keyboard.press('Enter');
  await expect(egil.getByRole('heading', { level: 1, name: `Create ${second}` })).toBeVisible();
  await alive(egil);
  await keyboard.press('d');
  await expect(egil.getByRole('radio', { name: 'Deny' })).toBeChecked();
  await keyboard.press('c');
  await expect(egil.getByRole('radio', { name: 'Ask for changes' })).toBeChecked();
  await keyboard.press('a');
  await expect(egil.getByRole('radio', { name: 'Approve' })).toBeChecked();
  await keyboard.press('Control+Enter');
  await expect(egil.getByText('Your decision is recorded')).toBeVisible();
  await ben.goto(secondPath);
  await expect(stage(ben, 'Manager of search')).toContainText('Egil Berg approved');

  await keyboard.press('?');
  const help = egil.getByRole('dialog', { name: 'Keys' });
  await expect(help).toBeVisible();
  await expect(help).toContainText('Choose ask for changes');
  await keyboard.press('Escape');
  await expect(help).toBeHidden();
  await keyboard.press('Control+k');
  const palette = egil.getByRole('dialog');
  await expect(palette).toBeVisible();
  await egil.getByRole('combobox').fill(first);
  await expect(palette.getByRole('option').first()).toContainText(`create ${first}`);
  await keyboard.press('Enter');
  await expect(egil.getByRole('heading', { level: 1, name: new RegExp(first) })).toBeVisible();
});
