// A policy in the terms in which most middlewares are configured.

/** The options of `cors`, which its ports to other frameworks share. */
export function corsOptions(policy) {
  const options = {
    origin: originOrOrigins(policy),
    methods: methods(policy),
    credentials: policy.credentials,
    maxAge: maxAge(policy),
    // Left out, the requested headers are mirrored.
    allowedHeaders: policy.request_headers === '*' ? undefined : policy.request_headers,
    exposedHeaders: policy.response_headers.length ? policy.response_headers : undefined,
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** Methods to allow: a policy names those beyond the ones that a page may always use. */
export function methods({ methods }) {
  return methods === '*' ? '*' : [...new Set(['GET', 'HEAD', 'POST', ...methods])];
}

/** Origins as `'*'`, or as a list of strings and anchored regular expressions. */
export function origins({ origins }) {
  if (origins === '*') return '*';
  return origins.map((origin) => (origin.subdomains_of ? subdomains(origin.subdomains_of) : origin));
}

/** Like `origins`, but a single string where that is all there is. */
export function originOrOrigins(policy) {
  const list = origins(policy);
  return list.length === 1 && typeof list[0] === 'string' ? list[0] : list;
}

/** Origins as a function that tells whether a request's origin is allowed. */
export function isAllowed(policy) {
  const list = origins(policy);
  return (origin) => list.some((rule) => (rule.test ? rule.test(origin) : rule === origin));
}

/** Seconds, 0 to disable, or undefined to say nothing. */
export function maxAge({ max_age }) {
  return max_age === 'disable' ? 0 : (max_age ?? undefined);
}

function subdomains(apex) {
  const [scheme, authority] = apex.split('://');
  const escaped = authority.replaceAll('.', '\\.');
  return new RegExp(`^${scheme}://(?:[a-z0-9_-]+\\.)+${escaped}$`);
}
