package identity

import (
	"strings"
	"time"
	"unicode/utf8"
)

// AccountStatus says whether an account can be used.
type AccountStatus string

// The statuses of an account (aws-contract 5).
const (
	AccountActive    AccountStatus = "ACTIVE"
	AccountSuspended AccountStatus = "SUSPENDED"
	AccountClosing   AccountStatus = "PENDING_CLOSURE"
)

// Account is an AWS account that access can be given to.
type Account struct {
	ID       string // twelve digits
	Name     string // 1 to 128 characters
	Email    string // 6 to 64 characters
	Status   AccountStatus
	Parent   string // the root or unit it is in
	Invited  bool   // it was there before it joined; else it was made here
	JoinedAt time.Time
}

// Unit is an organizational unit or, without a parent, a root.
type Unit struct {
	ID     string // "ou-…", or "r-…" for a root
	Name   string // 1 to 128 characters
	Parent string // empty for a root
}

// Root reports whether u is a root.
func (u *Unit) Root() bool { return u.Parent == "" }

// Organization is what holds the accounts.
type Organization struct {
	ID         string // "o-…"
	Management string // the account that pays, and whose instance this is
	Email      string // of the management account
}

// AccountARN is the ARN of an account of o.
func (o Organization) AccountARN(account string) string { return o.arn("account", account) }

// UnitARN is the ARN of a unit or root of o.
func (o Organization) UnitARN(u *Unit) string {
	if u.Root() {
		return o.arn("root", u.ID)
	}
	return o.arn("ou", u.ID)
}

// ARN is the organization's own.
func (o Organization) ARN() string {
	return "arn:aws:organizations::" + o.Management + ":organization/" + o.ID
}

func (o Organization) arn(kind, id string) string {
	return "arn:aws:organizations::" + o.Management + ":" + kind + "/" + o.ID + "/" + id
}

const (
	maxUnitName     = 128
	minAccountEmail = 6
	maxAccountEmail = 64
)

// Validate reports everything wrong with a at once, as fault.Invalid around
// [Problems] (aws-contract 5).
func (a *Account) Validate() error {
	var p Problems
	p.add("id", formProblem(a.ID, accountPattern, "twelve digits"))
	p.add("name", checkText(a.Name, maxUnitName, printable))
	p.add("email", emailProblem(a.Email))
	switch a.Status {
	case AccountActive, AccountSuspended, AccountClosing:
	default:
		p.add("status", "want ACTIVE, SUSPENDED or PENDING_CLOSURE")
	}
	p.add("parent", parentProblem(a.Parent))
	return p.fault("check account", "")
}

// Validate reports everything wrong with u at once, as fault.Invalid around
// [Problems].
func (u *Unit) Validate() error {
	var p Problems
	if u.Root() {
		p.add("id", formProblem(u.ID, rootPattern, `"r-" and 4 to 32 small letters or digits`))
	} else {
		p.add("id", formProblem(u.ID, unitPattern, `"ou-", the root's 4 to 32 letters or digits, a dash, and 8 to 32 of its own`))
		p.add("parent", parentProblem(u.Parent))
	}
	p.add("name", checkText(u.Name, maxUnitName, printable))
	return p.fault("check organizational unit", "")
}

// Validate reports everything wrong with o at once, as fault.Invalid around
// [Problems].
func (o Organization) Validate() error {
	var p Problems
	p.add("id", formProblem(o.ID, organizationPattern, `"o-" and 10 to 32 small letters or digits`))
	p.add("management", formProblem(o.Management, accountPattern, "twelve digits"))
	p.add("email", emailProblem(o.Email))
	return p.fault("check organization", "")
}

func parentProblem(id string) string {
	if IsUnitID(id) {
		return ""
	}
	return "want the id of a root (r-…) or of an organizational unit (ou-…)"
}

func emailProblem(s string) string {
	n := utf8.RuneCountInString(s)
	name, host, ok := strings.Cut(s, "@")
	if n < minAccountEmail || n > maxAccountEmail || !ok || name == "" || host == "" ||
		strings.Contains(host, "@") || !strings.Contains(strings.Trim(host, "."), ".") {
		return "want an e-mail address of 6 to 64 characters"
	}
	return checkText(s, maxAccountEmail, graphic)
}
