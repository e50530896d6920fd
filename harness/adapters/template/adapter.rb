# A whole adapter in one file: copy it, and put your own server where `answer` is.
require 'json'
require 'puma'
require 'puma/server'
require 'rack'

HELLO = {
  type: 'hello', protocol: 1, name: 'template', version: '1.0.0', language: 'ruby', concurrent_instances: 8,
  capabilities: %w[origins.list origins.any origins.null credentials methods.list methods.any request-headers.list
                   request-headers.any response-headers.list response-headers.any max-age],
  unsupported: { 'origins.subdomains': 'this server knows no patterns' }
}.freeze

def answer(policy, env)
  origin = env['HTTP_ORIGIN']
  anyone = policy['origins'] == '*'
  allowed = anyone || policy['origins'].include?(origin)
  headers = anyone ? {} : { 'Vary' => 'Origin' }
  headers['Access-Control-Allow-Origin'] = anyone ? '*' : origin if allowed
  headers['Access-Control-Allow-Credentials'] = 'true' if allowed && policy['credentials']
  if env['REQUEST_METHOD'] == 'OPTIONS' && origin && env['HTTP_ACCESS_CONTROL_REQUEST_METHOD']
    return [403, headers, []] unless allowed

    headers['Access-Control-Allow-Methods'] = [*policy['methods']].join(', ')
    headers['Access-Control-Allow-Headers'] = [*policy['request_headers']].join(', ')
    headers['Access-Control-Max-Age'] = policy['max_age'].to_s.sub('disable', '0') if policy['max_age']
    return [204, headers, []]
  end
  exposed = [*policy['response_headers']].join(', ')
  headers['Access-Control-Expose-Headers'] = exposed if allowed && !exposed.empty?
  return [404, headers, []] unless env['PATH_INFO'] == '/echo'

  query = Rack::Utils.parse_query(env['QUERY_STRING'])
  added = [*query['h']].map { |line| line.split(':', 2) }
  added << ['Set-Cookie', 'crosscheck=1; Secure; SameSite=None; Path=/'] if query['cookie']
  # Rack 2 separates several values of a header by newlines.
  added.each { |name, value| headers[name] = [headers[name], value].compact.join("\n") }
  headers['Content-Type'] = 'application/json'
  [200, headers.merge('X-Crosscheck-Handled' => query['id'].to_s), ['{"ok":true}']]
end

def serve(id, bind, policy, servers)
  if policy['credentials'] && policy.value?('*')
    return { type: 'refused', id:, reason: '`*` means nothing with credentials' }
  end

  unless [*policy['origins']].all?(String)
    return { type: 'unsupported', id:, feature: 'origins.subdomains', reason: 'this server knows no patterns' }
  end

  servers[id] = Puma::Server.new(->(env) { answer(policy, env) }, Puma::Events.null, min_threads: 4, max_threads: 8)
  port = servers[id].add_tcp_listener(bind, 0).addr[1]
  servers[id].run
  { type: 'ready', id:, base_url: "http://#{bind}:#{port}" }
end

servers = {}
$stdout.sync = true
$stdin.each_line do |line|
  message = JSON.parse(line)
  id = message['id']
  case message['type']
  when 'hello' then puts HELLO.to_json
  when 'serve' then puts serve(id, message['bind'], message['policy'], servers).to_json
  when 'stop'
    servers.delete(id).stop(true)
    puts({ type: 'stopped', id: }.to_json)
  when 'bye' then exit!(0)
  end
end
