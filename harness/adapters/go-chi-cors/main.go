// go-chi/cors on a chi router.
package main

import (
	"net/http"
	"strings"

	"crosscheck/adapter"
	"github.com/go-chi/chi"
	"github.com/go-chi/chi/middleware"
	"github.com/go-chi/cors"
)

func main() {
	adapter.Run(adapter.Hello{
		Name:     "go-chi/cors",
		Homepage: "https://github.com/go-chi/cors",
		Issues:   "https://github.com/go-chi/cors/issues",
		Capabilities: []string{
			"origins.list", "origins.any", "origins.null", "origins.subdomains", "credentials", "methods.list",
			"request-headers.list", "request-headers.any", "response-headers.list", "response-headers.any",
			"max-age", "routes.status", "routes.redirect", "routes.panic", "hits",
		},
		Unsupported: map[string]string{
			"methods.any":     "AllowedMethods takes no wildcard",
			"max-age.disable": "a MaxAge of zero is not sent",
		},
	}, serve)
}

func serve(policy adapter.Policy) (http.Handler, error) {
	application := adapter.NewApplication()
	for _, method := range policy.Methods.Listed {
		chi.RegisterMethod(method)
	}
	router := chi.NewRouter()
	router.Use(cors.Handler(cors.Options{
		AllowedOrigins:   origins(policy.Origins),
		AllowedMethods:   policy.AllMethods(),
		AllowedHeaders:   policy.RequestHeaders.OrStar(),
		ExposedHeaders:   policy.ResponseHeaders.OrStar(),
		AllowCredentials: policy.Credentials,
		MaxAge:           policy.MaxAge.Seconds,
	}))
	router.Use(middleware.Recoverer)
	router.HandleFunc("/echo", application.Echo)
	router.HandleFunc("/status/{code}", func(w http.ResponseWriter, r *http.Request) {
		application.Status(w, r, chi.URLParam(r, "code"))
	})
	router.Get("/redirect", application.Redirect)
	router.HandleFunc("/panic", application.Panic)
	return application.Outside(router), nil
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
