package cli

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"rollcall/config"
	"rollcall/connector"
	"rollcall/directory"
	"rollcall/door/icfdoor"
	"rollcall/fault"
	"rollcall/icf"
	"rollcall/javascript"
)

// connectors are the instances that the OpenICF door answers for: those of the
// configuration, and those that clients have made.
type connectors struct {
	house *house
	kept  *connector.Store

	open map[string]openConnector // under the house's lock
}

// openConnector is a connector whose directory could be opened, and what it was
// made from.
type openConnector struct {
	made      string
	connector *icfdoor.Connector
}

// openicf mounts the OpenICF door.
func (h *house) openicf(ctx context.Context, mux *http.ServeMux, log *slog.Logger) {
	c := &connectors{house: h, kept: connector.New(h.state, h.keys), open: map[string]openConnector{}}
	icfdoor.New(icfdoor.Options{
		Operators: h.operators(), Connectors: c, Configs: keptConnectors{c}, Tokens: keptConnectors{c},
		Recons: newRecons(ctx, h), Scripts: javascript.New(javascript.DefaultLimits()), Log: log,
	}).Mount(mux)
}

// Names lists all connectors, sorted.
func (c *connectors) Names(ctx context.Context) ([]string, error) {
	names, err := c.kept.Names(ctx)
	if err != nil {
		return nil, err
	}
	names = slices.AppendSeq(names, maps.Keys(c.house.config.Connectors))
	slices.Sort(names)
	return slices.Compact(names), nil
}

// Connector returns one. Its directory is opened when it is first asked for; one
// that could not be opened is tried again by the next request.
func (c *connectors) Connector(ctx context.Context, name string) (*icfdoor.Connector, error) {
	c.house.opening.Lock()
	defer c.house.opening.Unlock()
	if k, configured := c.house.config.Connectors[name]; configured {
		return c.configured(ctx, name, k)
	}
	kept, err := c.kept.Config(ctx, name)
	if err != nil {
		return nil, err
	}
	made := fmt.Sprint(kept)
	if known := c.open[name]; known.connector != nil && known.made == made {
		return known.connector, nil
	}
	one, err := c.fromClient(ctx, name, kept)
	if err == nil && one.Broken == nil {
		c.open[name] = openConnector{made, one}
	}
	return one, err
}

// configured is a connector of the configuration file.
func (c *connectors) configured(ctx context.Context, name string, k config.Connector) (*icfdoor.Connector, error) {
	if known := c.open[name]; known.connector != nil {
		return known.connector, nil
	}
	d := c.house.config.Directories[k.Directory]
	one := &icfdoor.Connector{
		Name: name, DisplayName: k.DisplayName, Strict: k.Strict, LenientPaths: k.LenientPaths, LiveSync: !k.NoLiveSync,
		WriteExternalIDs: k.WriteExternalIDs, Style: icf.Style{SingleObjects: k.SingleValueStyle == "object", NoRevision: k.NoRevisions},
		Properties: map[string]any{icf.PropertyDirectory: k.Directory, "region": d.Region, "identityStoreId": string(d.Store)},
	}
	for _, id := range slices.Sorted(maps.Keys(k.Scripts)) {
		s := k.Scripts[id]
		a := icfdoor.Action{Source: s.Source, Builtin: s.Builtin}
		if s.System != "" {
			pattern, err := regexp.Compile(s.System)
			if err != nil {
				return nil, fault.New(fault.Internal, "read configuration", "connector "+name, err)
			}
			a.System = pattern
		}
		one.Scripts = append(one.Scripts, icfdoor.SystemAction{ID: id, Actions: []icfdoor.Action{a}})
	}
	if c.bind(ctx, one, k.Directory); one.Broken == nil {
		c.open[name] = openConnector{connector: one}
	}
	return one, nil
}

// bind opens a connector's directory.
func (c *connectors) bind(ctx context.Context, one *icfdoor.Connector, name string) {
	d, broken := c.house.directory(ctx, name)
	c.use(one, d, broken)
}

// clientDirectory is before the name of the directory that a client's connector
// has made for itself. No configured name holds a colon.
const clientDirectory = "connector:"

// fromClient is the connector that a configuration of a client describes.
func (c *connectors) fromClient(ctx context.Context, name string, kept map[string]any) (*icfdoor.Connector, error) {
	settings, err := c.kept.Settings(name, kept)
	if err != nil {
		return nil, err
	}
	one := &icfdoor.Connector{Name: name, LiveSync: true, Properties: map[string]any{}}
	one.DisplayName, _ = kept["displayName"].(string)
	if enabled, said := kept["enabled"].(bool); said {
		one.Disabled = !enabled
	}
	for _, p := range icf.Properties() {
		if text := settings[p.Name]; text != "" && !p.Confidential {
			one.Properties[p.Name] = text
		}
	}
	if one.Scripts, err = clientScripts(kept["systemActions"]); err != nil {
		return nil, err
	}
	if bound := settings[icf.PropertyDirectory]; bound != "" {
		c.bind(ctx, one, bound)
		return one, nil
	}
	d, broken := c.house.directoryOf(ctx, clientDirectory+name, awsOf(settings))
	c.use(one, d, broken)
	return one, nil
}

// use gives a connector its directory, or why it has none.
func (c *connectors) use(one *icfdoor.Connector, d *directory.Directory, broken error) {
	if broken != nil {
		one.Broken = broken
		return
	}
	one.Desk = c.house.desk(d)
	one.Desk.Executor.Progress = nil
}

// directoryOf opens a real Identity Center that is not in the configuration.
func (h *house) directoryOf(ctx context.Context, name string, settings config.Directory) (*directory.Directory, error) {
	d, err := h.awsDirectory(ctx, name, settings)
	if err != nil {
		return nil, err
	}
	return d, h.bind(ctx, d)
}

// awsOf is the directory that a client's properties describe.
func awsOf(s icf.Settings) config.Directory {
	return config.AWSOf(config.Properties{
		Region: s["region"], Store: s["identityStoreId"], Endpoint: s[icf.PropertyEndpoint],
		AccessKey: s["accessKey"], Secret: s["secretKey"], Role: s["roleArn"], SessionName: s["roleSessionName"], Session: s["sessionExpirationTime"],
		ProxyHost: s["proxyHost"], ProxyPort: s["proxyPort"], ProxyUser: s["proxyUsername"], ProxyPassword: s["proxyPassword"],
		ConnectTimeout: s["connectionTimeout"], Connections: s["maxConnections"], Reads: s["readRateLimit"], Writes: s["writeRateLimit"],
	})
}

// clientScripts reads systemActions: [{scriptId, actions: [{systemType,
// actionType, actionSource}]}].
func clientScripts(v any) ([]icfdoor.SystemAction, error) {
	refused := func(text string) error { return fault.Text(fault.Invalid, "read connector", "systemActions", text) }
	all, _ := v.([]any)
	var scripts []icfdoor.SystemAction
	for _, one := range all {
		o, _ := one.(map[string]any)
		s := icfdoor.SystemAction{}
		if s.ID, _ = o["scriptId"].(string); s.ID == "" {
			return nil, refused("a script has no scriptId")
		}
		actions, _ := o["actions"].([]any)
		for _, each := range actions {
			a, err := clientAction(each, refused)
			if err != nil {
				return nil, err
			}
			s.Actions = append(s.Actions, a)
		}
		scripts = append(scripts, s)
	}
	return scripts, nil
}

func clientAction(v any, refused func(string) error) (a icfdoor.Action, err error) {
	o, _ := v.(map[string]any)
	text := func(name string) string { s, _ := o[name].(string); return s }
	a.Source, a.Builtin = text("actionSource"), text("builtinAction")
	language := strings.ToLower(text("actionType"))
	switch {
	case text("actionFile") != "":
		return a, refused("actionFile names a file of the server; send actionSource")
	case a.Builtin != "" && !slices.Contains(icfdoor.Builtins(), a.Builtin):
		return a, refused("there is no builtinAction of that name; there are " + strings.Join(icfdoor.Builtins(), ", "))
	case a.Builtin == "" && a.Source == "":
		return a, refused("an action has neither actionSource nor builtinAction")
	case a.Builtin == "" && language != "javascript" && language != "text/javascript":
		return a, refused("actionType is JavaScript; no other language runs here")
	}
	if pattern := text("systemType"); pattern != "" {
		if a.System, err = regexp.Compile(pattern); err != nil {
			return a, refused("systemType is not a regular expression")
		}
	}
	return a, nil
}

// keptConnectors keeps the configurations that clients make.
type keptConnectors struct{ *connectors }

func (k keptConnectors) Names(ctx context.Context) ([]string, error) { return k.kept.Names(ctx) }

func (k keptConnectors) Config(ctx context.Context, name string) (map[string]any, error) {
	return k.kept.Config(ctx, name)
}

var connectorName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$`)

// fromFile refuses to change a connector of the configuration file.
func (k keptConnectors) fromFile(name string) error {
	if _, configured := k.house.config.Connectors[name]; configured {
		return fault.Text(fault.Denied, "keep connector", name, "The connector "+name+" is the server's own (rollcall.yaml, connectors), and is not changed from here")
	}
	return nil
}

// Put keeps a configuration that can be read.
func (k keptConnectors) Put(ctx context.Context, name string, config map[string]any) (bool, error) {
	if err := k.fromFile(name); err != nil {
		return false, err
	}
	if !connectorName.MatchString(name) {
		return false, fault.Text(fault.Invalid, "keep connector", "", "A connector's name has letters, digits, - and _, at most 63, and begins with a letter or digit")
	}
	if _, err := k.kept.Settings(name, config); err != nil {
		return false, err
	}
	if _, err := clientScripts(config["systemActions"]); err != nil {
		return false, err
	}
	config["name"] = name
	return k.kept.Put(ctx, name, config)
}

func (k keptConnectors) Delete(ctx context.Context, name string) error {
	if err := k.fromFile(name); err != nil {
		return err
	}
	return k.kept.Delete(ctx, name)
}

// Open returns the connector that a configuration would be, for a test.
func (k keptConnectors) Open(ctx context.Context, name string, config map[string]any) (*icfdoor.Connector, error) {
	k.house.opening.Lock()
	defer k.house.opening.Unlock()
	one, err := k.fromClient(ctx, name, config)
	if err != nil {
		return nil, err
	}
	return one, one.Broken
}

func (k keptConnectors) SyncToken(ctx context.Context, name, objectType string) (t icfdoor.SyncToken, there bool, err error) {
	there, err = k.kept.Seen(ctx, name, objectType, &t)
	return t, there, err
}

func (k keptConnectors) PutSyncToken(ctx context.Context, name, objectType string, t icfdoor.SyncToken) error {
	return k.kept.PutSeen(ctx, name, objectType, t)
}

// settingsOf are a directory's settings: those of the configuration, or what a
// client's connector says of its own.
func (h *house) settingsOf(ctx context.Context, name string) (config.Directory, bool, error) {
	if settings, known := h.config.Directories[name]; known {
		return settings, true, nil
	}
	of, is := strings.CutPrefix(name, clientDirectory)
	if !is {
		return config.Directory{}, false, nil
	}
	kept := connector.New(h.state, h.keys)
	c, err := kept.Config(ctx, of)
	if fault.Is(err, fault.NotFound) {
		return config.Directory{}, false, nil
	}
	if err != nil {
		return config.Directory{}, false, err
	}
	settings, err := kept.Settings(of, c)
	return awsOf(settings), true, err
}
