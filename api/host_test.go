package api

import "testing"

// A request under a name that is not ours is refused before anything is looked up, and
// so is a change that comes with it.
func TestHostsThatAreNotOurs(t *testing.T) {
	o := open(t)
	o.deps.Hosts = []string{"localhost", "tz.example.gov.cn"}
	o.handler = New(o.deps)
	for _, method := range []string{"GET", "POST"} { // httptest asks for example.com
		problemOf(t, o.ask(method, "/api/v1/submissions", nil, "Origin: http://example.com"), 421, "host-unknown")
	}
}
