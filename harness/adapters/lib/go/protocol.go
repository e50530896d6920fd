// Package adapter is what every adapter in Go shares: the protocol, the policy and the application
// behind it. An adapter is a Hello and a function from a Policy to a http.Handler.
package adapter

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// Hello is what an adapter says of itself.
type Hello struct {
	Name, Homepage, Issues string
	Capabilities           []string
	Unsupported            map[string]string // what cannot be said to the server, and why
}

// Unsupported is one of Hello's, found out only while configuring.
type Unsupported string

func (u Unsupported) Error() string { return string(u) }

type message struct {
	Type   string `json:"type"`
	ID     int    `json:"id"`
	Bind   string `json:"bind"`
	Policy Policy `json:"policy"`
}

type reply map[string]any

// Run speaks the protocol on standard input and output until told to leave. What serve panics with,
// or its error, is taken for the implementation's refusal.
func Run(hello Hello, serve func(Policy) (http.Handler, error)) {
	out := os.Stdout
	os.Stdout = os.Stderr // for libraries that log there
	instances := map[int]*http.Server{}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var asked message
		if err := json.Unmarshal(in.Bytes(), &asked); err != nil {
			say(out, reply{"type": "error", "id": asked.ID, "message": err.Error()})
			continue
		}
		switch asked.Type {
		case "hello":
			say(out, greeting(hello))
		case "serve":
			server, answer := start(hello, serve, asked)
			if server != nil {
				instances[asked.ID] = server
			}
			answer["id"] = asked.ID
			say(out, answer)
		case "stop":
			if server := instances[asked.ID]; server != nil {
				server.Close()
				delete(instances, asked.ID)
			}
			say(out, reply{"type": "stopped", "id": asked.ID})
		case "bye":
			return
		default:
			say(out, reply{"type": "error", "id": asked.ID, "message": "unknown type " + asked.Type})
		}
	}
}

func say(out *os.File, what reply) {
	line, err := json.Marshal(what)
	if err != nil {
		panic(err)
	}
	fmt.Fprintf(out, "%s\n", line)
}

func greeting(hello Hello) reply {
	version, err := os.ReadFile(filepath.Join(os.Getenv("CROSSCHECK_ADAPTER_HOME"), "version"))
	if err != nil {
		version = []byte("unknown")
	}
	unsupported := hello.Unsupported
	if unsupported == nil {
		unsupported = map[string]string{}
	}
	return reply{
		"type": "hello", "protocol": 1, "name": hello.Name, "language": "go",
		"version": strings.TrimSpace(string(version)), "homepage": hello.Homepage, "issues": hello.Issues,
		"capabilities": hello.Capabilities, "unsupported": unsupported,
		"reconfigure": false, "one_shot": false, "concurrent_instances": 8,
	}
}

func start(hello Hello, serve func(Policy) (http.Handler, error), asked message) (*http.Server, reply) {
	for feature, needed := range asked.Policy.features() {
		if reason, known := hello.Unsupported[feature]; needed && known {
			return nil, reply{"type": "unsupported", "feature": feature, "reason": reason}
		}
	}
	handler, err := guarded(serve, asked.Policy)
	if unsupported, is := err.(Unsupported); is {
		feature := string(unsupported)
		return nil, reply{"type": "unsupported", "feature": feature, "reason": hello.Unsupported[feature]}
	}
	if err != nil {
		return nil, reply{"type": "refused", "reason": err.Error()}
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(asked.Bind, "0"))
	if err != nil {
		return nil, reply{"type": "error", "message": err.Error()}
	}
	server := &http.Server{Handler: handler}
	go server.Serve(listener)
	return server, reply{"type": "ready", "base_url": "http://" + listener.Addr().String()}
}

func guarded(serve func(Policy) (http.Handler, error), policy Policy) (handler http.Handler, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("%v", panicked)
		}
	}()
	return serve(policy)
}
