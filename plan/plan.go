// Package plan is the value that everything Rollcall writes goes through: an
// ordered list of changes with their reasons, the state each expects and the
// state it leaves.
//
// A plan is pure. It can be printed, stored, approved, compared and carried
// out later; it knows no directory and does no I/O. Who makes one is
// reconcile, lifecycle or a single command; who carries one out is apply, and
// nobody else.
package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"rollcall/identity"
)

// Kind says what a change does. Kinds are open: a new one needs a line here, a
// sentence, and an executor.
type Kind string

// The kinds of change.
const (
	UserCreate   Kind = "user.create"
	UserUpdate   Kind = "user.update"
	UserEnable   Kind = "user.enable"
	UserDisable  Kind = "user.disable"
	UserDelete   Kind = "user.delete"
	UserAdopt    Kind = "user.adopt"   // remembers an existing user as ours; writes nothing to the target
	UserHold     Kind = "user.hold"    // keeps the person out, whatever their source says; writes nothing to the target
	UserRelease  Kind = "user.release" // ends a hold, for somebody who comes back; writes nothing to the target
	UserUnadopt  Kind = "user.unadopt" // forgets that an adopted user is ours; writes nothing to the target
	GroupCreate  Kind = "group.create"
	GroupUpdate  Kind = "group.update"
	GroupDelete  Kind = "group.delete"
	GroupAdopt   Kind = "group.adopt"
	GroupUnadopt Kind = "group.unadopt"
	GroupMembers Kind = "group.members" // adds and removes, one change a group

	// An assignment's subject is the user or group that has it.
	AssignmentCreate Kind = "assignment.create"
	AssignmentDelete Kind = "assignment.delete"

	// The subject is the user whose role sessions are denied everything, by a
	// statement in the inline policy of a permission set.
	SessionDeny  Kind = "session.deny"
	SessionAllow Kind = "session.allow" // takes the statement out again
)

// Kinds lists every kind in the order in which plans show them.
func Kinds() []Kind {
	return []Kind{
		UserHold, UserRelease, UserDisable, SessionDeny, AssignmentDelete, UserAdopt, UserCreate, UserEnable, UserUpdate,
		GroupAdopt, GroupCreate, GroupUpdate, GroupMembers, AssignmentCreate, SessionAllow, GroupUnadopt, UserUnadopt, GroupDelete, UserDelete,
	}
}

// Words lists what a rule may call plans and changes by: the origins, the events of
// people's lives, then the kinds of change that may have to wait.
func Words() []string {
	words := []string{string(FromSync), string(FromCommand), string(FromUndo), string(Joiner), string(Mover), string(Leaves)}
	for _, k := range Kinds() {
		if !(Change{Kind: k}).Frees() {
			words = append(words, string(k))
		}
	}
	return words
}

// Object returns what kind of object a change is about.
func (k Kind) Object() identity.Kind {
	object, _, _ := strings.Cut(string(k), ".")
	return identity.Kind(object)
}

// Assigns reports whether a change is about an assignment.
func (k Kind) Assigns() bool { return k == AssignmentCreate || k == AssignmentDelete }

// Denies reports whether a change is about what a person's role sessions may
// do.
func (k Kind) Denies() bool { return k == SessionDeny || k == SessionAllow }

// Creates reports whether a change makes a new user or group.
func (k Kind) Creates() bool { return k == UserCreate || k == GroupCreate }

// Deletes reports whether a change removes a user or group.
func (k Kind) Deletes() bool { return k == UserDelete || k == GroupDelete }

// TakesAway reports whether a change does nothing but end what a person or a
// group may do, short of deleting them.
func (c Change) TakesAway() bool {
	switch c.Kind {
	case UserDisable, AssignmentDelete, SessionDeny:
		return true
	case GroupMembers:
		return len(c.Add) == 0 && len(c.Remove) > 0
	}
	return false
}

// nobody reports whether a change may be about a person whose account is gone:
// holds are kept by the record.
func (k Kind) nobody() bool { return k == UserHold || k == UserRelease }

// Adopts reports whether a change only remembers an object as ours.
func (k Kind) Adopts() bool { return k == UserAdopt || k == GroupAdopt }

// Unadopts reports whether a change only forgets that an object is ours.
func (k Kind) Unadopts() bool { return k == UserUnadopt || k == GroupUnadopt }

// Subject is the object a change is about: its id, or "new:N", the object that
// change N creates.
type Subject string

// New returns the subject that change n creates.
func New(n int) Subject { return Subject("new:" + strconv.Itoa(n)) }

// Existing returns the subject with that id.
func Existing(id identity.ID) Subject { return Subject(id) }

// NewNumber returns N of "new:N".
func (s Subject) NewNumber() (int, bool) {
	digits, ok := strings.CutPrefix(string(s), "new:")
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil && n > 0
}

// ID returns the id of a subject that exists already.
func (s Subject) ID() (identity.ID, bool) {
	if s == "" || strings.HasPrefix(string(s), "new:") {
		return "", false
	}
	return identity.ID(s), true
}

// Member is a user who joins or leaves a group.
type Member struct {
	User   Subject           `json:"user"`
	Name   string            `json:"name"`             // userName, for people
	Anchor identity.Anchor   `json:"anchor,omitempty"` // in the plan's source, if the person is from there
	Path   []identity.Anchor `json:"path,omitempty"`   // nested groups between group and person
	Role   string            `json:"role,omitempty"`   // the role template that gives or takes it
}

// Tie is a membership by its other end: the group of a user, or the user of a
// group.
type Tie struct {
	Object identity.ID `json:"object"`
	Name   string      `json:"name"` // displayName or userName, for people
}

// Seal is the state a change expects to find. A change whose object has moved
// on since is not made.
type Seal struct {
	Revision string `json:"revision,omitempty"` // sent with the write, where the directory has revisions
	Digest   string `json:"digest,omitempty"`   // of the attributes named by Header.Sealed, as they were read
	Members  string `json:"members,omitempty"`  // deletions: digest of the complete members (group) or groups (user)
	Assigned string `json:"assigned,omitempty"` // deletions: digest of the object's own assignments, all of them
}

// Change is one step.
type Change struct {
	Number  int              `json:"n"` // from 1, in the order they are started
	Kind    Kind             `json:"kind"`
	Subject Subject          `json:"subject"`
	Name    string           `json:"name"` // userName or displayName, as it is before the change
	Record  *identity.Record `json:"record,omitempty"`
	Edits   []identity.Edit  `json:"edits,omitempty"` // of a deletion: every attribute, with no New
	Add     []Member         `json:"add,omitempty"`
	Remove  []Member         `json:"remove,omitempty"`
	Ends    []Tie            `json:"ends,omitempty"` // deletions: the memberships that go with the object

	Assignment *Assignment  `json:"assignment,omitempty"` // of a change of one
	Assigned   []Assignment `json:"assigned,omitempty"`   // deletions: the assignments that go with the object
	Role       string       `json:"role,omitempty"`       // of an assignment: the role template that gives or takes it
	Hold       *Hold        `json:"hold,omitempty"`       // of a release: the hold that ends; of a hold: one that is put back

	Denial *Denial `json:"denial,omitempty"` // of a change of one

	Expect Seal   `json:"expect,omitzero"`
	Reason string `json:"reason"`
	Needs  []int  `json:"needs,omitempty"` // changes that must be done first
	Again  bool   `json:"again,omitempty"` // creations: of an account that was ours and is gone from the target
}

// Attention is something a person should decide; no change is made for it.
type Attention struct {
	Situation string           `json:"situation"` // ambiguous, taken, held, invalid, add-only, …
	Kind      identity.Kind    `json:"kind"`
	Name      string           `json:"name"`
	Record    *identity.Record `json:"record,omitempty"`
	Object    identity.ID      `json:"object,omitempty"`
	Text      string           `json:"text"` // what is the matter and what to do
}

// Origin says what made a plan.
type Origin string

// The origins of a plan.
const (
	FromSync    Origin = "sync"
	FromCommand Origin = "command"
	FromUndo    Origin = "undo"
)

// Event is what happens to the people that a plan is about.
type Event string

// The events of people's lives that have plans of their own.
const (
	Joiner Event = "joiner" // somebody comes in, or comes back
	Mover  Event = "mover"  // somebody's work changes
	Leaves Event = "leaver" // somebody is put out
)

// Actor is who made a plan, and through which door.
type Actor struct {
	Name string `json:"name"`
	Door string `json:"door"`
}

// Sealed names the attributes that the digests of a plan's seals cover.
type Sealed struct {
	User  []string `json:"user,omitempty"`
	Group []string `json:"group,omitempty"`
}

// Basis is what a plan was made from, and what its brakes are counted against.
type Basis struct {
	SourcePeople  int            `json:"sourcePeople"`
	SourceGroups  int            `json:"sourceGroups"`
	TargetUsers   int            `json:"targetUsers"`
	TargetGroups  int            `json:"targetGroups"`
	ManagedUsers  int            `json:"managedUsers"`       // linked to the source and there; for an undo, all of the directory
	OutUsers      int            `json:"outUsers,omitempty"` // of those: disabled already, and not back
	ManagedGroups int            `json:"managedGroups"`
	Memberships   int            `json:"memberships"` // in managed groups
	ManagesGroups bool           `json:"managesGroups"`
	SourceSHA256  string         `json:"sourceSha256,omitempty"`
	Read          string         `json:"read,omitempty"`       // digest of the counts of the read, which become the baseline once the plan is carried out
	Situations    map[string]int `json:"situations,omitempty"` // "user confirmed": 250
}

// Header is everything about a plan but its changes.
type Header struct {
	Format    string           `json:"format"` // Format
	Origin    Origin           `json:"origin"`
	Event     Event            `json:"event,omitempty"` // of a plan that lets somebody in, moves them or puts them out
	Sync      string           `json:"sync,omitempty"`
	Source    string           `json:"source,omitempty"`
	Directory string           `json:"directory"` // as the configuration calls it
	Store     identity.StoreID `json:"store"`
	Instance  string           `json:"instance,omitempty"` // ARN
	Made      time.Time        `json:"made"`               // UTC
	By        Actor            `json:"by"`
	Title     string           `json:"title,omitempty"` // "disable ann", for plans of one command
	Sealed    Sealed           `json:"sealed,omitzero"`
	Basis     Basis            `json:"basis,omitzero"`
	Brakes    []Brake          `json:"brakes,omitempty"`
	Attention []Attention      `json:"attention,omitempty"`
	Leavers   []Leaver         `json:"leavers,omitempty"` // whom a leaver's plan puts out
}

// Plan is an ordered list of changes and what is known about them. One without
// changes changes nothing.
type Plan struct {
	Header
	Changes []Change
}

// Empty reports whether there is nothing to do.
func (p *Plan) Empty() bool { return len(p.Changes) == 0 }

// Braked reports whether a brake stops the plan.
func (p *Plan) Braked() bool { return len(p.Brakes) > 0 }

// Stopped reports whether a brake stops all of the plan; else those it has stop
// only what may wait.
func (p *Plan) Stopped() bool {
	return slices.ContainsFunc(p.Brakes, func(b Brake) bool { return !b.Later })
}

// Count returns how many changes there are of each kind.
func (p *Plan) Count() map[Kind]int {
	counts := make(map[Kind]int)
	for _, c := range p.Changes {
		counts[c.Kind]++
	}
	return counts
}

// MembersChanged returns how many people join and leave groups.
func (p *Plan) MembersChanged() (joins, leaves int) {
	for _, c := range p.Changes {
		joins += len(c.Add)
		leaves += len(c.Remove)
	}
	return joins, leaves
}

// Check says what is wrong with a plan's own order: numbers run from 1, a need
// and a "new:N" point at an earlier change, and N creates something of the
// right kind.
func (p *Plan) Check() error {
	known := map[Kind]bool{}
	for _, k := range Kinds() {
		known[k] = true
	}
	for i, c := range p.Changes {
		switch {
		case c.Number != i+1:
			return fmt.Errorf("change %d has number %d", i+1, c.Number)
		case !known[c.Kind]:
			return fmt.Errorf("change %d is of a kind this release does not know: %q", c.Number, c.Kind)
		case c.Kind.Creates() && c.Subject != New(c.Number):
			return fmt.Errorf("change %d creates %q, not new:%d", c.Number, c.Subject, c.Number)
		case c.Kind.Assigns():
			if err := c.Assignment.check(); err != nil {
				return fmt.Errorf("change %d %w", c.Number, err)
			}
		case c.Kind.Denies() && (c.Denial == nil || c.Denial.PermissionSet == ""):
			return fmt.Errorf("change %d does not say in which permission set", c.Number)
		}
		for _, need := range c.Needs {
			if need < 1 || need >= c.Number {
				return fmt.Errorf("change %d needs change %d, which is not before it", c.Number, need)
			}
		}
		if err := p.checkSubjects(c); err != nil {
			return err
		}
	}
	return nil
}

func (p *Plan) checkSubjects(c Change) error {
	if !c.Kind.Creates() {
		kind := c.Kind.Object()
		if c.Kind.Assigns() {
			kind = c.Assignment.Principal
		}
		if err := p.checkSubject(c, c.Subject, kind); err != nil {
			return err
		}
	}
	for _, side := range [][]Member{c.Add, c.Remove} {
		for _, m := range side {
			if err := p.checkSubject(c, m.User, identity.KindUser); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *Plan) checkSubject(c Change, s Subject, kind identity.Kind) error {
	if s == "" && c.Kind.nobody() && c.Record != nil {
		return nil
	}
	if s == "" {
		return fmt.Errorf("change %d names no object", c.Number)
	}
	if !strings.HasPrefix(string(s), "new:") {
		return nil
	}
	n, ok := s.NewNumber()
	if !ok || n >= c.Number || !p.Changes[n-1].Kind.Creates() || p.Changes[n-1].Kind.Object() != kind {
		return fmt.Errorf("change %d is about %q, which no earlier change creates", c.Number, s)
	}
	return nil
}

// MembersDigest is the SHA-256, in hex, of a set of ids in any order: what a
// deletion's seal keeps of the members it expects.
func MembersDigest(ids []identity.ID) string {
	h := sha256.New()
	for _, id := range slices.Sorted(slices.Values(ids)) {
		io.WriteString(h, string(id)+"\n") //nolint:errcheck // a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil))
}
