package xsoardoor

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"rollcall/caller"
	"rollcall/fault"
	"rollcall/plan"
	"rollcall/xsoar"
)

// MaxBody is the largest body of a request, in bytes.
const MaxBody = 1 << 20

// stop is an answer that the path, the method or the body alone decides.
type stop struct {
	status int
	says   string
}

func (s stop) Error() string { return s.says }

// ServeHTTP answers every request below /xsoar/.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, root)
	entry, err := d.answer(r, name)
	status := http.StatusOK
	if err != nil {
		status, entry = d.failure(w, r, name, err)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(entry); err != nil {
		d.Log.ErrorContext(r.Context(), "xsoar answer cannot be written", "err", err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Length", strconv.Itoa(out.Len()))
	w.WriteHeader(status)
	if _, err := w.Write(out.Bytes()); err != nil {
		d.Log.WarnContext(r.Context(), "xsoar answer not sent", "err", err)
	}
}

// answer does everything up to the answer. Who asks comes first: a stranger
// learns nothing about what there is.
func (d *Door) answer(r *http.Request, name string) (xsoar.Entry, error) {
	operator, err := d.who(r)
	if err != nil {
		return xsoar.Entry{}, err
	}
	op, known := operations[name]
	switch {
	case !known:
		return xsoar.Entry{}, stop{http.StatusNotFound, "there is no command of this name; there are " + list(xsoar.Commands())}
	case operator.May(op.role) != nil:
		return xsoar.Entry{}, stop{http.StatusForbidden, "this needs the role " + string(op.role)}
	case r.Method != http.MethodPost:
		return xsoar.Entry{}, stop{http.StatusMethodNotAllowed, "commands are sent with POST"}
	}
	args, err := arguments(r)
	if err != nil {
		return xsoar.Entry{}, err
	}
	i, err := d.instance(r, args)
	if err != nil {
		return xsoar.Entry{}, err
	}
	entry, err := Run(r.Context(), i, name, args, plan.Actor{Name: operator.Name, Door: doorName})
	if entry.Err != nil && fault.KindOf(entry.Err) == fault.Internal {
		d.Log.ErrorContext(r.Context(), "xsoar command failed", "command", name, "err", entry.Err)
	}
	return entry, err
}

// who says which operator is asking, by bearer token.
func (d *Door) who(r *http.Request) (caller.Operator, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if token = strings.TrimSpace(token); !strings.EqualFold(scheme, "Bearer") || token == "" {
		return caller.Operator{}, stop{http.StatusUnauthorized, "the bearer token of an operator is missing (rollcall operator token)"}
	}
	o, err := d.Operators.CheckToken(r.Context(), token)
	if fault.Is(err, fault.Unauthenticated) {
		return o, stop{http.StatusUnauthorized, "the bearer token is no operator's, or not any more"}
	}
	return o, err
}

// arguments reads the body.
func arguments(r *http.Request) (xsoar.Arguments, error) {
	if text := r.Header.Get("Content-Type"); text != "" {
		if kind, _, err := mime.ParseMediaType(text); err != nil || kind != "application/json" {
			return nil, stop{http.StatusUnsupportedMediaType, "the arguments are sent as application/json"}
		}
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	switch {
	case err != nil:
		return nil, invalid("the arguments could not be read")
	case len(raw) > MaxBody:
		return nil, stop{http.StatusRequestEntityTooLarge, "the arguments are larger than 1 MiB"}
	}
	return xsoar.ReadArguments(raw)
}

// instance is the one that a request means: by tenant_id, or the only one.
func (d *Door) instance(r *http.Request, args xsoar.Arguments) (*Instance, error) {
	params, _ := args.Get(argParams).(xsoar.Object)
	name, err := xsoar.TextOf(params, paramTenant)
	if err != nil {
		return nil, err
	}
	names := d.Instances.Names()
	switch {
	case name == "" && len(names) == 1:
		name = names[0]
	case !slices.Contains(names, name):
		return nil, invalid("tenant_id (in params) names an instance of the server's configuration; there are " + list(names))
	}
	return d.Instances.Instance(r.Context(), name)
}

// failure is the answer to a command that was not tried.
func (d *Door) failure(w http.ResponseWriter, r *http.Request, name string, err error) (int, xsoar.Entry) {
	if s, ok := errors.AsType[stop](err); ok {
		switch s.status {
		case http.StatusUnauthorized:
			w.Header().Set("WWW-Authenticate", `Bearer realm="rollcall"`)
		case http.StatusMethodNotAllowed:
			w.Header().Set("Allow", http.MethodPost)
		}
		return s.status, xsoar.Failure(commandName(name), s.says)
	}
	kind := fault.KindOf(err)
	if kind == fault.Internal {
		d.Log.ErrorContext(r.Context(), "xsoar command failed", "command", commandName(name), "err", err)
	}
	code, message := tell(err)
	switch kind {
	case fault.Unauthenticated, fault.Denied: // of us, by the directory
		code = http.StatusServiceUnavailable
	}
	if wait := fault.RetryAfter(err); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(wait.Seconds()))))
	}
	return code, xsoar.Failure(commandName(name), message)
}

// commandName is a command as an answer may repeat it.
func commandName(name string) string {
	if _, known := operations[name]; known {
		return name
	}
	return "this"
}
