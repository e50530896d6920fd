// A whole adapter in one file: copy it, and put your own server where answer is.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
)

const hello = `{"type":"hello","protocol":1,"name":"template","version":"1.0.0","language":"go",` +
	`"capabilities":["origins.list","origins.any","origins.null","credentials","methods.list","methods.any",` +
	`"request-headers.list","request-headers.any","response-headers.list","response-headers.any","max-age"],` +
	`"unsupported":{"origins.subdomains":"this server knows no patterns"},"concurrent_instances":8}`

// listing is what is listed, or "*" alone.
type listing []string

type policy struct {
	Origins         listing
	Methods         listing
	RequestHeaders  listing `json:"request_headers"`
	ResponseHeaders listing `json:"response_headers"`
	Credentials     bool
	MaxAge          json.RawMessage `json:"max_age"`
}

func (l *listing) UnmarshalJSON(data []byte) error {
	if string(data) == `"*"` {
		*l = listing{"*"}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(l))
}

func (l listing) has(item string) bool {
	return strings.Contains("\n"+strings.Join(l, "\n")+"\n", "\n"+item+"\n")
}

func (p policy) answer(w http.ResponseWriter, r *http.Request) {
	origin, header, anyone := r.Header.Get("Origin"), w.Header(), p.Origins.has("*")
	allowed := anyone || origin != "" && p.Origins.has(origin)
	if anyone {
		header.Set("Access-Control-Allow-Origin", "*")
	} else {
		header.Set("Vary", "Origin")
		if allowed {
			header.Set("Access-Control-Allow-Origin", origin)
		}
	}
	if allowed && p.Credentials {
		header.Set("Access-Control-Allow-Credentials", "true")
	}
	if r.Method == "OPTIONS" && origin != "" && r.Header.Get("Access-Control-Request-Method") != "" {
		if !allowed {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		header.Set("Access-Control-Allow-Methods", strings.Join(p.Methods, ", "))
		header.Set("Access-Control-Allow-Headers", strings.Join(p.RequestHeaders, ", "))
		if string(p.MaxAge) != "null" {
			header.Set("Access-Control-Max-Age", strings.Replace(string(p.MaxAge), `"disable"`, "0", 1))
		}
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if allowed && len(p.ResponseHeaders) > 0 {
		header.Set("Access-Control-Expose-Headers", strings.Join(p.ResponseHeaders, ", "))
	}
	if r.URL.Path != "/echo" {
		http.NotFound(w, r)
		return
	}
	query := r.URL.Query()
	header.Set("X-Crosscheck-Handled", query.Get("id"))
	header.Set("Content-Type", "application/json")
	for _, line := range query["h"] {
		name, value, _ := strings.Cut(line, ":")
		header.Add(name, value)
	}
	if query.Has("cookie") {
		header.Add("Set-Cookie", "crosscheck=1; Secure; SameSite=None; Path=/")
	}
	fmt.Fprint(w, `{"ok":true}`)
}

func main() {
	servers := map[int]*http.Server{}
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		var message struct {
			Type, Bind string
			ID         int
			Policy     policy
		}
		// An origin that is no text is a pattern.
		isPattern := json.Unmarshal(in.Bytes(), &message) != nil
		id, p := message.ID, message.Policy
		anything := append(append(append(p.Origins, p.Methods...), p.RequestHeaders...), p.ResponseHeaders...)
		switch {
		case message.Type == "hello":
			fmt.Println(hello)
		case isPattern:
			reason := `"feature":"origins.subdomains","reason":"this server knows no patterns"`
			fmt.Printf(`{"type":"unsupported","id":%d,%s}`+"\n", id, reason)
		case message.Type == "serve" && p.Credentials && anything.has("*"):
			fmt.Printf(`{"type":"refused","id":%d,"reason":"* means nothing with credentials"}`+"\n", id)
		case message.Type == "serve":
			listener, err := net.Listen("tcp", message.Bind+":0")
			if err != nil {
				panic(err)
			}
			servers[id] = &http.Server{Handler: http.HandlerFunc(p.answer)}
			go servers[id].Serve(listener)
			fmt.Printf(`{"type":"ready","id":%d,"base_url":"http://%s"}`+"\n", id, listener.Addr())
		case message.Type == "stop":
			servers[id].Close()
			fmt.Printf(`{"type":"stopped","id":%d}`+"\n", id)
		case message.Type == "bye":
			return
		}
	}
}
