// The main journey with a validating proxy between portal and Bitbucket, built on the description of Bitbucket's REST
// interface (prism/proxy.mjs says which).
import { bitbucketSpec, startProxy } from '../prism/proxy.mjs';
import { mainJourney } from '../support/journey.ts';
import { startServed, visitors } from '../support/served.ts';
import { expect, test } from '../support/test.ts';

test('the main journey makes no request that the description forbids', async ({ browser, portal, guard }, info) => {
  test.setTimeout(240_000);
  const proxy = await startProxy({ spec: bitbucketSpec(), upstream: portal.bitbucket });
  try {
    const served = await startServed({ worker: info.workerIndex, demo: portal, bitbucket: proxy.url });
    const people = visitors(browser, served.portal, guard);
    try {
      await mainJourney(people.as, served.portal);
    } finally {
      await people.close();
      if (info.errors.length) await info.attach('portal.log', { body: await served.portal.log(400), contentType: 'text/plain' });
      await served.remove();
    }
    expect(proxy.violations).toEqual([]);
    const judged = new Set(proxy.judged.map((request) => request.replace(/[0-9a-f]{40}/, 'COMMIT').replace(/pull-requests\/\d+/, 'pull-requests/N')));
    // The journey went through the proxy, and not past it.
    for (const passed of [/^GET .*\/reviewers$/, /^POST .*\/pull-requests$/, /^POST .*\/builds$/, /^GET .*\/pull-requests\/N$/]) {
      expect([...judged].filter((request) => passed.test(request)), [...judged].join('\n')).not.toEqual([]);
    }
  } finally {
    await proxy.close();
  }
});
