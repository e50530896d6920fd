# What every adapter in Ruby shares: the protocol, and the application behind the policy.
#
# An adapter is what it says of itself and a block from a policy and a Rack application to that
# application with CORS around it, served by Puma.

require 'json'
require 'puma'
require 'puma/server'
require 'rack'

module Crosscheck
  # A policy as it came, with what is often asked of it.
  class Policy
    def initialize(json)
      @json = json
    end

    def any_origin? = @json['origins'] == '*'
    def credentials? = @json['credentials']

    # Origins written out; `null` is the opaque one.
    def exact_origins = any_origin? ? [] : @json['origins'].grep(String)

    # One anchored pattern for each origin whose subdomains are meant.
    def patterns
      return [] if any_origin?

      @json['origins'].grep(Hash).map do |entry|
        scheme, authority = entry.fetch('subdomains_of').split('://', 2)
        %r{\A#{scheme}://([a-z0-9_-]+\.)+#{Regexp.escape(authority)}\z}
      end
    end

    # `methods`, `request_headers` or `response_headers`: `'*'` or a list.
    def listing(name) = @json[name]

    # Seconds, 0 for never, nil to say nothing.
    def max_age = @json['max_age'] == 'disable' ? 0 : @json['max_age']

    # What a server must be able to express, in the protocol's words.
    def features
      listings = %w[methods request_headers response_headers].map do |name|
        listed = @json[name]
        "#{name.tr('_', '-')}.#{listed == '*' ? 'any' : 'list'}" unless listed.empty?
      end
      exact = exact_origins.map { |origin| origin == 'null' ? 'origins.null' : 'origins.list' }
      [*listings, *exact, any_origin? && 'origins.any', patterns.any? && 'origins.subdomains',
       credentials? && 'credentials', max_age && 'max-age', max_age&.zero? && 'max-age.disable'].grep(String)
    end
  end

  # The application behind the policy.
  class Application
    def initialize
      @hits = Hash.new(0)
      @lock = Mutex.new
    end

    def call(env)
      query = Rack::Utils.parse_query(env['QUERY_STRING'])
      case env['PATH_INFO']
      when '/echo' then answer(query, 200)
      when %r{\A/status/([2-5][0-9]{2})\z} then answer(query, Regexp.last_match(1).to_i)
      when '/redirect' then redirect(query)
      else [404, { 'Content-Type' => 'text/plain' }, ['not found']]
      end
    end

    # How often a handler ran, for whoever stands outside the policy.
    def tell(env)
      id = Rack::Utils.parse_query(env['QUERY_STRING'])['id'].to_s
      [200, { 'Content-Type' => 'application/json' }, [JSON.generate(hits: @lock.synchronize { @hits[id] })]]
    end

    private

    def redirect(query)
      code = (query['code'] || 302).to_i
      return [400, {}, ['no redirect']] unless [301, 302, 303, 307, 308].include?(code) && query['to']

      answer(query, code, 'Location' => query['to'])
    end

    def answer(query, status, more = {})
      id = query['id'].to_s
      @lock.synchronize { @hits[id] += 1 }
      headers = { 'Content-Type' => 'application/json', 'X-Crosscheck-Handled' => id }.merge(more)
      Array(query['h']).each do |line|
        name, value = line.split(':', 2)
        # Rack 2 separates several values of a header by newlines.
        headers[name] = [headers[name], value.strip].compact.join("\n")
      end
      headers['Set-Cookie'] = 'crosscheck=1; Secure; SameSite=None; Path=/' if query['cookie'] == '1'
      return [status, headers.except('Content-Type'), []] if [204, 205, 304].include?(status)

      [status, headers, ['{"ok":true}']]
    end
  end

  CAPABILITIES = %w[
    origins.list origins.any origins.null origins.subdomains credentials methods.list methods.any
    request-headers.list request-headers.any response-headers.list response-headers.any max-age
    routes.status routes.redirect hits
  ].freeze

  # Answers until there is nothing more to read. What the block raises is the implementation's refusal.
  def self.speak(name:, homepage:, issues:, unsupported: {}, &build)
    # Standard output belongs to the protocol, whatever a library likes to log.
    out = $stdout.dup
    $stdout.reopen($stderr)
    servers = {}
    $stdin.each_line do |line|
      message = JSON.parse(line)
      reply =
        case message['type']
        when 'hello' then greeting(name, homepage, issues, unsupported)
        when 'serve' then serve(message, unsupported, servers, build)
        when 'stop'
          servers.delete(message['id'])&.stop(true)
          { type: 'stopped' }
        else break
        end
      reply[:id] = message['id'] if message.key?('id')
      out.puts(JSON.generate(reply))
      out.flush
    end
    exit!(0)
  end

  def self.greeting(name, homepage, issues, unsupported)
    version = File.read(File.join(ENV.fetch('CROSSCHECK_ADAPTER_HOME'), 'version'))
    { type: 'hello', protocol: 1, name:, version:, language: 'ruby', homepage:, issues:,
      capabilities: CAPABILITIES - unsupported.keys, unsupported:,
      reconfigure: false, one_shot: false, concurrent_instances: 8 }
  end

  def self.serve(message, unsupported, servers, build)
    start(message, unsupported, servers, build)
  rescue StandardError => e
    warn e.full_message
    { type: 'error', message: e.message }
  end

  def self.start(message, unsupported, servers, build)
    policy = Policy.new(message['policy'])
    feature = policy.features.find { |wanted| unsupported.key?(wanted) }
    return { type: 'unsupported', feature:, reason: unsupported[feature] } if feature

    application = Application.new
    begin
      policed = build.call(policy, application)
    rescue StandardError => e
      return { type: 'refused', reason: e.message }
    end
    outside = ->(env) { env['PATH_INFO'] == '/__crosscheck/hits' ? application.tell(env) : policed.call(env) }
    server = Puma::Server.new(outside, Puma::Events.new($stderr, $stderr), min_threads: 4, max_threads: 8)
    port = server.add_tcp_listener(message['bind'], 0).addr[1]
    server.run
    servers[message['id']] = server
    { type: 'ready', base_url: "http://#{message['bind']}:#{port}" }
  end
end
