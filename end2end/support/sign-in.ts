// Signing in as the sandbox's people do: its provider's page lists them as buttons by name.
import { expect, type Page } from '@playwright/test';
import type { Portal } from './portal.ts';

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Picks a person on a provider's page (the sandbox's, or oidc/provider.mjs) and comes back to the portal. */
export async function pickPerson(page: Page, portal: Portal, name: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^${escaped(name)}(?!\\p{L})`, 'u') }).click();
  await expect(page).toHaveURL((url) => url.origin === portal.url);
}

/** From the page `path` of the portal, through the provider, back to it. */
export async function signIn(page: Page, portal: Portal, name: string, path = '/'): Promise<void> {
  await page.goto(portal.url + path);
  // A signed-out person either is sent to the provider at once or finds the way there on the page.
  const link = page.getByRole('link', { name: 'Sign in' }).or(page.getByRole('button', { name: 'Sign in' })).first();
  const person = page.getByRole('button', { name: new RegExp(`^${escaped(name)}(?!\\p{L})`, 'u') });
  await expect(link.or(person).first()).toBeVisible();
  if (new URL(page.url()).origin === portal.url) await link.click();
  await pickPerson(page, portal, name);
}
