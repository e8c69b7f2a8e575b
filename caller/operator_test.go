package caller_test

import (
	"strings"
	"testing"
	"time"

	"rollcall/caller"
	"rollcall/fault"
)

const password = "correct horse battery"

func (g *gate) operator(t testing.TB, name string, role caller.Role) {
	t.Helper()
	_, err := g.operators.Create(t.Context(), caller.Operator{Name: name, Role: role, CreatedBy: "root"}, password)
	ok(t, err)
}

func TestAnOperatorComesInByPassword(t *testing.T) {
	g := open(t)
	g.operator(t, "Ann", caller.Approver)
	for range 2 { // the second time from memory
		o, err := g.operators.CheckPassword(t.Context(), " ANN", password, "192.0.2.1")
		ok(t, err)
		if o.Name != "ann" || o.Role != caller.Approver || !o.HasPassword {
			t.Errorf("%+v", o)
		}
	}
	o, err := g.operators.Operator(t.Context(), "ann")
	ok(t, err)
	if !o.LastUsedAt.Equal(g.now) {
		t.Errorf("last used %v", o.LastUsedAt)
	}
	for name, c := range map[string]struct{ name, password string }{
		"a wrong password": {"ann", password + "x"}, "an unknown name": {"bob", password}, "no password": {"ann", ""},
		"a long password": {"ann", strings.Repeat("x", 1<<20)},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := g.operators.CheckPassword(t.Context(), c.name, c.password, "")
			is(t, err, fault.Unauthenticated)
			if !strings.HasSuffix(err.Error(), "the name or the password is wrong") {
				t.Error(err)
			}
		})
	}
}

func TestAChangedPasswordIsChangedAtOnce(t *testing.T) {
	g := open(t)
	g.operator(t, "ann", caller.Admin)
	_, err := g.operators.CheckPassword(t.Context(), "ann", password, "")
	ok(t, err)
	ok(t, g.operators.SetPassword(t.Context(), "ann", "another long one"))
	_, err = g.operators.CheckPassword(t.Context(), "ann", password, "")
	is(t, err, fault.Unauthenticated)
	_, err = g.operators.CheckPassword(t.Context(), "ann", "another long one", "")
	ok(t, err)
}

func TestARevokedOperatorStaysOut(t *testing.T) {
	g := open(t)
	g.operator(t, "ann", caller.Admin)
	_, text, err := g.operators.CreateToken(t.Context(), "ann", "root", time.Hour)
	ok(t, err)
	_, err = g.operators.CheckPassword(t.Context(), "ann", password, "")
	ok(t, err)
	_, err = g.operators.CheckToken(t.Context(), text)
	ok(t, err)

	ok(t, g.operators.Revoke(t.Context(), "Ann"))
	_, err = g.operators.CheckPassword(t.Context(), "ann", password, "")
	is(t, err, fault.Unauthenticated)
	_, err = g.operators.CheckToken(t.Context(), text)
	is(t, err, fault.Unauthenticated)
	is(t, g.operators.SetPassword(t.Context(), "ann", password), fault.NotFound)
	_, _, err = g.operators.CreateToken(t.Context(), "ann", "root", time.Hour)
	is(t, err, fault.NotFound)
	all, err := g.operators.List(t.Context())
	ok(t, err)
	if len(all) != 1 || !all[0].Revoked() || all[0].HasPassword {
		t.Errorf("%+v", all)
	}

	g.operator(t, "ann", caller.Reader) // taken back
	o, err := g.operators.CheckPassword(t.Context(), "ann", password, "")
	ok(t, err)
	if o.Role != caller.Reader {
		t.Errorf("%+v", o)
	}
	_, err = g.operators.CheckToken(t.Context(), text)
	is(t, err, fault.Unauthenticated)
	_, err = g.operators.Create(t.Context(), caller.Operator{Name: "ANN", Role: caller.Reader}, password)
	is(t, err, fault.Conflict)
}

func TestGuessingIsSlow(t *testing.T) {
	g := open(t)
	g.operator(t, "ann", caller.Admin)
	try := func(password, from string) error {
		_, err := g.operators.CheckPassword(t.Context(), "ann", password, from)
		return err
	}
	for range 5 {
		is(t, try("wrong", "192.0.2.1"), fault.Unauthenticated)
	}
	for _, wait := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second} {
		is(t, try("wrong", "192.0.2.1"), fault.Unauthenticated)
		err := try(password, "192.0.2.1") // not even looked at
		is(t, err, fault.Throttled)
		if fault.RetryAfter(err) != wait {
			t.Errorf("wait %v, want %v", fault.RetryAfter(err), wait)
		}
		g.now = g.now.Add(wait)
	}
	ok(t, try(password, "192.0.2.2")) // elsewhere nobody waits
	is(t, try("wrong", "192.0.2.1"), fault.Unauthenticated)
	ok(t, try(password, "192.0.2.1")) // known by now: whoever has it is no guesser
	g.now = g.now.Add(time.Hour)
	is(t, try("wrong", "192.0.2.1"), fault.Unauthenticated)
	is(t, try("wrong", "192.0.2.1"), fault.Unauthenticated) // forgotten: no wait
}

func TestRolesIncludeThoseBelow(t *testing.T) {
	for i, r := range caller.Roles() {
		for j, need := range caller.Roles() {
			if r.Includes(need) != (i >= j) {
				t.Errorf("%s includes %s", r, need)
			}
		}
		if r.Includes("root") || caller.Role("root").Includes(r) {
			t.Errorf("an unknown role counts beside %s", r)
		}
	}
	err := caller.Operator{Name: "ann", Role: caller.Reader}.May(caller.Worker)
	is(t, err, fault.Denied)
	ok(t, caller.Operator{Role: caller.Admin}.May(caller.Approver))
}

func TestOperatorsThatCannotBe(t *testing.T) {
	g := open(t)
	for name, c := range map[string]struct {
		name, role, password string
		fine                 bool
	}{
		"no password":        {"a1", "reader", "", true},
		"12 characters":      {"a2", "reader", strings.Repeat("ü", 12), true},
		"11 characters":      {"a3", "reader", strings.Repeat("ü", 11), false},
		"256 characters":     {"a4", "reader", strings.Repeat("ü", 256), true},
		"257 characters":     {"a5", "reader", strings.Repeat("ü", 257), false},
		"not UTF-8":          {"a6", "reader", strings.Repeat("\xff", 12), false},
		"a name of 64":       {strings.Repeat("a", 64), "reader", "", true},
		"a name of 65":       {strings.Repeat("a", 65), "reader", "", false},
		"no name":            {"", "reader", "", false},
		"a name with a sign": {"-a", "reader", "", false},
		"a name with spaces": {"a b", "reader", "", false},
		"no role":            {"a7", "", "", false},
		"an unknown role":    {"a8", "root", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := g.operators.Create(t.Context(), caller.Operator{Name: c.name, Role: caller.Role(c.role)}, c.password)
			if (err == nil) != c.fine || (!c.fine && !fault.Is(err, fault.Invalid)) {
				t.Fatalf("got %v", err)
			}
			if c.password != "" && err != nil && strings.Contains(err.Error(), c.password) {
				t.Error("the error shows the password")
			}
			if c.fine && c.password != "" {
				_, err := g.operators.CheckPassword(t.Context(), c.name, c.password, "")
				ok(t, err)
			}
		})
	}
}

func TestAPasswordIsTheSameFromAnyKeyboard(t *testing.T) {
	g := open(t)
	_, err := g.operators.Create(t.Context(), caller.Operator{Name: "ann", Role: caller.Reader}, "caf\u00e9 caf\u00e9 caf\u00e9")
	ok(t, err)
	_, err = g.operators.CheckPassword(t.Context(), "ann", "cafe\u0301 cafe\u0301 cafe\u0301", "")
	ok(t, err)
}

func TestABearerTokenEndsAtItsTime(t *testing.T) {
	g := open(t)
	g.operator(t, "ann", caller.Worker)
	for lasts, fine := range map[time.Duration]bool{0: false, -1: false, 1: true, caller.MaxOperatorToken: true, caller.MaxOperatorToken + 1: false} {
		_, _, err := g.operators.CreateToken(t.Context(), "ann", "root", lasts)
		if (err == nil) != fine || (!fine && !fault.Is(err, fault.Invalid)) {
			t.Errorf("%v: %v", lasts, err)
		}
	}
	token, text, err := g.operators.CreateToken(t.Context(), "ann", "root", time.Hour)
	ok(t, err)
	g.now = g.now.Add(time.Hour - time.Millisecond)
	o, err := g.operators.CheckToken(t.Context(), text)
	ok(t, err)
	if o.Name != "ann" || o.Role != caller.Worker {
		t.Errorf("%+v", o)
	}
	g.now = g.now.Add(time.Millisecond)
	_, err = g.operators.CheckToken(t.Context(), text)
	is(t, err, fault.Unauthenticated)
	is(t, g.operators.RevokeToken(t.Context(), "bob", token.ID), fault.NotFound)
	ok(t, g.operators.RevokeToken(t.Context(), "ann", token.ID))
	all, err := g.operators.Tokens(t.Context(), "ann")
	ok(t, err)
	if len(all) != 2 {
		t.Errorf("%+v", all)
	}
}

func TestAMadePasswordWillDo(t *testing.T) {
	g := open(t)
	made := caller.NewPassword()
	_, err := g.operators.Create(t.Context(), caller.Operator{Name: "ann", Role: caller.Admin}, made)
	ok(t, err)
	if made == caller.NewPassword() {
		t.Error("twice the same")
	}
}
