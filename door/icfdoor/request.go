package icfdoor

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"rollcall/caller"
	"rollcall/fault"
	"rollcall/icf"
)

// maxBody is the largest body of a request, in bytes.
const maxBody = 1 << 20

// request is one call on its way.
type request struct {
	*http.Request
	place
	verb      string
	params    map[string][]string // those that begin with _, by their names as CREST writes them
	others    map[string]string   // the rest, for scripts
	operator  caller.Operator
	connector *Connector // of paths below a connector
	protocol  int        // its minor version: 0 is protocol 1, where PUT is a plain update
	warn      bool       // the version header is missing
}

// known are CREST's parameters, by the verbs that take them; every verb takes
// those of "".
var known = map[string][]string{
	"":        {"_fields", "_prettyPrint", "_mimeType"},
	verbQuery: {"_queryId", "_queryFilter", "_queryExpression", "_pageSize", "_pagedResultsCookie", "_pagedResultsOffset", "_sortKeys", "_totalPagedResultsPolicy"},
}

// read reads everything of a request but who asks and its body. It fails with
// 400, 409 or 412.
func read(r *http.Request, p place) (*request, error) {
	q := &request{Request: r, place: p, others: map[string]string{}, params: map[string][]string{}}
	raw, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return q, badRequest("The query string cannot be read")
	}
	names := slices.Concat(known[""], known[verbQuery], []string{"_action"})
	for name, values := range raw {
		canonical := name
		if i := slices.IndexFunc(names, func(k string) bool { return strings.EqualFold(k, name) }); i >= 0 {
			canonical = names[i]
		}
		if strings.HasPrefix(name, "_") {
			q.params[canonical] = append(q.params[canonical], values...)
		} else {
			q.others[name] = values[0]
		}
	}
	if q.verb, err = q.verbOf(); err != nil {
		return q, err
	}
	if err := q.checkParameters(); err != nil {
		return q, err
	}
	if err := q.version(); err != nil {
		return q, err
	}
	return q, q.checkConditions()
}

// param returns a parameter's one value.
func (q *request) param(name string) string {
	if v := q.params[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func (q *request) has(name string) bool { _, there := q.params[name]; return there }

// verbOf says what is asked, from the method and the parameters.
func (q *request) verbOf() (string, error) {
	method := q.Method
	if over := q.Header.Get("X-HTTP-Method-Override"); over != "" && method == http.MethodPost {
		method = strings.ToUpper(over)
	}
	switch method {
	case http.MethodGet, http.MethodHead:
		if q.has("_queryId") || q.has("_queryFilter") || q.has("_queryExpression") {
			return verbQuery, nil
		}
		return verbRead, nil
	case http.MethodPut:
		return verbUpdate, nil
	case http.MethodPatch:
		return verbPatch, nil
	case http.MethodDelete:
		return verbDelete, nil
	case http.MethodPost:
		if a := q.param("_action"); a != "" && !strings.EqualFold(a, "create") {
			return a, nil
		}
		return verbCreate, nil
	}
	return "", icf.NewError(http.StatusMethodNotAllowed, "Method "+method+" not allowed")
}

func (q *request) isAction() bool { return done[q.verb] == "" }

func (q *request) checkParameters() error {
	for name, values := range q.params {
		taken := name == "_action" || q.isAction() || slices.Contains(known[""], name) || slices.Contains(known[q.verb], name)
		if !taken {
			return badRequest("Unrecognized request parameter '%s'", name)
		}
		if len(values) > 1 {
			return badRequest("Multiple values provided for parameter '%s'", name)
		}
	}
	kinds := []string{"_queryId", "_queryFilter", "_queryExpression"}
	for i, a := range kinds {
		for _, b := range kinds[i+1:] {
			if q.has(a) && q.has(b) {
				return badRequest("The parameters %s and %s are mutually exclusive", a, b)
			}
		}
	}
	return nil
}

var versionPart = regexp.MustCompile(`^(resource|protocol)=(\d+)(?:\.(\d+))?$`)

// version reads Accept-API-Version. Missing, the newest is served, with a
// warning.
func (q *request) version() error {
	text := q.Header.Get("Accept-API-Version")
	q.protocol, q.warn = 2, text == ""
	if text == "" {
		return nil
	}
	for part := range strings.SplitSeq(text, ",") {
		m := versionPart.FindStringSubmatch(strings.ReplaceAll(strings.TrimSpace(part), " ", ""))
		if m == nil {
			return badRequest("The value '%s' for parameter 'Accept-API-Version' could not be parsed", text)
		}
		major, err := strconv.Atoi(m[2])
		switch {
		case err != nil, m[1] == "resource" && major != 1, m[1] == "protocol" && major != 1 && major != 2:
			return badRequest("Unsupported %s version: %s", m[1], m[2])
		case m[1] == "protocol":
			q.protocol = major
		}
	}
	return nil
}

// checkConditions looks at the preconditions that a verb does not take.
func (q *request) checkConditions() error {
	match, none := q.Header.Get("If-Match") != "", q.Header.Get("If-None-Match") != ""
	for _, name := range []string{"If-Modified-Since", "If-Unmodified-Since"} {
		if q.Header.Get(name) != "" {
			return icf.NewError(http.StatusConflict, "Header "+name+" not supported")
		}
	}
	refuse := func(header, verb string) error {
		return icf.NewError(http.StatusPreconditionFailed, fmt.Sprintf("%s not supported for %s requests", header, verb))
	}
	switch {
	case (q.verb == verbRead) && match:
		return refuse("If-Match", "read")
	case q.verb == verbQuery && match:
		return refuse("If-Match", "query")
	case q.verb == verbQuery && none:
		return refuse("If-None-Match", "query")
	case q.verb == verbDelete && none:
		return refuse("If-None-Match", "DELETE")
	case q.verb == verbPatch && none:
		return icf.NewError(http.StatusPreconditionFailed, "Use of If-None-Match not supported for PATCH requests")
	case q.verb == verbUpdate && match && none:
		return icf.NewError(http.StatusPreconditionFailed, "Simultaneous use of If-Match and If-None-Match not supported for PUT requests")
	case (q.verb == verbCreate || q.isAction()) && match:
		return refuse("If-Match", "POST")
	case (q.verb == verbCreate || q.isAction()) && none:
		return refuse("If-None-Match", "POST")
	}
	return nil
}

// ifMatch is the revision that a request wants the object to have; empty for
// any.
func (q *request) ifMatch() string { return revisionOf(q.Header.Get("If-Match")) }

func revisionOf(header string) string {
	header = strings.Trim(strings.TrimPrefix(strings.TrimSpace(header), "W/"), `"`)
	if header == "*" {
		return ""
	}
	return header
}

// body reads what was sent, which says that it is JSON.
func (q *request) body() ([]byte, error) {
	if text := q.Header.Get("Content-Type"); text != "" {
		if kind, _, err := mime.ParseMediaType(text); err != nil || kind != "application/json" && kind != "application/json-patch+json" && q.ContentLength != 0 {
			return nil, badRequest("The request could not be processed because it specified the content-type '%s' when only the content-type 'application/json' and 'multipart/form-data' are supported", text)
		}
	}
	raw, err := io.ReadAll(io.LimitReader(q.Body, maxBody+1))
	if err != nil {
		return nil, badRequest("The body could not be read")
	}
	if len(raw) > maxBody {
		return nil, icf.NewError(http.StatusRequestEntityTooLarge, "The body is larger than 1 MiB")
	}
	return raw, nil
}

// object reads a body that is one object; nothing at all is an empty one where
// the verb is an action.
func (q *request) object() (map[string]any, error) {
	raw, err := q.body()
	if err != nil || len(raw) == 0 && q.isAction() {
		return map[string]any{}, err
	}
	o, err := icf.ReadBody(raw)
	if err != nil {
		return nil, badRequest("%s", fault.Words(err))
	}
	return o, nil
}
