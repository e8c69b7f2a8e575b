package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"

	"rollcall/identity"
)

// Assignment is what a user or a group reaches: a permission set in an account,
// or an application. Whose it is stands beside it: a change's subject, or the
// object that a change deletes.
type Assignment struct {
	Principal     identity.Kind `json:"principal"`               // user or group
	PermissionSet string        `json:"permissionSet,omitempty"` // ARN
	SetName       string        `json:"setName,omitempty"`       // for people, where it is known
	Account       string        `json:"account,omitempty"`       // twelve digits
	AccountName   string        `json:"accountName,omitempty"`   // for people, where it is known
	Application   string        `json:"application,omitempty"`   // ARN; then the four above are empty
	AppName       string        `json:"appName,omitempty"`       // for people, where it is known
}

// InAccount is the assignment of a, without the names of what it is about.
func InAccount(a identity.Assignment) Assignment {
	return Assignment{Principal: a.Principal.Kind, PermissionSet: a.PermissionSet, Account: a.Account}
}

// ToApplication is the assignment of a, without the application's name.
func ToApplication(a identity.ApplicationAssignment) Assignment {
	return Assignment{Principal: a.Principal.Kind, Application: a.Application}
}

// Of is a as the assignment of a principal of a store.
func (a Assignment) Of(store identity.StoreID, id identity.ID) identity.Principal {
	return identity.Principal{Store: store, Kind: a.Principal, ID: id}
}

// key tells two assignments of one principal apart, whatever the names say.
func (a Assignment) key() string {
	return strings.Join([]string{string(a.Principal), a.Account, a.PermissionSet, a.Application}, " ")
}

// Same reports whether a and b are the same, if their principal is.
func (a Assignment) Same(b Assignment) bool { return a.key() == b.key() }

// ID is how the journal calls the assignment of a principal: "222200000001:ps-…:<id>",
// "apl-…:<id>". It means nothing to anybody else.
func (a Assignment) ID(principal identity.ID) identity.ID {
	if a.Application != "" {
		return identity.LastPart(a.Application) + ":" + principal
	}
	return identity.ID(a.Account) + ":" + identity.LastPart(a.PermissionSet) + ":" + principal
}

// Text says for people what is reached: "Admin in prod (222200000001)".
func (a Assignment) Text() string {
	if a.Application != "" {
		return "application " + cmp.Or(a.AppName, a.Application)
	}
	account := a.Account
	if a.AccountName != "" {
		account = a.AccountName + " (" + a.Account + ")"
	}
	return cmp.Or(a.SetName, a.PermissionSet) + " in " + account
}

// check says what a lacks to be carried out.
func (a *Assignment) check() error {
	switch {
	case a == nil:
		return errors.New("does not say which assignment")
	case a.Principal != identity.KindUser && a.Principal != identity.KindGroup:
		return errors.New("assigns to neither a user nor a group")
	case (a.Application == "") == (a.Account == ""), (a.Account == "") != (a.PermissionSet == ""):
		return errors.New("is about neither a permission set in an account nor an application")
	}
	return nil
}

// SortAssignments brings assignments into their one order.
func SortAssignments(all []Assignment) {
	slices.SortFunc(all, func(a, b Assignment) int { return strings.Compare(a.key(), b.key()) })
}

// AssignmentsDigest is the SHA-256, in hex, of an object's own assignments in
// any order: what a deletion's seal keeps of them. The names do not count.
func AssignmentsDigest(all []Assignment) string {
	keys := make([]string, len(all))
	for i, a := range all {
		keys[i] = a.key()
	}
	slices.Sort(keys)
	h := sha256.New()
	for _, k := range slices.Compact(keys) {
		io.WriteString(h, k+"\n") //nolint:errcheck // a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil))
}

// NoteAssigned writes into every deletion of p which assignments go with its
// object, once the plan's own revocations are done, and seals it with them. Of
// says what each object to be deleted has now; see [Plan.Deleted].
func (p *Plan) NoteAssigned(of map[identity.ID][]Assignment) {
	taken := map[Subject][]Assignment{}
	for _, c := range p.Changes {
		if c.Kind == AssignmentDelete {
			taken[c.Subject] = append(taken[c.Subject], *c.Assignment)
		}
	}
	for i := range p.Changes {
		c := &p.Changes[i]
		id, exists := c.Subject.ID()
		if !exists || !c.Kind.Deletes() {
			continue
		}
		c.Assigned = slices.DeleteFunc(slices.Clone(of[id]), func(a Assignment) bool {
			return slices.ContainsFunc(taken[c.Subject], a.Same)
		})
		SortAssignments(c.Assigned)
		c.Expect.Assigned = AssignmentsDigest(c.Assigned)
	}
}

// Deleted lists what p deletes, in the order of the changes.
func (p *Plan) Deleted() []identity.Principal {
	var all []identity.Principal
	for _, c := range p.Changes {
		if id, exists := c.Subject.ID(); exists && c.Kind.Deletes() {
			all = append(all, identity.Principal{Store: p.Store, Kind: c.Kind.Object(), ID: id})
		}
	}
	return all
}

// Unrecorded is in the place of a deletion's digest of assignments where a
// caller named the object, and may not read what goes with it.
const Unrecorded = "unrecorded"

// LeaveUnrecorded marks every deletion of p as made without knowing which
// assignments go with it, and says so for people to see.
func (p *Plan) LeaveUnrecorded() {
	for i := range p.Changes {
		c := &p.Changes[i]
		if id, exists := c.Subject.ID(); exists && c.Kind.Deletes() {
			c.Expect.Assigned = Unrecorded
			p.Attention = append(p.Attention, Attention{
				Situation: Unrecorded, Kind: c.Kind.Object(), Name: c.Name, Record: c.Record, Object: id,
				Text: "its assignments cannot be read, and are not recorded: nobody can give them back (rollcall iam-policy says what to allow)",
			})
		}
	}
}
