// WCAG 2.2 AA by axe, in the light and in the dark theme, on the page as it stands.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

type Theme = 'light' | 'dark';

/** What axe finds, a line each: theme, rule, impact, what to do, where. */
export async function violations(page: Page, themes: Theme[] = ['light', 'dark']): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // The legacy mode runs in the page itself and not in one opened beside it: there are no frames of other origins.
    const results = await new AxeBuilder({ page }).setLegacyMode().withTags(RULES).analyze();
    for (const violation of results.violations) {
      for (const node of violation.nodes) {
        const why = (node.failureSummary ?? violation.help).replace(/\s+/g, ' ');
        found.push(`${colorScheme}: ${violation.id} (${violation.impact}): ${why} at ${node.target.join(' ')}`);
      }
    }
  }
  await page.emulateMedia({ colorScheme: null });
  return found;
}

/** Call it on every page that a spec comes to, in each state worth seeing (a dialog open, errors shown). */
export async function expectAccessible(page: Page, themes?: Theme[]): Promise<void> {
  await test.step(`accessible: ${new URL(page.url()).pathname}`, async () => {
    expect(await violations(page, themes)).toEqual([]);
  });
}
