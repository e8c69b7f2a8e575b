package caller_test

import (
	"testing"

	"rollcall/caller"
)

// Whoever proves who they are is noted, whichever door they came to; nobody else
// is.
func TestWhoeverProvesWhoTheyAreIsNoted(t *testing.T) {
	g := open(t)
	g.operator(t, "ann", caller.Reader)
	_, token, err := g.operators.CreateToken(t.Context(), "ann", "test", caller.MaxOperatorToken)
	ok(t, err)
	for name, c := range map[string]struct{ password, token, want string }{
		"by password": {password: password, want: "ann"}, "by token": {token: token, want: "ann"},
		"with a wrong password": {password: password + "x"}, "with a wrong token": {token: token + "x"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, asked := caller.WithAsked(t.Context())
			if c.token != "" {
				_, err = g.operators.CheckToken(ctx, c.token)
			} else {
				_, err = g.operators.CheckPassword(ctx, "ann", c.password, "")
			}
			if asked.By != c.want || (err == nil) != (c.want != "") {
				t.Errorf("noted %q, %v", asked.By, err)
			}
		})
	}
}
