// Browser journeys against the built binary. A spec a journey, in specs/; what they share is in support/.
// One spec: npx playwright test sign-in. With a window: npx playwright test --headed. After a failure, the trace in
// test-results: npx playwright show-trace test-results/…/trace.zip.
import { defineConfig } from '@playwright/test';

// Where the browser is installed by the system, Playwright's own download is not needed.
const executablePath = process.env.CAUSEWAY_CHROMIUM || undefined;
const report = process.env.CAUSEWAY_BROWSER_REPORT;

export default defineConfig({
  testDir: './specs',
  outputDir: './test-results',
  forbidOnly: !!process.env.CI,
  fullyParallel: false,
  // Each worker has a portal of its own; two cores carry two.
  workers: 2,
  // A journey that passes at its second try has failed.
  retries: 0,
  timeout: 60_000,
  // A run that hangs must end before CI does.
  globalTimeout: process.env.CI ? 30 * 60_000 : undefined,
  expect: { timeout: 10_000 },
  reporter: report ? [['list'], ['json', { outputFile: report }]] : [['list']],
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Africa/Lagos',
    // Colours in the middle of a transition would be judged by axe.
    contextOptions: { reducedMotion: 'reduce' },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
