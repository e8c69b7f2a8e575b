package approvaldoor

import (
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"rollcall/approval"
	"rollcall/caller"
	"rollcall/fault"
	"rollcall/plan"
)

// MaxBody is the largest body of a decision, in bytes.
const MaxBody = 16 << 10

// shownRequests is how many a list has at most.
const shownRequests = 200

// view is what a page shows, or JSON says.
type view struct {
	By      string             `json:"-"`
	Decides bool               `json:"-"` // the operator may decide
	All     bool               `json:"-"`
	List    []approval.Request `json:"-"`
	Request *approval.Request  `json:"request,omitempty"`
	Plan    *plan.Plan         `json:"-"`
	Changes []step             `json:"changes,omitempty"`
	Brakes  []plan.Brake       `json:"brakes,omitempty"`
	Means   []string           `json:"means,omitempty"`
	Failure string             `json:"-"`
}

// step is a change in words.
type step struct {
	Number int       `json:"n"`
	Kind   plan.Kind `json:"kind"`
	Text   string    `json:"text"`
	Reason string    `json:"reason"`
}

func (d *Door) list(w http.ResponseWriter, r *http.Request, by caller.Operator) error {
	all := r.URL.Query().Get("all") != ""
	requests, err := d.Requests.Requests(r.Context(), !all, shownRequests)
	if err != nil {
		return err
	}
	if !wantsPage(r) {
		return sendJSON(w, http.StatusOK, requests)
	}
	return d.page(w, http.StatusOK, view{By: by.Name, All: all, List: requests})
}

func (d *Door) show(w http.ResponseWriter, r *http.Request, by caller.Operator) error {
	request, err := d.Requests.Request(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	p, means, err := d.Show(r.Context(), request.Plan)
	if err != nil {
		return err
	}
	v := view{By: by.Name, Decides: by.May(caller.Approver) == nil && request.Status.Open(), Request: &request, Plan: p, Means: means, Brakes: p.Brakes}
	for _, c := range p.Changes {
		v.Changes = append(v.Changes, step{c.Number, c.Kind, c.Whole(), c.Reason})
	}
	if !wantsPage(r) {
		return sendJSON(w, http.StatusOK, v)
	}
	return d.page(w, http.StatusOK, v)
}

func (d *Door) decide(w http.ResponseWriter, r *http.Request, by caller.Operator) error {
	if err := d.guard.Check(r); err != nil {
		return fault.Text(fault.Denied, "decide approval", "", "the request comes from another site")
	}
	said, err := readChoice(w, r)
	if err != nil {
		return err
	}
	request, err := d.Requests.Request(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if said.digest != string(request.Plan) {
		return fault.Text(fault.Invalid, "decide approval", "digest", "want the whole digest of the plan that you have looked at")
	}
	request, err = d.Requests.Decide(r.Context(), approval.Choice{Plan: request.Plan, Approve: said.verdict == "approve", Comment: said.comment, By: by, Door: doorName})
	if err != nil {
		return err
	}
	if wantsPage(r) {
		http.Redirect(w, r, root+"/"+url.PathEscape(string(request.Plan)), http.StatusSeeOther)
		return nil
	}
	return sendJSON(w, http.StatusOK, request)
}

// said is a decision as it was sent.
type said struct{ verdict, digest, comment string }

// readChoice reads a form, or a JSON object with the same fields.
func readChoice(w http.ResponseWriter, r *http.Request) (said, error) {
	var s said
	r.Body = http.MaxBytesReader(w, r.Body, MaxBody)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/json" {
		var body struct{ Verdict, Digest, Comment string }
		dec := json.NewDecoder(r.Body)
		dec.DisallowUnknownFields()
		if err := dec.Decode(&body); err != nil {
			return s, fault.Text(fault.Invalid, "read decision", "body", "want {\"verdict\": …, \"digest\": …, \"comment\": …}")
		}
		s = said{body.Verdict, body.Digest, body.Comment}
	} else {
		if err := r.ParseForm(); err != nil {
			return s, fault.Text(fault.Invalid, "read decision", "body", "want a form of at most 16 KiB")
		}
		s = said{r.PostForm.Get("verdict"), r.PostForm.Get("digest"), r.PostForm.Get("comment")}
	}
	if s.comment = strings.TrimSpace(s.comment); s.verdict != "approve" && s.verdict != "reject" {
		return s, fault.Text(fault.Invalid, "read decision", "verdict", "want approve or reject")
	}
	return s, nil
}

// wantsPage reports whether a browser asks.
func wantsPage(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "text/html") }

func sendJSON(w http.ResponseWriter, status int, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	w.Write(append(text, '\n')) //nolint:errcheck // the client has gone
	return nil
}

func (d *Door) page(w http.ResponseWriter, status int, v view) error {
	var text strings.Builder
	if err := pages.Execute(&text, v); err != nil {
		return fault.New(fault.Internal, "write page", "", err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write([]byte(text.String())) //nolint:errcheck // the client has gone
	return nil
}
