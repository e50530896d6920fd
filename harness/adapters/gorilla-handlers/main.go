// The CORS middleware of gorilla/handlers around net/http's mux.
package main

import (
	"net/http"

	"crosscheck/adapter"
	"github.com/gorilla/handlers"
)

func main() {
	adapter.Run(adapter.Hello{
		Name:     "gorilla/handlers",
		Homepage: "https://github.com/gorilla/handlers",
		Issues:   "https://github.com/gorilla/handlers/issues",
		Capabilities: []string{
			"origins.list", "origins.any", "origins.null", "origins.subdomains", "credentials", "methods.list",
			"request-headers.list", "response-headers.list", "response-headers.any", "max-age",
			"routes.status", "routes.redirect", "routes.panic", "hits",
		},
		Unsupported: map[string]string{
			"methods.any":         "AllowedMethods takes no wildcard",
			"request-headers.any": "AllowedHeaders takes no wildcard",
			"max-age.disable":     "a MaxAge of zero is not sent",
		},
	}, serve)
}

func serve(policy adapter.Policy) (http.Handler, error) {
	application := adapter.NewApplication()
	options := []handlers.CORSOption{
		handlers.AllowedMethods(policy.AllMethods()),
		handlers.AllowedHeaders(policy.RequestHeaders.Listed),
		handlers.ExposedHeaders(policy.ResponseHeaders.OrStar()),
	}
	switch {
	case policy.Origins.Any:
		options = append(options, handlers.AllowedOrigins([]string{"*"}))
	case len(policy.Origins.Parents) > 0:
		options = append(options, handlers.AllowedOriginValidator(policy.Origins.Allows))
	default:
		options = append(options, handlers.AllowedOrigins(policy.Origins.Exact))
	}
	if policy.Credentials {
		options = append(options, handlers.AllowCredentials())
	}
	if policy.MaxAge.Said {
		options = append(options, handlers.MaxAge(policy.MaxAge.Seconds))
	}
	mux := application.Mux()
	mux.HandleFunc("/panic", application.Panic)
	recovered := handlers.RecoveryHandler()(mux)
	return application.Outside(handlers.CORS(options...)(recovered)), nil
}
