package caller_test

import (
	"strings"
	"testing"
	"time"

	"rollcall/awsjson/sigv4"
	"rollcall/caller"
	"rollcall/fault"
)

func assume(d time.Duration) caller.AssumeRole {
	return caller.AssumeRole{RoleARN: "arn:aws:iam::444455556666:role/team/Audit", Name: "s1", Duration: d}
}

func credentialsOf(s caller.Session) sigv4.Credentials {
	return sigv4.Credentials{AccessKey: s.KeyID, Secret: s.Secret, SessionToken: s.Token}
}

// session begins one with a new key.
func (g *gate) session(t testing.TB, d time.Duration) (caller.Key, caller.Session) {
	t.Helper()
	key, credentials := g.key(t, caller.Key{})
	c, err := g.come(t, credentials)
	ok(t, err)
	s, err := g.keys.AssumeRole(c, assume(d))
	ok(t, err)
	return key, s
}

func TestASessionActsInItsRoleUntilItEnds(t *testing.T) {
	g := open(t)
	_, s := g.session(t, 15*time.Minute)
	if !strings.HasPrefix(s.KeyID, "ASIA") || len(s.KeyID) != 20 || s.ARN() != "arn:aws:sts::444455556666:assumed-role/Audit/s1" {
		t.Errorf("%+v", s.Caller)
	}
	if want := g.now.Add(15 * time.Minute); !s.Expires.Equal(want) {
		t.Errorf("ends %v, want %v", s.Expires, want)
	}
	g.now = s.Expires.Add(-time.Second)
	c, err := g.come(t, credentialsOf(s))
	ok(t, err)
	if !c.IsSession() || c != s.Caller {
		t.Errorf("%+v, want %+v", c, s.Caller)
	}
	g.now = s.Expires
	_, err = g.come(t, credentialsOf(s))
	refused(t, err, sigv4.CodeExpired)

	forged := credentialsOf(s)
	forged.Secret = strings.Repeat("x", 40)
	_, err = g.come(t, forged)
	refused(t, err, sigv4.CodeInvalid) // only who holds the secret learns that it ended
}

func TestASessionEndsWithItsKey(t *testing.T) {
	g := open(t)
	key, s := g.session(t, 0)
	c, err := g.come(t, credentialsOf(s))
	ok(t, err)
	chained, err := g.keys.AssumeRole(c, assume(time.Hour))
	ok(t, err)
	ok(t, g.keys.Disable(t.Context(), key.ID))
	for _, one := range []caller.Session{s, chained} {
		_, err = g.come(t, credentialsOf(one))
		refused(t, err, sigv4.CodeUnknown)
	}
}

func TestASessionTokenIsOneOfOurs(t *testing.T) {
	g := open(t)
	_, s := g.session(t, 0)
	_, other := g.session(t, 0)
	_, foreign := open(t).session(t, 0)
	flipped := []byte(s.Token)
	flipped[len(flipped)/2] ^= 1
	for name, token := range map[string]string{
		"none": "", "another session's": other.Token, "another installation's": foreign.Token,
		"altered": string(flipped), "cut": s.Token[:len(s.Token)-4], "longer": s.Token + "AAAA", "too long": strings.Repeat("A", 2052),
	} {
		t.Run(name, func(t *testing.T) {
			c := credentialsOf(s)
			c.SessionToken = token
			_, err := g.come(t, c)
			refused(t, err, sigv4.CodeUnknown)
		})
	}
}

func TestSessionsThatCannotBe(t *testing.T) {
	g := open(t)
	key := caller.Caller{Name: "ci", KeyID: "AKIAQQQQQQQQQQQQQQQQ"}
	first, err := g.keys.AssumeRole(key, assume(0))
	ok(t, err)
	long := "arn:aws:iam::444455556666:role/"
	for name, c := range map[string]struct {
		by   caller.Caller
		r    caller.AssumeRole
		fine bool
	}{
		"900 seconds":              {key, assume(900 * time.Second), true},
		"899 seconds":              {key, assume(899 * time.Second), false},
		"12 hours":                 {key, assume(12 * time.Hour), true},
		"more than 12 hours":       {key, assume(12*time.Hour + time.Second), false},
		"chained, an hour":         {first.Caller, assume(time.Hour), true},
		"chained, more":            {first.Caller, assume(time.Hour + time.Second), false},
		"less than nothing":        {key, assume(-time.Second), false},
		"a name of one":            {key, caller.AssumeRole{RoleARN: long + "a", Name: "s"}, false},
		"a name of 64":             {key, caller.AssumeRole{RoleARN: long + "a", Name: strings.Repeat("s", 64)}, true},
		"a name of 65":             {key, caller.AssumeRole{RoleARN: long + "a", Name: strings.Repeat("s", 65)}, false},
		"a role of 64":             {key, caller.AssumeRole{RoleARN: long + "p/" + strings.Repeat("a", 64), Name: "s1"}, true},
		"a role of 65":             {key, caller.AssumeRole{RoleARN: long + "p/" + strings.Repeat("a", 65), Name: "s1"}, false},
		"a role without a name":    {key, caller.AssumeRole{RoleARN: long + "p/", Name: "s1"}, false},
		"a user":                   {key, caller.AssumeRole{RoleARN: "arn:aws:iam::444455556666:user/a", Name: "s1"}, false},
		"another partition":        {key, caller.AssumeRole{RoleARN: "arn:aws-us-gov:iam::444455556666:role/a", Name: "s1"}, true},
		"an account of 11 numbers": {key, caller.AssumeRole{RoleARN: "arn:aws:iam::44445555666:role/a", Name: "s1"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := g.keys.AssumeRole(c.by, c.r)
			if (err == nil) != c.fine || (!c.fine && !fault.Is(err, fault.Invalid)) {
				t.Errorf("got %v", err)
			}
		})
	}
}
