// gin-contrib/cors on a gin engine.
package main

import (
	"net/http"
	"strings"
	"time"

	"crosscheck/adapter"
	"github.com/gin-contrib/cors"
	"github.com/gin-gonic/gin"
)

func main() {
	gin.SetMode(gin.ReleaseMode)
	adapter.Run(adapter.Hello{
		Name:     "gin-contrib/cors",
		Homepage: "https://github.com/gin-contrib/cors",
		Issues:   "https://github.com/gin-contrib/cors/issues",
		Capabilities: []string{
			"origins.list", "origins.any", "origins.subdomains", "credentials", "methods.list", "methods.any",
			"request-headers.list", "request-headers.any", "response-headers.list", "response-headers.any",
			"max-age", "routes.status", "routes.redirect", "routes.panic", "hits",
		},
		Unsupported: map[string]string{
			"origins.null":    "an entry of AllowOrigins must begin with a scheme",
			"max-age.disable": "a MaxAge of zero is not sent",
		},
	}, serve)
}

func serve(policy adapter.Policy) (http.Handler, error) {
	application := adapter.NewApplication()
	methods := policy.AllMethods()
	if policy.Methods.Any {
		methods = []string{"*"}
	}
	engine := gin.New()
	engine.Use(cors.New(cors.Config{
		AllowAllOrigins:  policy.Origins.Any,
		AllowOrigins:     origins(policy.Origins),
		AllowWildcard:    len(policy.Origins.Parents) > 0,
		AllowMethods:     methods,
		AllowHeaders:     policy.RequestHeaders.OrStar(),
		ExposeHeaders:    policy.ResponseHeaders.OrStar(),
		AllowCredentials: policy.Credentials,
		MaxAge:           time.Duration(policy.MaxAge.Seconds) * time.Second,
	}), gin.Recovery())
	engine.Any("/echo", gin.WrapF(application.Echo))
	engine.Any("/status/:code", func(c *gin.Context) { application.Status(c.Writer, c.Request, c.Param("code")) })
	engine.GET("/redirect", gin.WrapF(application.Redirect))
	engine.Any("/panic", gin.WrapF(application.Panic))
	// Methods that gin's Any does not stand for.
	engine.NoRoute(gin.WrapH(application.Mux()))
	return application.Outside(engine), nil
}

// origins writes subdomains with the documented wildcard: "http://some.*.subdomain.com".
func origins(origins adapter.Origins) []string {
	listed := origins.Exact
	for _, parent := range origins.Parents {
		listed = append(listed, strings.Replace(parent, "://", "://*.", 1))
	}
	return listed
}
