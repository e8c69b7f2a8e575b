package directorytest

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

var tokenTests = []test{
	{"PageTokensHaveAWSForm", tokensHaveForm},
	{"AForgedPageTokenIsRefused", forgedTokensRefused},
	{"APageTokenOfAnotherListingIsRefused", foreignTokensRefused},
	{"APageTokenCanBeUsedTwice", tokensReusable},
	{"ANegativeLimitIsRefused", negativeLimitRefused},
}

// NextToken's pattern and length (aws-contract 3.2).
var tokenForm = regexp.MustCompile(`^[-a-zA-Z0-9+=/:_]+$`)

const longestToken = 65535

// tokens returns the second page's token of every listing, by its name, and
// that of the members of another group.
func tokens(t *testing.T, d directory.Driver) (all []listing, first map[string]string) {
	t.Helper()
	users, groups := fill(t, d, 3)
	addMember(t, d, groups[1], users[2])
	all = listings(d, groups[0], users[0])
	other := listings(d, groups[1], users[2])
	for i := 2; i < 4; i++ {
		other[i].name += " of another"
		all = append(all, other[i])
	}
	first = map[string]string{}
	for _, l := range all {
		_, next, err := l.page(ctx(t), directory.PageRequest{Limit: 1})
		wantNone(t, l.name, err)
		if next == "" {
			t.Fatalf("%s: no page token after one of several", l.name)
		}
		first[l.name] = next
	}
	return all, first
}

func tokensHaveForm(t *testing.T, d directory.Driver) {
	_, first := tokens(t, d)
	for name, token := range first {
		if !tokenForm.MatchString(token) || len(token) > longestToken {
			t.Errorf("%s: page token %q, want at most %d characters of %s", name, token, longestToken, tokenForm)
		}
	}
}

func forgedTokensRefused(t *testing.T, d directory.Driver) {
	all, first := tokens(t, d)
	for _, l := range all {
		own := first[l.name]
		forged := []string{"x", "0", "1", "-1", strings.Repeat("A", 64), own + own, own[:len(own)-1], own[:len(own)/2]}
		forged = append(forged, base64.StdEncoding.EncodeToString([]byte(`{"after":0}`)), "' OR 1=1 --", "\x00")
		for i := range len(own) { // one character changed, anywhere
			other := byte('A')
			if own[i] == other {
				other = 'B'
			}
			forged = append(forged, own[:i]+string(other)+own[i+1:])
		}
		for _, token := range forged {
			_, _, err := l.page(ctx(t), directory.PageRequest{Token: token, Limit: 1})
			wantKind(t, fmt.Sprintf("%s with the token %q", l.name, token), err, fault.Invalid)
		}
	}
}

func foreignTokensRefused(t *testing.T, d directory.Driver) {
	all, first := tokens(t, d)
	for _, l := range all {
		for name, token := range first {
			if name == l.name {
				continue
			}
			_, _, err := l.page(ctx(t), directory.PageRequest{Token: token})
			wantKind(t, l.name+" with a token of "+name, err, fault.Invalid)
		}
	}
}

func tokensReusable(t *testing.T, d directory.Driver) {
	all, first := tokens(t, d)
	for _, l := range all {
		var pages [2][]identity.ID
		for i := range pages { // whoever lost the answer asks again
			page, _, err := l.page(ctx(t), directory.PageRequest{Token: first[l.name], Limit: 1})
			wantNone(t, l.name, err)
			pages[i] = page
		}
		wantSame(t, l.name+": the page asked for again", pages[0], pages[1])
	}
}

func negativeLimitRefused(t *testing.T, d directory.Driver) {
	users, groups := fill(t, d, 1)
	for _, l := range listings(d, groups[0], users[0]) {
		_, _, err := l.page(ctx(t), directory.PageRequest{Limit: -1})
		wantKind(t, l.name, err, fault.Invalid)
	}
}
