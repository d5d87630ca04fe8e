// A proxy between portal and Bitbucket that holds every REST request against Bitbucket's OpenAPI description, with the
// validator of Stoplight Prism. Prism judges a copy; what goes on is the request byte for byte. A request that breaks
// the description is answered 422 with what is wrong, as `prism proxy --errors` does, and kept in `violations`.
// Everything outside /rest/ (git over HTTP, pages) passes untouched. Answers are not judged.
//
// bitbucket-9.4.json beside this file describes the operations that Causeway uses, as facts and without Atlassian's text;
// a request to any other operation is a violation. CAUSEWAY_BITBUCKET_SPEC names the whole official file instead.
// By hand: node prism/proxy.mjs --port 7991 --upstream http://127.0.0.1:7990
import http from 'node:http';
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createLogger } from '@stoplight/prism-core';
import prismHttp from '@stoplight/prism-http';

const REST = '/rest';
const PROBLEM = 'application/problem+json';

/** Where the description is. @returns {string} */
export function bitbucketSpec(env = process.env) {
  const path = env.CAUSEWAY_BITBUCKET_SPEC || fileURLToPath(new URL('bitbucket-9.4.json', import.meta.url));
  if (!existsSync(path)) throw new Error(`CAUSEWAY_BITBUCKET_SPEC names ${path}, which does not exist`);
  return path;
}

/** Prism's own verdict on one request: a list of sentences, empty when the description allows it. */
async function validator(spec) {
  const operations = await prismHttp.getHttpOperationsFromSpec(spec);
  const config = {
    isProxy: true,
    upstream: new URL('http://127.0.0.1'),
    upstreamProxy: undefined,
    errors: false,
    validateRequest: true,
    validateResponse: false,
    // The description knows basic authentication only; tokens are as good.
    checkSecurity: false,
    mock: { dynamic: false },
  };
  const nothing = { statusCode: 204, headers: {} };
  // Prism forwards nothing: its place is taken by an answer of no content.
  const forward = () => () => async () => ({ _tag: 'Right', right: nothing });
  const logger = createLogger('prism', { enabled: false });
  const prism = prismHttp.createInstance(config, { logger, forward });

  return async (method, url, headers, body) => {
    const { pathname, searchParams } = new URL(url, 'http://upstream');
    const query = {};
    for (const key of searchParams.keys()) {
      const values = searchParams.getAll(key);
      query[key] = values.length === 1 ? values[0] : values;
    }
    let parsed = body.length ? body.toString('utf8') : null;
    if (parsed !== null && /^application\/(?:[\w.-]+\+)?json\b/i.test(headers['content-type'] ?? '')) {
      try {
        parsed = JSON.parse(parsed);
      } catch {
        return ['the body says it is JSON and is not'];
      }
    }
    const input = { method: method.toLowerCase(), url: { path: pathname.slice(REST.length), query }, headers, body: parsed };
    const verdict = await prism.request(input, operations, config)();
    if (verdict._tag === 'Left') return [verdict.left.message];
    return verdict.right.validations.input.map(({ path, message }) => [path?.join('.'), message].filter(Boolean).join(': '));
  };
}

/**
 * @typedef {{ method: string, url: string, problems: string[] }} Violation
 * @param {{ spec: string, upstream: string, port?: number }} options
 * @returns {Promise<{ url: string, port: number, violations: Violation[], judged: string[], close(): Promise<void> }>}
 *   `judged` lists every REST request that was held against the description, as "METHOD /path".
 */
export async function startProxy({ spec, upstream, port = 0 }) {
  const judge = await validator(spec);
  const target = new URL(upstream);
  /** @type {Violation[]} */
  const violations = [];
  /** @type {string[]} */
  const judged = [];

  const server = http.createServer(async (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    if (!url.startsWith(`${REST}/`)) return pass(target, request, response, request);
    try {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      judged.push(`${method} ${url.split('?')[0]}`);
      const problems = await judge(method, url, headers, body);
      if (!problems.length) return pass(target, request, response, body);
      violations.push({ method, url, problems });
      response.writeHead(422, { 'content-type': PROBLEM });
      response.end(JSON.stringify({ title: 'The request breaks the description', status: 422, detail: problems }));
    } catch (error) {
      violations.push({ method, url, problems: [`the validator failed: ${error}`] });
      response.writeHead(500, { 'content-type': PROBLEM });
      response.end(JSON.stringify({ title: 'The validator failed', status: 500, detail: String(error) }));
    }
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', () => resolve(undefined)));
  const bound = /** @type {import('node:net').AddressInfo} */ (server.address()).port;
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    violations,
    judged,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

// The host header stays the caller's, so that links in the answers lead through the proxy again.
function pass(target, request, response, body) {
  const onward = http.request(
    { host: target.hostname, port: target.port, method: request.method, path: request.url, headers: request.headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    },
  );
  onward.on('error', (error) => {
    if (response.headersSent) return response.destroy();
    response.writeHead(502, { 'content-type': 'text/plain' });
    response.end(`upstream ${target.origin}: ${error.message}\n`);
  });
  response.on('close', () => onward.destroy());
  if (Buffer.isBuffer(body)) onward.end(body);
  else body.pipe(onward);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { parseArgs } = await import('node:util');
  const { values } = parseArgs({ options: { port: { type: 'string', default: '7991' }, upstream: { type: 'string', default: 'http://127.0.0.1:7990' } } });
  const proxy = await startProxy({ spec: bitbucketSpec(), upstream: values.upstream, port: Number(values.port) });
  console.error(`validating proxy on ${proxy.url}, before ${values.upstream}`);
  process.on('SIGINT', async () => {
    for (const violation of proxy.violations) console.log(JSON.stringify(violation));
    await proxy.close();
    process.exit(proxy.violations.length ? 1 : 0);
  });
}
