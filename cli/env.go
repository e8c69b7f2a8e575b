package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"rollcall/caller"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identitycenter"
)

// envFile is a file to be sourced by a shell.
type envFile struct{ text strings.Builder }

// set adds a variable.
func (e *envFile) set(name, value string) {
	fmt.Fprintf(&e.text, "export %s=%s\n", name, quoted(value))
}

// note adds a line for people.
func (e *envFile) note(format string, args ...any) { fmt.Fprintf(&e.text, "# "+format+"\n", args...) }

// quoted is a text as a shell reads it, whatever is in it.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// typed is a name as people type it in a command that is shown to them: quoted
// only where a shell would read it as something else.
func typed(name string) string {
	plain := func(r rune) bool {
		return r == '-' || r == '_' || r == '.' || r == '@' || r == '/' || r == ':' || r == '+' || r == '=' || unicode.IsLetter(r) || unicode.IsDigit(r)
	}
	if name != "" && strings.IndexFunc(name, func(r rune) bool { return !plain(r) }) < 0 {
		return name
	}
	return quoted(name)
}

// write puts the file there whole or not at all, for its owner alone.
func (e *envFile) write(file string) error {
	failed := func(err error) error { return fault.New(fault.Denied, "write environment", file, err) }
	part, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*") // mode 0600
	if err != nil {
		return failed(err)
	}
	defer os.Remove(part.Name()) // there no more once it is renamed
	if _, err := part.WriteString(e.text.String()); err != nil {
		return failed(err)
	}
	if err := part.Close(); err != nil {
		return failed(err)
	}
	if err := os.Rename(part.Name(), file); err != nil {
		return failed(err)
	}
	return nil
}

// writeEnv writes what a client needs to know of a server that is ready. What
// is missing of key, token and operator is made; what is there already was
// shown when it was made.
func (o serve) writeEnv(ctx context.Context, h *house, url string) error {
	ctx = h.app.acting(ctx)
	d, err := h.directory(ctx, "")
	if err != nil {
		return err
	}
	store, err := d.Store(ctx)
	if err != nil {
		return err
	}
	c, err := h.callers(ctx)
	if err != nil {
		return err
	}
	e := new(envFile)
	is, err := h.instance(ctx)
	if err != nil {
		return err
	}
	region := o.region
	if region == "" {
		region = identitycenter.Primary(is)
	}
	e.set("ROLLCALL_URL", url)
	e.set("AWS_ENDPOINT_URL", url)
	e.set("AWS_REGION", region)
	e.set("AWS_DEFAULT_REGION", region) // what botocore reads
	e.set("ROLLCALL_IDENTITY_STORE_ID", string(store.ID))
	e.set("ROLLCALL_INSTANCE_ARN", store.Instance)
	for _, add := range []func() error{
		func() error { return h.envKey(ctx, e, c, is.Owner) },
		func() error { return h.envToken(ctx, e, c, store, url) },
		func() error { return h.envOperator(ctx, e) },
	} {
		if err := add(); err != nil {
			return err
		}
	}
	return e.write(o.env)
}

// envFits refuses an environment file that could not be written, before
// anything is made whose secret it would have shown.
func (o serve) envFits() error {
	if o.env == "" {
		return nil
	}
	folder := filepath.Dir(o.env)
	if at, err := os.Stat(folder); err != nil || !at.IsDir() {
		return usage("--env %s: there is no folder %s; make it first", o.env, folder)
	}
	if at, err := os.Stat(o.env); err == nil && at.IsDir() {
		return usage("--env %s is a folder; want a file in it", o.env)
	}
	return nil
}

// forgetEnv removes the file of a server before this one, since whoever waits
// for the file takes it for a sign that the server is ready. At the end, forget
// removes that of an ephemeral server: nothing in it is of use any more.
func (o serve) forgetEnv(a *app) (forget func(), err error) {
	remove := func() error {
		if err := os.Remove(o.env); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fault.New(fault.Denied, "remove environment", o.env, err)
		}
		return nil
	}
	if o.env == "" {
		return func() {}, nil
	}
	return func() {
		if !o.ephemeral {
			return
		}
		if err := remove(); err != nil {
			say(a.err, "%s", err)
		}
	}, remove()
}

func (h *house) envKey(ctx context.Context, e *envFile, c *identitycenter.Database, owner string) error {
	keys, err := c.Keys.List(ctx)
	if err != nil {
		return err
	}
	if len(keys) > 0 {
		e.note("AWS_ACCESS_KEY_ID: there is an access key, and its secret is not shown again; another: rollcall access-key create")
		return nil
	}
	k, secret, err := c.Keys.Create(ctx, caller.Key{
		Name: "serve", Account: owner, Role: caller.DefaultRole, CreatedBy: h.app.actor().Name,
	})
	if err != nil {
		return err
	}
	e.set("AWS_ACCESS_KEY_ID", k.ID)
	e.set("AWS_SECRET_ACCESS_KEY", secret)
	// A session's token would spoil every signature, and a profile would win
	// over the key: the SDK for JavaScript asks it first.
	e.text.WriteString("unset AWS_SESSION_TOKEN AWS_PROFILE\n")
	return nil
}

func (h *house) envToken(ctx context.Context, e *envFile, c *identitycenter.Database, store directory.Store, url string) error {
	tokens, err := c.Tokens.List(ctx, store.ID)
	if err != nil {
		return err
	}
	text := ""
	if len(tokens) == 0 {
		if _, text, err = c.Tokens.Create(ctx, store.ID, h.app.actor().Name); err != nil {
			return err
		}
	}
	tenant, err := c.Tokens.Tenant(ctx, store.ID)
	if err != nil {
		return err
	}
	e.set("ROLLCALL_SCIM_URL", url+"/"+tenant+"/scim/v2/")
	if text == "" {
		another := "another: rollcall token create"
		if len(tokens) == caller.MaxTokens {
			another = "another, once one of the two is revoked (rollcall token list, rollcall token revoke ID): rollcall token create"
		}
		e.note("ROLLCALL_SCIM_TOKEN: there is a token, and it is not shown again; %s", another)
		return nil
	}
	e.set("ROLLCALL_SCIM_TOKEN", text)
	return nil
}

func (h *house) envOperator(ctx context.Context, e *envFile) error {
	operators, err := h.operators().List(ctx)
	if err != nil {
		return err
	}
	if len(operators) > 0 {
		e.note("ROLLCALL_OPERATOR: there are operators (rollcall operator list), and no password is shown again; a new one: rollcall operator passwd NAME")
		return nil
	}
	password := caller.NewPassword()
	o, err := h.operators().Create(ctx, caller.Operator{Name: "admin", Role: caller.Admin, CreatedBy: h.app.actor().Name}, password)
	if err != nil {
		return err
	}
	e.set("ROLLCALL_OPERATOR", o.Name)
	e.set("ROLLCALL_PASSWORD", password)
	return nil
}
