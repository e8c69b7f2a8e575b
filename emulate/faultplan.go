package emulate

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"rollcall/fault"
	"rollcall/spelling"
)

// FaultPlan is what is to go wrong. It is written as YAML or JSON:
//
//	seed: 7
//	faults:
//	  - {operation: CreateUser, fault: throttle, probability: 0.1, retry_after: 2s}
//	  - {service: scim, operation: "*", fault: drop, call: 3}
//	  - {operation: List*, fault: short, page: 1}
type FaultPlan struct {
	// Seed makes the same calls fail each time; 0 is another choice each time.
	Seed   uint64  `yaml:"seed" json:"seed,omitempty"`
	Faults []Fault `yaml:"faults" json:"faults"`
}

// Fault is one thing that goes wrong. Without Probability, Call or Every it
// goes wrong each time; at most one of them may be given.
type Fault struct {
	Service     Service `yaml:"service" json:"service,omitempty"` // empty means any
	Operation   string  `yaml:"operation" json:"operation"`       // a name, or a pattern with * and ?
	Kind        Kind    `yaml:"fault" json:"fault"`
	Probability float64 `yaml:"probability" json:"probability,omitempty"` // 0 to 1
	Call        int     `yaml:"call" json:"call,omitempty"`               // only the n-th call that matches, from 1
	Every       int     `yaml:"every" json:"every,omitempty"`             // every n-th
	Times       int     `yaml:"times" json:"times,omitempty"`             // at most so often; 0 is without end

	Delay      Duration `yaml:"delay" json:"delay,omitempty"`             // how slow; of slow only
	RetryAfter Duration `yaml:"retry_after" json:"retry_after,omitempty"` // of throttle only; 1s if left out
	Page       int      `yaml:"page" json:"page,omitempty"`               // items left in a page; of short only, 1 if left out
	Reason     string   `yaml:"reason" json:"reason,omitempty"`           // FailureReason; of fail only
}

// Kind is a way to go wrong.
type Kind string

// The kinds of fault. After drop nothing was done; after lost it was, and only
// a read can tell.
const (
	Throttle Kind = "throttle" // ThrottlingException, 429
	Error    Kind = "error"    // InternalServerException, 500
	Slow     Kind = "slow"     // the answer takes so much longer
	Drop     Kind = "drop"     // the connection ends before anything is done
	Lost     Kind = "lost"     // it is done, and the connection ends without an answer
	Torn     Kind = "torn"     // it is done, and the answer ends in the middle
	Conflict Kind = "conflict" // ConflictException: there already
	Stale    Kind = "stale"    // ConflictException: somebody else writes
	Expired  Kind = "expired"  // ExpiredTokenException, 401
	Denied   Kind = "denied"   // AccessDeniedException, 403
	Short    Kind = "short"    // a page with fewer items than there could be, and a token to go on
	Fail     Kind = "fail"     // an assignment or provisioning that begins and then fails
)

// Kinds lists them.
func Kinds() []Kind {
	return []Kind{Throttle, Error, Slow, Drop, Lost, Torn, Conflict, Stale, Expired, Denied, Short, Fail}
}

// Everything is each way in which a call can go wrong, each with this
// probability: half of all calls go wrong at 0.05. Throttled and slow ones wait
// as short as can be.
func Everything(probability float64) []Fault {
	var all []Fault
	for _, kind := range Kinds() {
		f := Fault{Operation: "*", Kind: kind, Probability: probability}
		switch kind {
		case Throttle:
			f.RetryAfter = 1
		case Slow:
			f.Delay = 1
		case Fail:
			continue // that is no call's, but an assignment's
		}
		all = append(all, f)
	}
	return all
}

// Duration is written as Go writes it: "250ms", "2s".
type Duration time.Duration

// MarshalText writes it.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return errors.New("want a length of time such as 250ms or 2s")
	}
	*d = Duration(parsed)
	return nil
}

// LoadFaults reads a fault plan from a file; fault.NotFound if there is none,
// otherwise as [ParseFaults].
func LoadFaults(file string) (FaultPlan, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return FaultPlan{}, fault.New(fault.NotFound, "read fault plan", file, err)
	}
	if err != nil {
		return FaultPlan{}, fault.New(fault.Denied, "read fault plan", file, err)
	}
	return ParseFaults(file, text)
}

// ParseFaults reads a fault plan; name is where it comes from, for errors. It
// fails with fault.Invalid and the line of what is wrong.
func ParseFaults(name string, text []byte) (p FaultPlan, err error) {
	defer func() {
		if r := recover(); r != nil { // the parser's own bugs are the file's problem
			err = fault.Text(fault.Invalid, "read fault plan", name, "it is not YAML")
		}
	}()
	if err := yaml.UnmarshalWithOptions(text, &p, yaml.Strict()); err != nil {
		return FaultPlan{}, fault.New(fault.Invalid, "read fault plan", name, err)
	}
	for i, f := range p.Faults {
		if problem := f.problem(); problem != "" {
			return FaultPlan{}, fault.Text(fault.Invalid, "read fault plan", fmt.Sprintf("%s:%d", name, lineOf(text, i)), problem)
		}
	}
	return p, nil
}

// lineOf is where the i-th fault begins.
func lineOf(text []byte, i int) int {
	at, err := yaml.PathString(fmt.Sprintf("$.faults[%d]", i))
	if err != nil {
		return 1
	}
	node, err := at.ReadNode(strings.NewReader(string(text)))
	if err != nil || node == nil || node.GetToken() == nil {
		return 1
	}
	return node.GetToken().Position.Line
}

// problem says what is wrong with a fault; nothing if it is right.
func (f Fault) problem() string {
	ways := 0
	for _, given := range []bool{f.Probability != 0, f.Call != 0, f.Every != 0} {
		if given {
			ways++
		}
	}
	_, badPattern := path.Match(f.Operation, "")
	switch {
	case f.Operation == "":
		return `operation is missing; want a name such as CreateUser, or "*" for any`
	case badPattern != nil || strings.Contains(f.Operation, "/"):
		return "operation is no pattern; want letters, * and ?"
	case f.Kind == "":
		return "fault is missing; want " + listed(Kinds())
	case !slices.Contains(Kinds(), f.Kind):
		return fmt.Sprintf("there is no fault %q%s", f.Kind, spelling.Hint(string(f.Kind), texts(Kinds())))
	case f.Service != "" && !slices.Contains(Services(), f.Service):
		return fmt.Sprintf("there is no service %q; want %s", f.Service, listed(Services()))
	case ways > 1:
		return "probability, call and every exclude each other"
	case f.Probability < 0 || f.Probability > 1 || math.IsNaN(f.Probability):
		return "probability is not between 0 and 1"
	case f.Call < 0 || f.Every < 0 || f.Times < 0 || f.Page < 0 || f.Delay < 0 || f.RetryAfter < 0:
		return "a number is negative"
	}
	return f.extras()
}

// extras says what is given although the kind has no use for it, and what it
// lacks.
func (f Fault) extras() string {
	for _, extra := range []struct {
		name  string
		given bool
		kind  Kind
	}{{"delay", f.Delay != 0, Slow}, {"retry_after", f.RetryAfter != 0, Throttle}, {"page", f.Page != 0, Short}, {"reason", f.Reason != "", Fail}} {
		if extra.given && f.Kind != extra.kind {
			return fmt.Sprintf("%s belongs to the fault %s, not to %s", extra.name, extra.kind, f.Kind)
		}
	}
	if f.Kind == Slow && f.Delay == 0 {
		return "delay is missing: how slow? such as 2s"
	}
	return ""
}

func texts[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, one := range all {
		out[i] = string(one)
	}
	return out
}

func listed[T ~string](all []T) string {
	words := texts(all)
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// matches reports whether a call is one that may go wrong so.
func (f Fault) matches(c Call) bool {
	if f.Service != "" && f.Service != c.Service {
		return false
	}
	ok, err := path.Match(f.Operation, c.Operation)
	return err == nil && ok
}
