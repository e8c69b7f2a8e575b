package cli

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rollcall/config"
	"rollcall/door/opsdoor"
	"rollcall/emulate"
	"rollcall/fault"
	"rollcall/identitycenter"
)

type serve struct {
	listen
	region         string
	quotas         string
	faults         string
	env            string
	ephemeral      bool
	anyCredentials bool
}

func newServe(a *app) *cobra.Command {
	var o serve
	c := &cobra.Command{
		Use: "serve", Short: "Serve the embedded Identity Center to AWS's own clients and over SCIM",
		Long: `Serves every embedded directory of the configuration: to AWS's CLI and SDKs (the Identity
Store, signatures checked) and to SCIM clients. It runs until it is interrupted, and then finishes
the calls in flight. Other commands may work on the same state meanwhile.

Who may come in: rollcall access-key create, rollcall token create. The address is printed once the
server is ready; --env then writes a file to be sourced by a shell, with everything a client needs.
Over a state that is kept, a secret that was shown before is not shown again: the file says how to
make another.

With --ephemeral there is one directory, in a temporary folder that is removed at the end, with an
access key, a SCIM token and an operator of its own.`,
		Example: "  rollcall serve\n  rollcall serve --ephemeral --listen 127.0.0.1:0 --env .env\n  rollcall serve --quotas aws --faults faults.yaml",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runServe(cmd.Context(), a, o) },
	}
	f := c.Flags()
	f.StringVar(&o.address, "listen", "127.0.0.1:8480", "`address` to listen on; port 0 picks a free one")
	f.StringVar(&o.cert, "tls-cert", "", "certificate `file` (PEM, with its chain); needs --tls-key")
	f.StringVar(&o.key, "tls-key", "", "private key `file` of the certificate")
	f.BoolVar(&o.plain, "allow-plain-http", false, "listen beyond this machine without TLS, behind a proxy that has it")
	f.BoolVar(&o.ephemeral, "ephemeral", false, "keep everything in a temporary folder, removed at the end")
	f.StringVar(&o.env, "env", "", "once ready, write a `file` that a shell can source, for its owner alone")
	f.StringVar(&o.region, "region", "", "the only `region` that requests may be signed for; any if left out")
	f.StringVar(&o.quotas, "quotas", "none", "whose rates and quotas hold: none or aws")
	f.StringVar(&o.faults, "faults", "", "`file` that says what goes wrong (docs/faults.md)")
	f.BoolVar(&o.anyCredentials, "accept-any-credentials", false, "look at no AWS signature; for throw-away tests, on this machine only")
	return c
}

func runServe(ctx context.Context, a *app, o serve) (err error) {
	emulated, err := o.emulated()
	if err != nil {
		return err
	}
	if o.ephemeral {
		remove, err := a.makeEphemeral()
		if err != nil {
			return err
		}
		defer remove()
	}
	at, err := o.open(ctx, o.anyCredentials)
	if err != nil {
		return err
	}
	defer at.Close()
	h, err := o.house(ctx, a)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	handler, err := o.handler(ctx, h, emulated)
	if err != nil {
		return err
	}
	forget, err := o.forgetEnv(a)
	if err != nil {
		return err
	}
	defer forget()
	return at.run(ctx, a, handler, func() error { return o.ready(ctx, h, at.url()) })
}

// emulated is what --quotas and --faults ask for.
func (o serve) emulated() (emulate.Options, error) {
	var e emulate.Options
	switch o.quotas {
	case "aws":
		e = emulate.AWS()
	case "none":
	default:
		return e, usage("--quotas is none or aws, not %q", o.quotas)
	}
	if o.faults == "" {
		return e, nil
	}
	var err error
	if e.Faults, err = emulate.LoadFaults(o.faults); err != nil {
		return e, configError{err}
	}
	return e, nil
}

// makeEphemeral gives the command a state of its own, and returns what removes
// it.
func (a *app) makeEphemeral() (remove func(), err error) {
	for name, given := range map[string]bool{"--state": a.state != defaultState, "--config": a.configFile != "", "--directory": a.directory != ""} {
		if given {
			return nil, usage("--ephemeral has a state and a directory of its own; leave out %s", name)
		}
	}
	folder, err := os.MkdirTemp("", "rollcall-ephemeral-")
	if err != nil {
		return nil, fault.New(fault.Denied, "make temporary folder", os.TempDir(), err)
	}
	a.state = folder
	return func() {
		if err := os.RemoveAll(folder); err != nil {
			say(a.err, "The temporary folder %s is still there: %s", folder, err)
		}
	}, nil
}

// house opens the state; an ephemeral one has nothing configured.
func (o serve) house(ctx context.Context, a *app) (*house, error) {
	if o.ephemeral {
		return a.openWith(ctx, config.Default())
	}
	return a.open(ctx)
}

// handler is everything that is served, every embedded directory opened.
func (o serve) handler(ctx context.Context, h *house, emulated emulate.Options) (http.Handler, error) {
	log := slog.New(slog.NewTextHandler(h.app.err, nil))
	for _, name := range slices.Sorted(maps.Keys(h.config.Directories)) {
		if _, err := h.directory(ctx, name); err != nil {
			return nil, err
		}
	}
	var databases []*identitycenter.Database
	for _, url := range slices.Sorted(maps.Keys(h.centers)) {
		c := h.centers[url]
		databases = append(databases, &identitycenter.Database{Center: c.Center, Keys: c.keys, Tokens: c.tokens})
	}
	center, err := identitycenter.New(identitycenter.Options{
		Databases: databases, Emulate: emulated, Region: o.region, AnyCredentials: o.anyCredentials, Log: log,
	})
	if err != nil {
		return nil, err
	}
	ops := opsdoor.New(opsdoor.Options{Operators: h.operators(), Log: log, Ready: func(ctx context.Context) error {
		for _, c := range databases {
			if _, err := c.Stores(ctx); err != nil {
				return err
			}
		}
		return nil
	}})
	mux := http.NewServeMux()
	ops.Mount(mux)
	return ops.Count(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Not below the mux, which would redirect the doubled slashes of SCIM clients.
		if _, pattern := mux.Handler(r); pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		center.ServeHTTP(w, r)
	})), nil
}

// ready tells whoever waits for the server that it is.
func (o serve) ready(ctx context.Context, h *house, url string) error {
	if o.anyCredentials {
		say(h.app.err, "Warning: any credentials are accepted. Whoever can reach %s may change everything in it.", url)
	}
	say(h.app.err, "Serving %s to AWS clients, and over SCIM. Ctrl-C stops it.", names(h.config.Directories))
	if o.env != "" {
		if err := o.writeEnv(ctx, h, url); err != nil {
			return err
		}
		say(h.app.err, "For a client: . %s", shellPath(o.env))
	}
	say(h.app.out, "%s", url)
	return nil
}

// shellPath is a file as the shell's dot finds it.
func shellPath(file string) string {
	if strings.Contains(file, "/") {
		return quoted(file)
	}
	return quoted("./" + file)
}
