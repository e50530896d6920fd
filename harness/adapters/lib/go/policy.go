package adapter

import (
	"encoding/json"
	"fmt"
	"regexp"
)

// Policy is what a server's operator intends.
type Policy struct {
	Origins         Origins `json:"origins"`
	Methods         Listing `json:"methods"` // beyond GET, HEAD and POST
	RequestHeaders  Listing `json:"request_headers"`
	ResponseHeaders Listing `json:"response_headers"`
	Credentials     bool    `json:"credentials"`
	MaxAge          MaxAge  `json:"max_age"`
}

// Listing is everything, or what is listed.
type Listing struct {
	Any    bool
	Listed []string
}

// Origins is every origin, or those listed and the subdomains of others.
type Origins struct {
	Any     bool
	Exact   []string // "null" is the opaque origin
	Parents []string // whose subdomains are meant
}

// MaxAge is how long a granted preflight may be reused.
type MaxAge struct {
	Said    bool
	Seconds int // 0 for never
}

// OrStar is what is listed, or "*" alone.
func (l Listing) OrStar() []string {
	if l.Any {
		return []string{"*"}
	}
	return l.Listed
}

// AllMethods is every method that a page may use: the three that need no permission, and the listed.
func (p Policy) AllMethods() []string {
	return append([]string{"GET", "HEAD", "POST"}, p.Methods.Listed...)
}

// Allows decides about an origin, for servers that leave that to a function.
func (o Origins) Allows(origin string) bool {
	for _, exact := range o.Exact {
		if exact == origin {
			return true
		}
	}
	for _, parent := range o.Parents {
		if subdomain(parent).MatchString(origin) {
			return true
		}
	}
	return o.Any
}

var schemeEnd = regexp.MustCompile("^[a-z]+://")

func subdomain(parent string) *regexp.Regexp {
	scheme := schemeEnd.FindString(parent)
	host := regexp.QuoteMeta(parent[len(scheme):])
	return regexp.MustCompile("^" + scheme + `([a-z0-9_-]+\.)+` + host + "$")
}

// UnmarshalJSON reads "*" or a list.
func (l *Listing) UnmarshalJSON(data []byte) error {
	if string(data) == `"*"` {
		l.Any = true
		return nil
	}
	return json.Unmarshal(data, &l.Listed)
}

// UnmarshalJSON reads "*" or a list of origins and patterns.
func (o *Origins) UnmarshalJSON(data []byte) error {
	if string(data) == `"*"` {
		o.Any = true
		return nil
	}
	var entries []json.RawMessage
	if err := json.Unmarshal(data, &entries); err != nil {
		return err
	}
	for _, entry := range entries {
		var exact string
		if json.Unmarshal(entry, &exact) == nil {
			o.Exact = append(o.Exact, exact)
			continue
		}
		var pattern struct {
			SubdomainsOf string `json:"subdomains_of"`
		}
		if err := json.Unmarshal(entry, &pattern); err != nil {
			return err
		}
		if pattern.SubdomainsOf == "" {
			return fmt.Errorf("unknown kind of origin: %s", entry)
		}
		o.Parents = append(o.Parents, pattern.SubdomainsOf)
	}
	return nil
}

// UnmarshalJSON reads seconds or "disable"; null leaves it unsaid.
func (m *MaxAge) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	m.Said = true
	if string(data) == `"disable"` {
		return nil
	}
	return json.Unmarshal(data, &m.Seconds)
}

// features is what a server must be able to express, in the protocol's words.
func (p Policy) features() map[string]bool {
	null, listed := false, false
	for _, origin := range p.Origins.Exact {
		null = null || origin == "null"
		listed = listed || origin != "null"
	}
	return map[string]bool{
		"origins.any":           p.Origins.Any,
		"origins.list":          listed,
		"origins.null":          null,
		"origins.subdomains":    len(p.Origins.Parents) > 0,
		"methods.any":           p.Methods.Any,
		"methods.list":          len(p.Methods.Listed) > 0,
		"request-headers.any":   p.RequestHeaders.Any,
		"request-headers.list":  len(p.RequestHeaders.Listed) > 0,
		"response-headers.any":  p.ResponseHeaders.Any,
		"response-headers.list": len(p.ResponseHeaders.Listed) > 0,
		"credentials":           p.Credentials,
		"max-age":               p.MaxAge.Said,
		"max-age.disable":       p.MaxAge.Said && p.MaxAge.Seconds == 0,
	}
}
