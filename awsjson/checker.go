package awsjson

import (
	"fmt"
	"strconv"
	"strings"

	"rollcall/identity"
)

// Checker gathers what the model of a service refuses, in AWS's words. Messages
// quote a value where AWS quotes it, which is where the model does not call it
// sensitive: never somebody's name. The zero value is ready.
type Checker struct{ problems []string }

// Refuse notes that the value at a path ("emails.1.member.value") breaks a
// constraint ("Member must not be null").
func (c *Checker) Refuse(at, constraint string) {
	c.problems = append(c.problems, "Value at '"+at+"' failed to satisfy constraint: "+constraint)
}

// longestQuoted is the longest value that a message repeats, in bytes.
const longestQuoted = 2048

// refuse is [Checker.Refuse], with the value if it may be seen.
func (c *Checker) refuse(at, value string, seen bool, constraint string) {
	if !seen || len(value) > longestQuoted {
		c.Refuse(at, constraint)
		return
	}
	c.problems = append(c.problems, "Value '"+value+"' at '"+at+"' failed to satisfy constraint: "+constraint)
}

func (c *Checker) exception() error {
	if len(c.problems) == 0 {
		return nil
	}
	return &Exception{Type: TypeValidation, Message: validationMessage(c.problems)}
}

func validationMessage(problems []string) string {
	count := "1 validation error"
	if len(problems) > 1 {
		count = strconv.Itoa(len(problems)) + " validation errors"
	}
	return count + " detected: " + strings.Join(problems, "; ")
}

// Invalid is a [TypeValidation] for one value that the service refuses, in the
// words in which the model's own constraints are refused.
func Invalid(at, constraint string) *Exception {
	var c Checker
	c.Refuse(at, constraint)
	return &Exception{Type: TypeValidation, Message: validationMessage(c.problems)}
}

// InvalidFields is [Invalid] for everything wrong with an object at once.
func InvalidFields(problems identity.Problems) *Exception {
	var c Checker
	for _, p := range problems {
		c.Refuse(p.Field, p.Problem)
	}
	return &Exception{Type: TypeValidation, Message: validationMessage(c.problems)}
}

// Text checks a string that may be left out.
func (c *Checker) Text(at string, s *string, r Rule) {
	if s == nil {
		return
	}
	n, refuse := r.measure(*s), func(constraint string) { c.refuse(at, *s, !r.sensitive, constraint) }
	// AWS says what is wrong with the pattern first. What is too long anyway is
	// not worth walking.
	if n <= r.most && !r.matches(*s) {
		refuse("Member must satisfy regular expression pattern: " + r.pattern)
	}
	if n > r.most {
		refuse(fmt.Sprintf("Member must have length less than or equal to %d", r.most))
	}
	if n < r.least {
		refuse(fmt.Sprintf("Member must have length greater than or equal to %d", r.least))
	}
}

// Required reports whether a member is there, and refuses it if not.
func (c *Checker) Required(at string, there bool) bool {
	if !there {
		c.Refuse(at, "Member must not be null")
	}
	return there
}

// Needed is [Checker.Text] for a string that must be there.
func (c *Checker) Needed(at string, s *string, r Rule) {
	if c.Required(at, s != nil) {
		c.Text(at, s, r)
	}
}

// Length checks how many items a list has that is there: 1 to limit.
func (c *Checker) Length(at string, n, limit int) {
	if n > limit {
		c.Refuse(at, fmt.Sprintf("Member must have length less than or equal to %d", limit))
	}
	if n < 1 {
		c.Refuse(at, "Member must have length greater than or equal to 1")
	}
}

// Number checks a number that may be left out.
func (c *Checker) Number(at string, n *int, least, most int) {
	if n != nil && *n > most {
		c.refuse(at, strconv.Itoa(*n), true, fmt.Sprintf("Member must have value less than or equal to %d", most))
	}
	if n != nil && *n < least {
		c.refuse(at, strconv.Itoa(*n), true, fmt.Sprintf("Member must have value greater than or equal to %d", least))
	}
}

// Enum checks a string that may be left out against the values it may have.
func (c *Checker) Enum(at string, s *string, values ...string) {
	if s == nil {
		return
	}
	for _, v := range values {
		if *s == v {
			return
		}
	}
	c.refuse(at, *s, true, "Member must satisfy enum value set: ["+strings.Join(values, ", ")+"]")
}
