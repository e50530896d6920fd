// Speaks the adapter protocol on standard input and output, so that an adapter is only a function
// from a policy to a server.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

import { Application } from './application.mjs';

const HOME = process.env.CROSSCHECK_ADAPTER_HOME;
const CAPABILITIES = [
  'origins.list', 'origins.any', 'origins.null', 'origins.subdomains', 'credentials',
  'methods.list', 'methods.any', 'request-headers.list', 'request-headers.any',
  'response-headers.list', 'response-headers.any', 'max-age',
  'routes.status', 'routes.redirect', 'routes.panic', 'hits',
];

// Standard output belongs to the protocol, whatever a framework likes to log.
const say = process.stdout.write.bind(process.stdout);
globalThis.console = new console.Console(process.stderr);

/** The implementation does not let itself be configured so: a result, not an accident. */
export class Refused extends Error {}

/** The policy needs `feature`, which `hello` declared to be missing. */
export class Unsupported extends Error {
  constructor(feature, reason) {
    super(reason);
    this.feature = feature;
  }
}

/** Imports a package that set-up has installed. */
export async function installed(name) {
  const home = await import(pathToFileURL(`${HOME}/import.mjs`));
  return home.default(name);
}

/** What `configure` returns; what it throws is the implementation's refusal. */
export async function refusing(configure) {
  try {
    return await configure();
  } catch (error) {
    throw new Refused(error.message, { cause: error });
  }
}

/**
 * Answers until there is nothing more to read.
 *
 * `unsupported` maps each feature that the implementation lacks to the reason. `start` makes a
 * `node:http` server of a policy and an `Application`; it is made to listen unless it does already.
 */
export async function speak({ name, version, package: from, homepage, issues, unsupported = {}, start }) {
  const servers = new Map();
  const hello = {
    type: 'hello', protocol: 1, name, version: version ?? versionOf(from), language: 'javascript',
    homepage, issues, capabilities: CAPABILITIES.filter((feature) => !(feature in unsupported)),
    unsupported, reconfigure: false, one_shot: false, concurrent_instances: 32,
  };
  const answers = {
    hello: () => hello,
    async serve({ id, bind, policy }) {
      requireSupport(policy, unsupported);
      const application = new Application();
      const server = outsideThePolicy(await start(policy, application, bind), application);
      if (!server.listening) await once(server.listen(0, bind), 'listening');
      servers.set(id, server);
      return { type: 'ready', id, base_url: `http://${bind}:${server.address().port}` };
    },
    async stop({ id }) {
      const server = servers.get(id);
      if (!server) throw new Error(`there is no instance ${id}`);
      servers.delete(id);
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      return { type: 'stopped', id };
    },
    bye: () => process.exit(0),
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const message = JSON.parse(line);
    const failed = (error) => failure(message.id, error);
    const answer = Promise.resolve().then(() => answers[message.type](message)).catch(failed);
    // One instance may start slowly without holding up the others.
    answer.then((told) => say(`${JSON.stringify(told)}\n`));
  }
  process.exit(0);
}

function failure(id, error) {
  if (error instanceof Refused) return { type: 'refused', id, reason: error.message };
  if (error instanceof Unsupported) {
    return { type: 'unsupported', id, feature: error.feature, reason: error.message };
  }
  console.error(error);
  return { type: 'error', id, message: error.message };
}

function requireSupport(policy, unsupported) {
  for (const feature of needs(policy)) {
    if (feature in unsupported) throw new Unsupported(feature, unsupported[feature]);
  }
}

/** The capabilities without which there is no way to express `policy`. */
function* needs({ origins, credentials, methods, request_headers, response_headers, max_age }) {
  const listing = (list) => (list === '*' ? 'any' : list.length && 'list');
  const lists = { methods, 'request-headers': request_headers, 'response-headers': response_headers };
  for (const [name, list] of Object.entries(lists)) {
    if (listing(list)) yield `${name}.${listing(list)}`;
  }
  if (origins === '*') yield 'origins.any';
  else yield* origins.map(kind);
  if (credentials) yield 'credentials';
  if (max_age !== null) yield 'max-age';
}

function kind(origin) {
  if (origin === 'null') return 'origins.null';
  if (typeof origin === 'string') return 'origins.list';
  if (origin.subdomains_of) return 'origins.subdomains';
  throw new Error(`${JSON.stringify(origin)} is no kind of origin that is known here`);
}

/** Puts the count of handler runs before all that the framework does. */
function outsideThePolicy(server, application) {
  const handlers = server.listeners('request');
  server.removeAllListeners('request');
  return server.on('request', (request, response) => {
    if (request.url.split('?')[0] === '/__crosscheck/hits') {
      response.setHeader('Content-Type', 'application/json').end(application.tell(request.url));
    } else {
      for (const handler of handlers) handler.call(server, request, response);
    }
  });
}

function versionOf(name) {
  return JSON.parse(readFileSync(`${HOME}/node_modules/${name}/package.json`)).version;
}
