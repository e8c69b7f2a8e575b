package xsoar

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Entry is the answer to a command: what a playbook reads, and what people see.
type Entry struct {
	Contents      any    `json:"Contents"`
	HumanReadable string `json:"HumanReadable"`
	EntryContext  Object `json:"EntryContext"`

	// Success is what the contents say; true for those that say nothing.
	Success bool `json:"-"`
	// Err is why it failed, for a log; nil where the contents say it all.
	Err error `json:"-"`
}

// UserResult is what came of a command about a user.
type UserResult struct {
	Instance string
	Action   string // get, create, update, disable
	Profile  Object // of IAM.UserProfile

	Failed  bool
	Active  *bool // nil: not known
	ID      string
	Name    string
	Email   string
	Code    int // of an error; 0 is none
	Message string
	Details any
	Skipped bool
	Reason  string
}

// The keys by which the platform merges a context with the one it has.
const (
	profileKey = "IAM.UserProfile(val.email && val.email == obj.email)"
	vendorKey  = "IAM.Vendor(val.instanceName && val.instanceName == obj.instanceName && val.email && val.email == obj.email)"
)

// Entry is the answer about a user.
func (r UserResult) Entry() Entry {
	vendor := Object{
		{"brand", Brand},
		{"instanceName", r.Instance},
		{"action", r.Action},
		{"success", !r.Failed},
		{"active", orNull(r.Active)},
		{"id", text(r.ID)},
		{"username", text(r.Name)},
		{"email", text(r.Email)},
		{"errorCode", code(r.Code)},
		{"errorMessage", r.Message},
		{"details", r.Details},
		{"skipped", r.Skipped},
		{"reason", r.Reason},
	}
	columns := []string{"brand", "instanceName", "success", "active", "id", "username", "email", "errorCode", "errorMessage", "details"}
	if r.Skipped {
		columns = []string{"brand", "instanceName", "skipped", "reason"}
	}
	title := strings.ToUpper(r.Action[:1]) + r.Action[1:] + " User Results (" + Brand + ")"
	return Entry{
		Contents: vendor, HumanReadable: Table(title, vendor, columns), Success: !r.Failed,
		EntryContext: Object{{profileKey, r.Profile}, {vendorKey, vendor}},
	}
}

// GroupResult is what came of a command about a group.
type GroupResult struct {
	Instance string
	Action   string // Get, Create, Update, Delete

	Failed  bool
	ID      string
	Name    string
	Code    int
	Message string
	Details any
	Members []any // nil: not told
}

// Entry is the answer about a group.
func (r GroupResult) Entry() Entry {
	o := Object{
		{"brand", Brand},
		{"instanceName", r.Instance},
		{"success", !r.Failed},
		{"active", nil},
		{"id", text(r.ID)},
		{"username", nil},
		{"email", nil},
		{"errorCode", code(r.Code)},
		{"errorMessage", text(r.Message)},
		{"details", r.Details},
		{"displayName", text(r.Name)},
		{"members", nil},
	}
	if r.Members != nil {
		o = o.Set("members", r.Members)
	}
	var columns []string
	for _, p := range o {
		columns = append(columns, p.Name)
	}
	slices.Sort(columns)
	return Entry{
		Contents: o, HumanReadable: Table("AWS "+r.Action+" Group:", o, columns), Success: !r.Failed,
		EntryContext: Object{{r.Action + "Group(val.id && val.id == obj.id)", o}},
	}
}

// Plain is an answer without a context: test-module's, and that of a command
// that could not be carried out.
func Plain(contents any, readable string) Entry {
	return Entry{Contents: contents, HumanReadable: readable, EntryContext: Object{}, Success: true}
}

// Failure is the answer to a command that could not be understood.
func Failure(command, why string) Entry {
	said := "Failed to execute " + command + " command. Error: " + why
	return Entry{Contents: said, HumanReadable: said, EntryContext: Object{}}
}

// PythonText is str(v) of Python, as generation A gives the details of some
// answers.
func PythonText(v any) string { return pythonText(v) }

// text is a text, or null.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func code(n int) any {
	if n == 0 {
		return nil
	}
	return json.Number(strconv.Itoa(n))
}

func orNull(b *bool) any {
	if b == nil {
		return nil
	}
	return *b
}
