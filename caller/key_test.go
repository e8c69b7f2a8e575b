package caller_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"rollcall/awsjson/sigv4"
	"rollcall/caller"
	"rollcall/fault"
)

var policy = sigv4.Policy{Region: "us-east-1"}

func (g *gate) key(t testing.TB, k caller.Key) (caller.Key, sigv4.Credentials) {
	t.Helper()
	if k.Name == "" {
		k.Name = "ci"
	}
	k.Account, k.Role, k.CreatedBy = "111122223333", "Deploy", "ann"
	made, secret, err := g.keys.Create(t.Context(), k)
	ok(t, err)
	return made, sigv4.Credentials{AccessKey: made.ID, Secret: secret}
}

// come signs a request now and has it checked.
func (g *gate) come(t testing.TB, c sigv4.Credentials) (caller.Caller, error) {
	t.Helper()
	return g.keys.Verify(t.Context(), g.claim(t, c), []byte("{}"), policy)
}

func (g *gate) claim(t testing.TB, c sigv4.Credentials) *sigv4.Claim {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost/", nil)
	ok(t, err)
	sigv4.Sign(r, []byte("{}"), c, "us-east-1", "identitystore", g.now)
	claim, err := sigv4.Read(r)
	ok(t, err)
	return claim
}

// refused checks that nobody was let in, and in which of AWS's words.
func refused(t testing.TB, err error, code string) {
	t.Helper()
	r, found := errors.AsType[*sigv4.Refusal](err)
	if !fault.Is(err, fault.Unauthenticated) || !found || r.Code != code {
		t.Fatalf("got %v, want %s", err, code)
	}
}

func TestAKeyLetsItsHolderIn(t *testing.T) {
	g := open(t)
	key, credentials := g.key(t, caller.Key{})
	if !strings.HasPrefix(key.ID, "AKIA") || len(key.ID) != 20 || len(credentials.Secret) != 40 {
		t.Errorf("%s with a secret of %d characters", key.ID, len(credentials.Secret))
	}
	c, err := g.come(t, credentials)
	ok(t, err)
	if c.ARN() != "arn:aws:sts::111122223333:assumed-role/Deploy/ci" || !strings.HasPrefix(c.UserID(), "AROA") || !strings.HasSuffix(c.UserID(), ":ci") {
		t.Errorf("%s, %s", c.ARN(), c.UserID())
	}
	if c.IsSession() || c.Actor().Name != "Deploy/ci" {
		t.Errorf("%+v", c)
	}
}

func TestWhoCannotProveItStaysOut(t *testing.T) {
	g := open(t)
	key, credentials := g.key(t, caller.Key{})
	for name, c := range map[string]struct {
		change func(*sigv4.Credentials)
		code   string
	}{
		"another secret":        {func(c *sigv4.Credentials) { c.Secret = strings.Repeat("x", 40) }, sigv4.CodeInvalid},
		"an unknown key":        {func(c *sigv4.Credentials) { c.AccessKey = "AKIA" + strings.Repeat("Q", 16) }, sigv4.CodeUnknown},
		"no key at all":         {func(c *sigv4.Credentials) { c.AccessKey = "test" }, sigv4.CodeUnknown},
		"a session never begun": {func(c *sigv4.Credentials) { c.AccessKey = "ASIA" + strings.Repeat("Q", 16) }, sigv4.CodeUnknown},
		"a token with a key":    {func(c *sigv4.Credentials) { c.SessionToken = "x" }, sigv4.CodeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			bad := credentials
			c.change(&bad)
			_, err := g.come(t, bad)
			refused(t, err, c.code)
		})
	}
	t.Run("another body", func(t *testing.T) {
		_, err := g.keys.Verify(t.Context(), g.claim(t, credentials), []byte("{ }"), policy)
		refused(t, err, sigv4.CodeInvalid)
	})
	t.Run("disabled", func(t *testing.T) {
		ok(t, g.keys.Disable(t.Context(), key.ID))
		_, err := g.come(t, credentials)
		refused(t, err, sigv4.CodeUnknown)
		ok(t, g.keys.Enable(t.Context(), key.ID))
		_, err = g.come(t, credentials)
		ok(t, err)
	})
	t.Run("deleted", func(t *testing.T) {
		ok(t, g.keys.Delete(t.Context(), key.ID))
		_, err := g.come(t, credentials)
		refused(t, err, sigv4.CodeUnknown)
	})
}

func TestAReadOnlyKeyReads(t *testing.T) {
	g := open(t)
	_, credentials := g.key(t, caller.Key{ReadOnly: true})
	c, err := g.come(t, credentials)
	ok(t, err)
	for operation, fine := range map[string]bool{
		"DescribeUser": true, "ListUsers": true, "GetUserId": true, "IsMemberInGroups": true, "GetCallerIdentity": true, "AssumeRole": true,
		"CreateUser": false, "UpdateIdentityStore": false, "DeleteGroupMembership": false, "ProvisionPermissionSet": false,
		"PutInlinePolicyToPermissionSet": false, "TagResource": false, "AttachManagedPolicyToPermissionSet": false, "": false,
	} {
		if err := c.May(operation); (err == nil) != fine || (!fine && !fault.Is(err, fault.Denied)) {
			t.Errorf("%s: %v", operation, err)
		}
	}
	s, err := g.keys.AssumeRole(c, assume(time.Hour))
	ok(t, err)
	if !s.ReadOnly || s.May("CreateUser") == nil {
		t.Error("its session may write")
	}
}

func TestKeysThatCannotBe(t *testing.T) {
	g := open(t)
	good := caller.Key{Name: "ab", Account: "111122223333", Role: "r"}
	for name, change := range map[string]func(*caller.Key){
		"a name of one":         func(k *caller.Key) { k.Name = "a" },
		"a name of 65":          func(k *caller.Key) { k.Name = strings.Repeat("a", 65) },
		"a name with a slash":   func(k *caller.Key) { k.Name = "a/b" },
		"an account of 11":      func(k *caller.Key) { k.Account = "11112222333" },
		"an account of letters": func(k *caller.Key) { k.Account = "11112222333x" },
		"no role":               func(k *caller.Key) { k.Role = "" },
		"a role of 65":          func(k *caller.Key) { k.Role = strings.Repeat("r", 65) },
	} {
		t.Run(name, func(t *testing.T) {
			k := good
			change(&k)
			_, _, err := g.keys.Create(t.Context(), k)
			is(t, err, fault.Invalid)
		})
	}
	good.Name, good.Role = strings.Repeat("a", 64), strings.Repeat("r", 64)
	_, _, err := g.keys.Create(t.Context(), good)
	ok(t, err)
}

func TestLastUseIsKeptToTheMinute(t *testing.T) {
	g := open(t)
	key, credentials := g.key(t, caller.Key{})
	used := func() time.Time {
		_, err := g.come(t, credentials)
		ok(t, err)
		k, err := g.keys.Key(t.Context(), key.ID)
		ok(t, err)
		return k.LastUsedAt
	}
	first := g.now
	if at := used(); !at.Equal(first) {
		t.Errorf("first %v", at)
	}
	g.now = first.Add(time.Minute - time.Second)
	if at := used(); !at.Equal(first) {
		t.Errorf("within the minute: %v", at)
	}
	g.now = first.Add(time.Minute)
	if at := used(); !at.Equal(g.now) {
		t.Errorf("after it: %v", at)
	}
}

func TestASecretIsSealedForItsKey(t *testing.T) {
	g := open(t)
	_, credentials := g.key(t, caller.Key{})
	other := open(t)
	if _, err := other.come(t, credentials); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("in another installation: %v", err)
	}
}
