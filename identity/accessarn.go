package identity

import (
	"regexp"
	"strings"
)

// The forms of what the access side and the organization are named by
// (aws-contract 4.2 and 5).
var (
	instancePattern      = regexp.MustCompile(`^arn:aws(-[a-z]{1,5}){0,3}:sso:::instance/(sso)?ins-[a-zA-Z0-9.-]{16}$`)
	permissionSetPattern = regexp.MustCompile(`^arn:aws(-[a-z]{1,5}){0,3}:sso:::permissionSet/(sso)?ins-[a-zA-Z0-9.-]{16}/ps-[a-zA-Z0-9./-]{16}$`)
	applicationPattern   = regexp.MustCompile(`^arn:aws(-[a-z]{1,5}){0,3}:sso::[0-9]{12}:application/(sso)?ins-[a-zA-Z0-9.-]{16}/apl-[a-zA-Z0-9]{16}$`)
	providerPattern      = regexp.MustCompile(`^arn:aws(-[a-z]{1,5}){0,3}:sso::aws:applicationProvider/[a-zA-Z0-9/-]{1,100}$`)
	accountPattern       = regexp.MustCompile(`^[0-9]{12}$`)
	rootPattern          = regexp.MustCompile(`^r-[0-9a-z]{4,32}$`)
	unitPattern          = regexp.MustCompile(`^ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}$`)
	organizationPattern  = regexp.MustCompile(`^o-[0-9a-z]{10,32}$`)
	regionPattern        = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]{2,10}){1,3}-[0-9]{1,2}$`)
)

// IsInstanceARN reports whether s has the form of an instance's ARN. Like the
// others here it says nothing about whether there is one.
func IsInstanceARN(s string) bool { return instancePattern.MatchString(s) }

// IsPermissionSetARN reports whether s has the form of a permission set's ARN.
func IsPermissionSetARN(s string) bool { return permissionSetPattern.MatchString(s) }

// IsApplicationARN reports whether s has the form of an application's ARN.
func IsApplicationARN(s string) bool { return applicationPattern.MatchString(s) }

// IsAccountID reports whether s is twelve digits.
func IsAccountID(s string) bool { return accountPattern.MatchString(s) }

// IsUnitID reports whether s has the form of the id of a root or of an
// organizational unit.
func IsUnitID(s string) bool { return rootPattern.MatchString(s) || unitPattern.MatchString(s) }

// IsRegion reports whether s has the form of a region's name: "eu-west-1".
func IsRegion(s string) bool { return regionPattern.MatchString(s) }

// PermissionSetARN is the ARN of a permission set of an instance; id is "ps-"
// and sixteen characters.
func PermissionSetARN(instance, id string) string {
	return strings.Replace(instance, ":instance/", ":permissionSet/", 1) + "/" + id
}

// ApplicationARN is the ARN of an application of an instance that belongs to
// account; id is "apl-" and sixteen characters.
func ApplicationARN(instance, account, id string) string {
	return strings.Replace(instance, ":::instance/", "::"+account+":application/", 1) + "/" + id
}

// LastPart is what an ARN names inside its service: what follows the last
// slash. It is the object's id in a log.
func LastPart(arn string) ID { return ID(arn[strings.LastIndex(arn, "/")+1:]) }

// Validate reports everything wrong with a at once, as fault.Invalid around
// [Problems]: the forms of its parts, not whether they exist.
func (a Assignment) Validate() error {
	var p Problems
	a.Principal.problems(&p)
	p.add("permissionSet", formProblem(a.PermissionSet, permissionSetPattern, "the ARN of a permission set"))
	p.add("account", formProblem(a.Account, accountPattern, "twelve digits"))
	return p.fault("check assignment", "")
}

// Validate reports whether access can be given to p, as fault.Invalid around
// [Problems]: a user or a group, by an id.
func (p Principal) Validate() error {
	var all Problems
	p.problems(&all)
	return all.fault("check principal", "")
}

func (p Principal) problems(all *Problems) {
	if p.Kind != KindUser && p.Kind != KindGroup {
		all.add("principal.kind", "want user or group")
	}
	if !IsID(string(p.ID)) {
		all.add("principal.id", "want an id: a UUID, with or without ten hex digits before it")
	}
}

// formProblem says that a required text has not the form it must have, or "".
func formProblem(s string, pattern *regexp.Regexp, form string) string {
	switch {
	case s == "":
		return "required, and not set"
	case !pattern.MatchString(s):
		return "want " + form
	}
	return ""
}
