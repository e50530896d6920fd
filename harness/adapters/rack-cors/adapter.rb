# rack-cors around a Rack application.

require_relative '../lib/crosscheck'
require 'rack/cors'

Crosscheck.speak(
  name: 'rack-cors',
  homepage: 'https://github.com/cyu/rack-cors',
  issues: 'https://github.com/cyu/rack-cors/issues'
) do |policy, application|
  # The opaque origin is matched by no text, only by a pattern.
  listed = policy.exact_origins.map { |origin| origin == 'null' ? /\Anull\z/ : origin }
  listed = ['*'] if policy.any_origin?
  listed += policy.patterns
  methods = policy.listing('methods')
  methods = methods == '*' ? :any : [:get, :head, :post, *methods.map { |method| method.downcase.to_sym }]
  headers = policy.listing('request_headers')
  options = {
    methods:,
    headers: headers == '*' ? :any : headers,
    expose: policy.listing('response_headers'),
    credentials: policy.credentials?,
    max_age: policy.max_age
  }

  Rack::Builder.app do
    use Rack::Cors do
      allow do
        origins(*listed)
        resource '*', **options
      end
    end
    run application
  end
end
