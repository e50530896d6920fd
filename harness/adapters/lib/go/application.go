package adapter

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// Application is what stands behind the policy. Its handlers fit any router over net/http.
type Application struct {
	lock sync.Mutex
	hits map[string]int
}

// NewApplication has counted nothing yet.
func NewApplication() *Application {
	return &Application{hits: map[string]int{}}
}

// Mux has all routes, for middleware around a http.Handler.
func (a *Application) Mux() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("/echo", a.Echo)
	mux.HandleFunc("/status/", func(w http.ResponseWriter, r *http.Request) {
		a.Status(w, r, strings.TrimPrefix(r.URL.Path, "/status/"))
	})
	mux.HandleFunc("/redirect", a.Redirect)
	return mux
}

// Outside puts the one route that stands outside the policy beside the policed handler.
func (a *Application) Outside(policed http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/__crosscheck/hits" {
			policed.ServeHTTP(w, r)
			return
		}
		a.lock.Lock()
		defer a.lock.Unlock()
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"hits":%d}`, a.hits[r.URL.Query().Get("id")])
	})
}

// Echo answers ANY /echo.
func (a *Application) Echo(w http.ResponseWriter, r *http.Request) {
	a.answer(w, r, http.StatusOK)
}

// Status answers ANY /status/{code}.
func (a *Application) Status(w http.ResponseWriter, r *http.Request, code string) {
	status, err := strconv.Atoi(code)
	if err != nil || status < 200 || status > 599 {
		http.NotFound(w, r)
		return
	}
	a.answer(w, r, status)
}

// Redirect answers GET /redirect.
func (a *Application) Redirect(w http.ResponseWriter, r *http.Request) {
	code := r.URL.Query().Get("code")
	status, err := strconv.Atoi(code)
	if code == "" {
		status, err = http.StatusFound, nil
	}
	to := r.URL.Query().Get("to")
	if err != nil || status < 300 || status > 399 || to == "" {
		http.Error(w, "no redirect", http.StatusBadRequest)
		return
	}
	w.Header().Set("Location", to)
	a.answer(w, r, status)
}

// Panic answers ANY /panic, if the framework turns a panic into a response.
func (a *Application) Panic(_ http.ResponseWriter, r *http.Request) {
	a.count(r)
	panic("asked to panic")
}

func (a *Application) count(r *http.Request) {
	a.lock.Lock()
	defer a.lock.Unlock()
	a.hits[r.URL.Query().Get("id")]++
}

func (a *Application) answer(w http.ResponseWriter, r *http.Request, status int) {
	a.count(r)
	query := r.URL.Query()
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("X-Crosscheck-Handled", query.Get("id"))
	for _, line := range query["h"] {
		if name, value, found := strings.Cut(line, ":"); found {
			header.Add(name, strings.TrimSpace(value))
		}
	}
	if query.Get("cookie") == "1" {
		header.Add("Set-Cookie", "crosscheck=1; Secure; SameSite=None; Path=/")
	}
	w.WriteHeader(status)
	if status != http.StatusNoContent && status != http.StatusResetContent && status != http.StatusNotModified {
		fmt.Fprint(w, `{"ok":true}`)
	}
}
