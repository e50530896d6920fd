// A whole adapter in one file: copy it, and put your own server where `answer` is.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

const hello = {
  type: 'hello', protocol: 1, name: 'template', version: '1.0.0', language: 'javascript', concurrent_instances: 8,
  capabilities: ['origins.list', 'origins.any', 'origins.null', 'credentials', 'methods.list', 'methods.any',
    'request-headers.list', 'request-headers.any', 'response-headers.list', 'response-headers.any', 'max-age'],
  unsupported: { 'origins.subdomains': 'this server knows no patterns' },
};

function answer(policy, request, response) {
  const { origin, 'access-control-request-method': method } = request.headers;
  const set = (name, list) => list.length && response.setHeader(name, [list].flat().join(', '));
  const anyone = policy.origins === '*';
  const allowed = anyone || policy.origins.includes(origin);
  if (allowed) set('Access-Control-Allow-Origin', anyone ? '*' : origin);
  if (allowed && policy.credentials) set('Access-Control-Allow-Credentials', 'true');
  if (!anyone) set('Vary', 'Origin');
  if (request.method === 'OPTIONS' && origin && method) {
    if (!allowed) return response.writeHead(403).end();
    set('Access-Control-Allow-Methods', policy.methods);
    set('Access-Control-Allow-Headers', policy.request_headers);
    if (policy.max_age !== null) set('Access-Control-Max-Age', `${policy.max_age}`.replace('disable', '0'));
    return response.writeHead(204).end();
  }
  if (allowed) set('Access-Control-Expose-Headers', policy.response_headers);
  const { pathname, searchParams } = new URL(request.url, 'http://subject');
  if (pathname !== '/echo') return response.writeHead(404).end();
  response.appendHeader('X-Crosscheck-Handled', searchParams.get('id') ?? '');
  for (const line of searchParams.getAll('h')) response.appendHeader(...line.split(/:(.*)/s, 2));
  if (searchParams.has('cookie')) set('Set-Cookie', 'crosscheck=1; Secure; SameSite=None; Path=/');
  response.setHeader('Content-Type', 'application/json').end('{"ok":true}');
}

const tell = (message) => console.log(JSON.stringify(message));
const servers = new Map();
for await (const line of createInterface({ input: process.stdin })) {
  const { type, id, bind, policy } = JSON.parse(line);
  const anything = policy && Object.values(policy).includes('*');
  const patterns = policy && [policy.origins].flat().some((origin) => typeof origin !== 'string');
  if (type === 'hello') tell(hello);
  if (type === 'stop') servers.get(id).close(() => tell({ type: 'stopped', id })).closeAllConnections();
  if (type === 'serve' && patterns) {
    tell({ type: 'unsupported', id, feature: 'origins.subdomains', reason: hello.unsupported['origins.subdomains'] });
  } else if (type === 'serve' && policy.credentials && anything) {
    tell({ type: 'refused', id, reason: '`*` means nothing with credentials' });
  } else if (type === 'serve') {
    const server = createServer((request, response) => answer(policy, request, response));
    server.listen(0, bind, () => tell({ type: 'ready', id, base_url: `http://${bind}:${server.address().port}` }));
    servers.set(id, server);
  }
  if (type === 'bye') process.exit();
}
