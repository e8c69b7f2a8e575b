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
	"time"

	"github.com/spf13/cobra"

	"rollcall/config"
	"rollcall/door/opsdoor"
	"rollcall/fault"
	"rollcall/identitycenter"
	"rollcall/telemetry"
	"rollcall/work"
)

// defaultListen is where a server listens unless it is told otherwise.
const defaultListen = "127.0.0.1:8480"

// sendTracesTime is how long a server that ends waits for its last traces to be
// sent.
const sendTracesTime = 5 * time.Second

type serve struct {
	listen
	emulation
	region         string
	env            string
	organization   string
	ephemeral      bool
	anyCredentials bool
	noWork         bool
	logFormat      string
	accessLog      string
}

func newServe(a *app) *cobra.Command {
	var o serve
	c := &cobra.Command{
		Use: "serve", Short: "Serve the embedded Identity Center to AWS's own clients and over SCIM",
		Long: `Serves every embedded directory of the configuration: to AWS's CLI and SDKs (Identity Store,
sso-admin, Organizations and STS, signatures checked) and to SCIM clients. It runs until it is
interrupted, and then finishes the calls in flight. Other commands may work on the same state
meanwhile.

It runs the configured syncs when they are due (syncs.NAME.schedule), and those that somebody asks
for: rollcall schedule. It also carries out what is due about people who leave: rollcall flow. Any
number of replicas may share one state; each sync and each flow is run by one of them, and what one
leaves undone another goes on with. --no-work leaves that to the others.

A configuration without an embedded directory serves everything but AWS's API and SCIM: rollcall
openapi writes what there is.

Who may come in: rollcall access-key create, rollcall token create. The address is printed once the
server is ready; --env then writes a file to be sourced by a shell, with everything a client needs.
Over a state that is kept, a secret that was shown before is not shown again: the file says how to
make another.

With --ephemeral there is one directory, in a temporary folder that is removed at the end, with an
access key, a SCIM token and an operator of its own. Its accounts are those of --organization, a file
with what rollcall.yaml has under organization; without one there is a management account alone.

--behave changes how it answers where AWS is not clear, or is not what a client wants:

` + behaviourTable(),
		Example: "  rollcall serve\n  rollcall serve --ephemeral --listen 127.0.0.1:0 --env .env\n" +
			"  rollcall serve --quotas aws --faults faults.yaml --assignment-delay 5s\n  rollcall serve --behave idempotent-deletes,trait-statuses",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runServe(cmd.Context(), a, o) },
	}
	f := c.Flags()
	f.StringVar(&o.address, "listen", defaultListen, "`address` to listen on; port 0 picks a free one")
	f.StringVar(&o.cert, "tls-cert", "", "certificate `file` (PEM, with its chain); needs --tls-key")
	f.StringVar(&o.key, "tls-key", "", "private key `file` of the certificate")
	f.BoolVar(&o.plain, "allow-plain-http", false, "listen beyond this machine without TLS, behind a proxy that has it")
	f.BoolVar(&o.ephemeral, "ephemeral", false, "keep everything in a temporary folder, removed at the end")
	f.StringVar(&o.env, "env", "", "once ready, write a `file` that a shell can source, for its owner alone")
	f.StringVar(&o.region, "region", "", "the only `region` that requests may be signed for; any if left out")
	f.StringVar(&o.organization, "organization", "", "`file` with the accounts of --ephemeral")
	o.emulation.flags(f)
	f.BoolVar(&o.noWork, "no-work", false, "run no syncs and no flows here, whatever is due")
	f.StringVar(&o.logFormat, "log-format", logText, "`form` of the log on stderr: text, or json for JSON Lines")
	f.StringVar(&o.accessLog, "access-log", "", "add a line of JSON for every request to a `file`")
	f.BoolVar(&o.anyCredentials, "accept-any-credentials", false, "look at no AWS signature; for throw-away tests, on this machine only")
	return c
}

func runServe(ctx context.Context, a *app, o serve) (err error) {
	served, err := o.options()
	if err != nil {
		return err
	}
	settings, err := o.settings()
	if err != nil {
		return err
	}
	if err := o.envFits(); err != nil {
		return err
	}
	if o.ephemeral {
		remove, err := a.makeEphemeral()
		if err != nil {
			return err
		}
		defer remove()
	}
	log, err := newLog(a.err, o.logFormat)
	if err != nil {
		return err
	}
	if o.logFormat == logJSON {
		a.err = &logLines{log: log}
	}
	at, err := o.open(ctx, o.anyCredentials)
	if err != nil {
		return err
	}
	defer at.Close()
	h, err := a.openOr(ctx, settings)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	collectGarbageAt(roomyGC)
	version := readVersion().Version
	a.metrics = telemetry.NewMetrics(version)
	if a.tracing, err = telemetry.StartTracing(ctx, version); err != nil {
		return err
	}
	defer func() {
		sending, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTracesTime)
		defer cancel()
		err = errors.Join(err, a.tracing.Stop(sending))
	}()
	service, err := h.service(log)
	if err != nil {
		return err
	}
	access, err := o.openAccessLog()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, access.Close()) }()
	handler, err := o.handler(ctx, h, served, service, log, access)
	if err != nil {
		return err
	}
	if !o.noWork && !o.ephemeral {
		stop, err := h.startWork(ctx, service)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, stop()) }()
		deaf, err := h.startHearing(ctx, service, log)
		if err != nil {
			return err
		}
		defer deaf()
	}
	if h.config.Approvals.ByService() {
		defer h.startApproved(ctx, log)()
	}
	forget, err := o.forgetEnv(a)
	if err != nil {
		return err
	}
	defer forget()
	return at.run(ctx, a, handler, func() error { return o.ready(ctx, h, at.url()) })
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

// settings are those of an ephemeral server; nil is what is configured.
func (o serve) settings() (*config.Config, error) {
	if !o.ephemeral {
		if o.organization != "" {
			return nil, usage("--organization belongs to --ephemeral; a directory that is kept has its accounts in the configuration (directories.NAME.organization)")
		}
		return nil, nil
	}
	c := config.Default()
	local := c.Directories[config.LocalDirectory]
	local.Region = o.region
	if o.organization != "" {
		var err error
		if local.Organization, err = config.LoadOrganization(o.organization); err != nil {
			return nil, configError{err}
		}
	}
	c.Directories[config.LocalDirectory] = local
	return c, nil
}

// openOr opens the state with these settings, or with what is configured if
// they are nil.
func (a *app) openOr(ctx context.Context, settings *config.Config) (*house, error) {
	if settings == nil {
		return a.open(ctx)
	}
	return a.openWith(ctx, settings)
}

// handler is everything that is served, every embedded directory opened.
func (o serve) handler(ctx context.Context, h *house, served identitycenter.Options, service *work.Service, log *slog.Logger, access accessLog) (http.Handler, error) {
	embedded := h.embedded()
	if len(embedded) > 0 && !slices.Contains(embedded, h.directoryName("")) {
		h.app.directory = embedded[0]
	}
	for _, name := range embedded {
		if _, err := h.directory(ctx, name); err != nil {
			return nil, err
		}
	}
	var databases []*identitycenter.Database
	for _, url := range slices.Sorted(maps.Keys(h.centers)) {
		databases = append(databases, h.centers[url])
	}
	options := opsdoor.Options{Operators: h.operators(), Log: log, AccessLog: access.Writer, Numbers: h.writeNumbers, Ready: func(ctx context.Context) error {
		for _, c := range databases {
			if _, err := c.Stores(ctx); err != nil {
				return err
			}
		}
		return nil
	}, Stale: func(ctx context.Context) error { return stale(ctx, service) }}
	center := http.NotFoundHandler()
	switch {
	case len(databases) > 0:
		is, err := h.instance(ctx)
		if err != nil {
			return nil, err
		}
		served.Databases, served.Region, served.Account, served.AnyCredentials, served.Log = databases, o.region, is.Owner, o.anyCredentials, log
		c, err := identitycenter.New(served)
		if err != nil {
			return nil, err
		}
		center, options.Faults = c, c
	case o.noWork:
		return nil, usage("the configuration has no embedded directory to serve, and --no-work leaves the rest to others; add one of kind embedded, or try --ephemeral")
	case o.env != "":
		return nil, usage("--env is for clients of an embedded directory, and the configuration has none")
	}
	var err error
	if options.Document, err = describeServer("/", len(databases) > 0); err != nil {
		return nil, err
	}
	ops := opsdoor.New(options)
	mux := http.NewServeMux()
	ops.Mount(mux)
	h.openicf(ctx, mux, log)
	h.approvalPages(mux, log)
	h.xsoar(mux, log)
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
	if embedded := h.embedded(); len(embedded) > 0 {
		say(h.app.err, "Serving %s to AWS clients, and over SCIM. Ctrl-C stops it.", strings.Join(embedded, ", "))
	} else {
		say(h.app.err, "Running syncs and what is due about people. Ctrl-C stops it.")
	}
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
