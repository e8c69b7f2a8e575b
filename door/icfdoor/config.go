package icfdoor

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"rollcall/fault"
	"rollcall/icf"
)

// Configs keeps configurations of connectors that clients make.
type Configs interface {
	// Names lists those that are kept, sorted.
	Names(ctx context.Context) ([]string, error)
	// Config returns one as clients may see it: what is confidential is
	// encrypted. It fails with fault.NotFound.
	Config(ctx context.Context, name string) (map[string]any, error)
	// Put keeps one; created says that there was none. It fails with
	// fault.Invalid for one that cannot be, and with fault.Denied where the
	// name is that of one in the configuration file.
	Put(ctx context.Context, name string, config map[string]any) (created bool, err error)
	// Delete forgets one; fault.NotFound, or fault.Denied as Put.
	Delete(ctx context.Context, name string) error
	// Open returns the connector that a configuration would be.
	Open(ctx context.Context, name string, config map[string]any) (*Connector, error)
}

// provisioners are the paths of connectors' configurations.
const provisioners = "provisioner.openicf/"

func (d *Door) availableConnectors(*request) (*answer, error) {
	return ok(icf.Object{{Name: "connectorRef", Value: []any{icf.AvailableConnector()}}}), nil
}

// wantsThis refuses a configuration of another connector.
func wantsThis(body map[string]any) error {
	ref, there := body["connectorRef"].(map[string]any)
	if !there {
		return badRequest("Missing required property: connectorRef")
	}
	if name, _ := ref["connectorName"].(string); name != icf.ConnectorName {
		return icf.NewError(http.StatusNotFound, "Connector not found: "+name)
	}
	return nil
}

func (d *Door) createCoreConfig(r *request) (*answer, error) {
	body, err := r.object()
	if err != nil {
		return nil, err
	}
	if err := wantsThis(body); err != nil {
		return nil, err
	}
	return ok(icf.CoreConfig()), nil
}

// createFullConfig adds the schema to a core configuration whose properties are
// filled in.
func (d *Door) createFullConfig(r *request) (*answer, error) {
	body, err := r.object()
	if err != nil {
		return nil, err
	}
	if err := wantsThis(body); err != nil {
		return nil, err
	}
	given, _ := body["configurationProperties"].(map[string]any)
	if _, err := icf.ReadProperties(open1(given)); err != nil {
		return nil, err
	}
	full := icf.Object{}
	for _, f := range icf.CoreConfig() {
		if v, said := body[f.Name]; said {
			f.Value = v
		}
		full = append(full, f)
	}
	for _, name := range slices.Sorted(maps.Keys(body)) {
		if _, there := full.Get(name); !there && name != "objectTypes" && name != "operationOptions" {
			full = append(full, icf.Field{Name: name, Value: body[name]})
		}
	}
	full = append(full, icf.Field{Name: "objectTypes", Value: icf.ObjectTypes()}, icf.Field{Name: "operationOptions", Value: icf.OperationOptions()})
	return ok(full), nil
}

// open1 puts a value in the place of what is encrypted, so that the rest can be
// checked.
func open1(given map[string]any) map[string]any {
	all := maps.Clone(given)
	for name, v := range all {
		if o, isObject := v.(map[string]any); isObject && o["$crypto"] != nil {
			all[name] = "encrypted"
		}
	}
	return all
}

// createConfiguration is the older form of all three phases: what is in the
// body says which.
func (d *Door) createConfiguration(r *request) (*answer, error) {
	body, err := r.body()
	if err != nil {
		return nil, err
	}
	phase := d.availableConnectors
	if o, err := icf.ReadBody(body); err == nil && o["connectorRef"] != nil {
		phase = d.createCoreConfig
		if o["configurationProperties"] != nil {
			phase = d.createFullConfig
		}
	}
	r.Body = readAgain(body)
	return phase(r)
}

func (d *Door) testConnectorServers(*request) (*answer, error) {
	return ok(icf.Object{{Name: "openicf", Value: []any{}}}), nil
}

func (d *Door) testConfig(r *request) (*answer, error) {
	if d.Configs == nil {
		return nil, noConfigs()
	}
	body, err := r.object()
	if err != nil {
		return nil, err
	}
	name, _ := body["name"].(string)
	if name == "" {
		return nil, badRequest("Missing required property: name")
	}
	if err := wantsThis(body); err != nil {
		return nil, err
	}
	c, err := d.Configs.Open(r.Context(), name, body)
	if err == nil {
		err = c.test(r.Context())
	}
	if err != nil {
		return ok(icf.Object{{Name: "name", Value: name}, {Name: "error", Value: testError(err)}, {Name: "ok", Value: false}}), nil
	}
	return ok(icf.Object{{Name: "name", Value: name}, {Name: "ok", Value: true}}), nil
}

func noConfigs() error {
	return icf.NewError(http.StatusNotImplemented, "This server keeps no configurations")
}

// configs are the ids of everything under /config.
func (d *Door) configs(ctx context.Context) ([]string, error) {
	names, err := d.Connectors.Names(ctx)
	if err != nil {
		return nil, err
	}
	all := []string{"sync"}
	for _, name := range names {
		all = append(all, provisioners+name)
	}
	return all, nil
}

func (d *Door) listConfigs(r *request) (*answer, error) {
	all, err := d.configs(r.Context())
	if err != nil {
		return nil, err
	}
	list := []any{}
	for _, id := range all {
		pid, factory := id, ""
		if rest, is := strings.CutPrefix(id, provisioners); is {
			pid, factory = "provisioner.openicf."+rest, "provisioner.openicf"
		}
		list = append(list, icf.Object{{Name: icf.AttrID, Value: id}, {Name: "pid", Value: pid}, {Name: "factoryPid", Value: factory}})
	}
	return ok(icf.Object{{Name: "configurations", Value: list}}), nil
}

// queryConfigs takes the filters that clients send: everything, and ids.
func (d *Door) queryConfigs(r *request) (*answer, error) {
	all, err := d.configs(r.Context())
	if err != nil {
		return nil, err
	}
	f := icf.Filter{Op: icf.OpTrue}
	if !r.has("_queryId") {
		text := r.param("_queryFilter") + r.param("_queryExpression")
		if f, err = icf.ParseFilter(text); err != nil {
			return nil, badRequest("The value '%s' for parameter '_queryFilter' could not be parsed as a valid query filter", text)
		}
	}
	list := []any{}
	for _, id := range all {
		if !f.Matches(icf.Object{{Name: icf.AttrID, Value: id}}) {
			continue
		}
		one, err := d.config(r.Context(), id)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return ok(icf.Object{
		{Name: "result", Value: list},
		{Name: "resultCount", Value: json.Number(fmt.Sprint(len(list)))},
		{Name: "pagedResultsCookie", Value: nil},
		{Name: "totalPagedResultsPolicy", Value: "NONE"},
		{Name: "totalPagedResults", Value: json.Number("-1")},
		{Name: "remainingPagedResults", Value: json.Number("-1")},
	}), nil
}

func (d *Door) readConfig(r *request) (*answer, error) {
	one, err := d.config(r.Context(), r.id)
	if err != nil {
		return nil, err
	}
	return ok(one), nil
}

func (d *Door) config(ctx context.Context, id string) (any, error) {
	if id == "sync" {
		names, err := d.Connectors.Names(ctx)
		if err != nil {
			return nil, err
		}
		mappings := []any{}
		for _, name := range names {
			for _, m := range icf.Mappings(name) {
				mappings = append(mappings, m)
			}
		}
		return icf.Object{{Name: icf.AttrID, Value: id}, {Name: "mappings", Value: mappings}}, nil
	}
	name, is := strings.CutPrefix(id, provisioners)
	if !is {
		return nil, noConfig(id)
	}
	if d.Configs != nil {
		kept, err := d.Configs.Config(ctx, name)
		if err == nil {
			kept[icf.AttrID] = id
			return kept, nil
		}
		if !fault.Is(err, fault.NotFound) {
			return nil, err
		}
	}
	c, err := d.Connectors.Connector(ctx, name)
	if fault.Is(err, fault.NotFound) {
		return nil, noConfig(id)
	}
	if err != nil {
		return nil, err
	}
	return c.config(id), nil
}

func noConfig(id string) error {
	return icf.NewError(http.StatusNotFound, "No configuration exists for id "+id)
}

// config is the full configuration of a connector that clients have not made.
func (c *Connector) config(id string) icf.Object {
	full := icf.Object{{Name: icf.AttrID, Value: id}, {Name: "name", Value: c.Name}, {Name: "enabled", Value: !c.Disabled}, {Name: "displayName", Value: c.DisplayName}}
	for _, f := range icf.CoreConfig() {
		if f.Name == "configurationProperties" {
			f.Value = c.Properties
		}
		full = append(full, f)
	}
	return append(full, icf.Field{Name: "objectTypes", Value: icf.ObjectTypes()}, icf.Field{Name: "operationOptions", Value: icf.OperationOptions()})
}

// keeping returns the name of the connector whose configuration a path is.
func (d *Door) keeping(r *request) (string, error) {
	name, is := strings.CutPrefix(r.id, provisioners)
	switch {
	case !is:
		return "", icf.NewError(http.StatusForbidden, "Only the configurations of connectors can be changed: config/"+provisioners+"NAME")
	case d.Configs == nil:
		return "", noConfigs()
	}
	return name, nil
}

func (d *Door) putConfig(r *request) (*answer, error) {
	name, err := d.keeping(r)
	if err != nil {
		return nil, err
	}
	body, err := r.object()
	if err != nil {
		return nil, err
	}
	if err := wantsThis(body); err != nil {
		return nil, err
	}
	delete(body, icf.AttrID)
	created, err := d.Configs.Put(r.Context(), name, body)
	if fault.Is(err, fault.Denied) {
		return nil, icf.NewError(http.StatusForbidden, fault.Words(err))
	}
	if err != nil {
		return nil, err
	}
	kept, err := d.config(r.Context(), r.id)
	if err != nil {
		return nil, err
	}
	a := ok(kept)
	if created {
		a.status = http.StatusCreated
	}
	return a, nil
}

func (d *Door) deleteConfig(r *request) (*answer, error) {
	name, err := d.keeping(r)
	if err != nil {
		return nil, err
	}
	kept, err := d.config(r.Context(), r.id)
	if err != nil {
		return nil, err
	}
	if err := d.Configs.Delete(r.Context(), name); fault.Is(err, fault.Denied) {
		return nil, icf.NewError(http.StatusForbidden, fault.Words(err))
	} else if err != nil {
		return nil, err
	}
	return ok(kept), nil
}
