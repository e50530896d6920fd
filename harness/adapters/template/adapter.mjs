// An adapter in one file: copy it, and put your own server where `server` is.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

// The answer to `hello`: what your server can be asked for, and what it has no option for.
const hello = `{"type": "hello", "protocol": 1, "name": "template", "version": "1.0.0", "language": "javascript",
  "capabilities": ["origins.list", "origins.any", "origins.null", "credentials", "methods.list", "methods.any",
    "request-headers.list", "request-headers.any", "response-headers.list", "response-headers.any", "max-age"],
  "unsupported": {"origins.subdomains": "this server knows no patterns"}, "concurrent_instances": 8}`;

function server(policy, request, response) {
  // Replace this half by your own server's CORS, configured as the policy says.
  const { origin, 'access-control-request-method': asks } = request.headers;
  const isPreflight = request.method === 'OPTIONS' && origin && asks;
  const anyone = policy.origins === '*';
  const set = (name, names) => response.setHeader(name, [names].flat().join(', '));
  if (!anyone) set('Vary', 'Origin');
  if (anyone || policy.origins.includes(origin)) {
    set('Access-Control-Allow-Origin', anyone ? '*' : origin);
    if (policy.credentials) set('Access-Control-Allow-Credentials', 'true');
    if (!isPreflight) {
      set('Access-Control-Expose-Headers', policy.response_headers);
    } else {
      set('Access-Control-Allow-Methods', policy.methods);
      set('Access-Control-Allow-Headers', policy.request_headers);
      if (policy.max_age !== null) set('Access-Control-Max-Age', policy.max_age === 'disable' ? 0 : policy.max_age);
    }
  }
  // This half is the application that the suite visits: yours must answer so, too.
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  if (isPreflight || pathname !== '/echo') return response.writeHead(isPreflight ? 204 : 404).end();
  set('X-Crosscheck-Handled', searchParams.get('id'));
  for (const line of searchParams.getAll('h')) response.appendHeader(...line.split(/:(.*)/, 2));
  if (searchParams.has('cookie')) set('Set-Cookie', 'crosscheck=1; Secure; SameSite=None; Path=/');
  response.setHeader('Content-Type', 'application/json').end('{"ok":true}');
}

const servers = {};
const answer = (message) => console.log(JSON.stringify(message));
for await (const line of createInterface({ input: process.stdin })) {
  const { type, id, bind, policy } = JSON.parse(line);
  if (type === 'hello') {
    answer(JSON.parse(hello));
  } else if (type === 'serve' && [policy.origins].flat().some((origin) => typeof origin !== 'string')) {
    answer({ type: 'unsupported', id, feature: 'origins.subdomains', reason: 'no patterns' });
  } else if (type === 'serve' && policy.credentials && Object.values(policy).includes('*')) {
    answer({ type: 'refused', id, reason: '`*` means nothing with credentials' });
  } else if (type === 'serve') {
    servers[id] = createServer((request, response) => server(policy, request, response));
    servers[id].listen(0, bind, () => {
      answer({ type: 'ready', id, base_url: `http://${bind}:${servers[id].address().port}` });
    });
  } else if (type === 'stop') {
    servers[id].close(() => answer({ type: 'stopped', id })).closeAllConnections();
  } else {
    process.exit(); // `bye`
  }
}
