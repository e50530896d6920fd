// The rs/cors middleware around net/http's mux.
package main

import (
	"net/http"
	"strings"

	"crosscheck/adapter"
	"github.com/rs/cors"
)

func main() {
	adapter.Run(adapter.Hello{
		Name:     "rs/cors",
		Homepage: "https://github.com/rs/cors",
		Issues:   "https://github.com/rs/cors/issues",
		Capabilities: []string{
			"origins.list", "origins.any", "origins.null", "origins.subdomains", "credentials", "methods.list",
			"request-headers.list", "request-headers.any", "response-headers.list", "response-headers.any",
			"max-age", "routes.status", "routes.redirect", "hits",
		},
		Unsupported: map[string]string{
			"methods.any":     "AllowedMethods takes no wildcard",
			"max-age.disable": "a MaxAge of zero is not sent",
		},
	}, serve)
}

func serve(policy adapter.Policy) (http.Handler, error) {
	application := adapter.NewApplication()
	middleware := cors.New(cors.Options{
		AllowedOrigins:   origins(policy.Origins),
		AllowedMethods:   policy.AllMethods(),
		AllowedHeaders:   policy.RequestHeaders.OrStar(),
		ExposedHeaders:   policy.ResponseHeaders.OrStar(),
		AllowCredentials: policy.Credentials,
		MaxAge:           policy.MaxAge.Seconds,
	})
	return application.Outside(middleware.Handler(application.Mux())), nil
}

// origins writes subdomains as the documentation does: "An origin may contain a wildcard (*)".
func origins(origins adapter.Origins) []string {
	if origins.Any {
		return []string{"*"}
	}
	listed := origins.Exact
	for _, parent := range origins.Parents {
		listed = append(listed, strings.Replace(parent, "://", "://*.", 1))
	}
	return listed
}
