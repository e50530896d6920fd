// An adapter in one file: copy it, and put your own server where server is.
package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
)

// The answer to `hello`: what your server can be asked for, and what it has no option for.
const hello = `{"type": "hello", "protocol": 1, "name": "template", "version": "1.0.0", "language": "go",
	"capabilities": ["origins.list", "origins.any", "origins.null", "credentials", "methods.list", "methods.any",
		"request-headers.list", "request-headers.any", "response-headers.list", "response-headers.any", "max-age"],
	"unsupported": {"origins.subdomains": "this server knows no patterns"}, "concurrent_instances": 8}`

type object map[string]any

// names is what a policy lists, or "*" alone.
type names []string

func (n *names) UnmarshalJSON(data []byte) error {
	if string(data) == `"*"` {
		data = []byte(`["*"]`)
	}
	return json.Unmarshal(data, (*[]string)(n))
}

func (n names) has(name string) bool {
	return strings.Contains("\n"+strings.Join(n, "\n")+"\n", "\n"+name+"\n")
}

type policy struct {
	Origins, Methods names
	RequestHeaders   names `json:"request_headers"`
	ResponseHeaders  names `json:"response_headers"`
	Credentials      bool
	MaxAge           json.RawMessage `json:"max_age"`
}

func (p policy) server(w http.ResponseWriter, r *http.Request) {
	// Replace this half by your own server's CORS, configured as the policy says.
	origin, header, anyone := r.Header.Get("Origin"), w.Header(), p.Origins.has("*")
	asks := origin != "" && r.Header.Get("Access-Control-Request-Method") != ""
	isPreflight, granted := asks && r.Method == "OPTIONS", anyone || p.Origins.has(origin)
	set := func(name, value string, when bool) {
		if when {
			header.Set(name, value)
		}
	}
	set("Access-Control-Allow-Origin", origin, granted)
	set("Access-Control-Allow-Origin", "*", anyone)
	set("Vary", "Origin", !anyone)
	set("Access-Control-Allow-Credentials", "true", granted && p.Credentials)
	set("Access-Control-Allow-Methods", strings.Join(p.Methods, ", "), granted && isPreflight)
	set("Access-Control-Allow-Headers", strings.Join(p.RequestHeaders, ", "), granted && isPreflight)
	maxAge := strings.Replace(string(p.MaxAge), `"disable"`, "0", 1)
	set("Access-Control-Max-Age", maxAge, granted && isPreflight && maxAge != "null")
	set("Access-Control-Expose-Headers", strings.Join(p.ResponseHeaders, ", "), granted && !isPreflight)
	// This half is the application that the suite visits: yours must answer so, too.
	query := r.URL.Query()
	if isPreflight {
		w.WriteHeader(http.StatusNoContent)
	} else if r.URL.Path != "/echo" {
		http.NotFound(w, r)
	} else {
		for _, line := range query["h"] {
			name, value, _ := strings.Cut(line, ":")
			header.Add(name, value)
		}
		set("Set-Cookie", "crosscheck=1; Secure; SameSite=None; Path=/", query.Has("cookie"))
		header.Set("X-Crosscheck-Handled", query.Get("id"))
		header.Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(object{"ok": true})
	}
}

func main() {
	servers := map[int]*httptest.Server{}
	input, output := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var message struct {
			Type   string
			ID     int
			Policy policy
		}
		notText := input.Decode(&message) // so an origin is a pattern
		id, p := message.ID, message.Policy
		hasAny := p.Origins.has("*") || p.Methods.has("*") || p.RequestHeaders.has("*") || p.ResponseHeaders.has("*")
		switch {
		case message.Type == "hello":
			output.Encode(json.RawMessage(hello))
		case message.Type == "serve" && notText != nil:
			output.Encode(object{"type": "unsupported", "id": id, "feature": "origins.subdomains", "reason": "no patterns"})
		case message.Type == "serve" && p.Credentials && hasAny:
			output.Encode(object{"type": "refused", "id": id, "reason": "* means nothing with credentials"})
		case message.Type == "serve":
			servers[id] = httptest.NewServer(http.HandlerFunc(p.server)) // on a free port of 127.0.0.1
			output.Encode(object{"type": "ready", "id": id, "base_url": servers[id].URL})
		case message.Type == "stop":
			servers[id].Close()
			output.Encode(object{"type": "stopped", "id": id})
		default: // "bye", or the end of the input
			return
		}
	}
}
