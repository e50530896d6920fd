# An adapter in one file: copy it, and put your own server where `server` is.
require 'json'
require 'puma'
require 'puma/server'
require 'rack'

# The answer to `hello`: what your server can be asked for, and what it has no option for.
HELLO = JSON.parse <<~MESSAGE
  {"type": "hello", "protocol": 1, "name": "template", "version": "1.0.0", "language": "ruby",
    "capabilities": ["origins.list", "origins.any", "origins.null", "credentials", "methods.list", "methods.any",
      "request-headers.list", "request-headers.any", "response-headers.list", "response-headers.any", "max-age"],
    "unsupported": {"origins.subdomains": "this server knows no patterns"}, "concurrent_instances": 8}
MESSAGE

def server(policy, request)
  # Replace this half by your own server's CORS, configured as the policy says.
  origin = request.get_header('HTTP_ORIGIN')
  preflight = request.options? && origin && request.has_header?('HTTP_ACCESS_CONTROL_REQUEST_METHOD')
  anyone = policy[:origins] == '*'
  headers = anyone ? {} : { 'vary' => 'Origin' }
  if anyone || policy[:origins].include?(origin)
    headers['access-control-allow-origin'] = anyone ? '*' : origin
    headers['access-control-allow-credentials'] = 'true' if policy[:credentials]
    if preflight
      headers['access-control-allow-methods'] = [*policy[:methods]].join(', ')
      headers['access-control-allow-headers'] = [*policy[:request_headers]].join(', ')
      headers['access-control-max-age'] = policy[:max_age].to_s.sub('disable', '0') if policy[:max_age]
    else
      headers['access-control-expose-headers'] = [*policy[:response_headers]].join(', ')
    end
  end
  # This half is the application that the suite visits: yours must answer so, too.
  return [preflight ? 204 : 404, headers, []] if preflight || request.path != '/echo'

  query = Rack::Utils.parse_query(request.query_string)
  response = Rack::Response.new('{"ok":true}', 200, headers.merge('content-type' => 'application/json'))
  response.set_header('x-crosscheck-handled', query['id'].to_s)
  [*query['h']].each { |line| response.add_header(*line.split(':', 2)) }
  response.add_header('set-cookie', 'crosscheck=1; Secure; SameSite=None; Path=/') if query['cookie']
  response.finish
end

servers = {}
$stdout.sync = true
$stdin.each_line do |line|
  case JSON.parse(line, symbolize_names: true)
  in { type: 'hello' }
    answer = HELLO
  in { type: 'serve', id:, policy: { origins: Array => origins } } unless origins.all?(String)
    answer = { type: 'unsupported', id:, feature: 'origins.subdomains', reason: 'no patterns' }
  in { type: 'serve', id:, policy: { credentials: true } => policy } if policy.value?('*')
    answer = { type: 'refused', id:, reason: '`*` means nothing with credentials' }
  in { type: 'serve', id:, bind:, policy: }
    servers[id] = Puma::Server.new(->(env) { server(policy, Rack::Request.new(env)) })
    port = servers[id].add_tcp_listener(bind, 0).addr[1]
    servers[id].run
    answer = { type: 'ready', id:, base_url: "http://#{bind}:#{port}" }
  in { type: 'stop', id: }
    servers[id].stop(true)
    answer = { type: 'stopped', id: }
  in { type: 'bye' }
    break
  end
  puts answer.to_json
end
