package icfdoor

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"

	"rollcall/fault"
	"rollcall/icf"
)

// SystemAction is a script that clients may call by its id.
type SystemAction struct {
	ID      string
	Actions []Action
}

// Action is one script, for the connectors whose name it matches.
type Action struct {
	System  *regexp.Regexp // over connector names; nil is any
	Source  string         // JavaScript; the value of its last statement is the result
	Builtin string         // instead: one of [Builtins]
}

// Scripts runs JavaScript without any way out, within limits.
type Scripts interface {
	// Run returns the value of the source's last statement. Variables are plain
	// JSON values. A script that fails, or breaks a limit, is fault.Invalid.
	Run(ctx context.Context, source string, variables map[string]any) (result any, log []string, err error)
}

// builtins are the actions that need no script.
var builtins = map[string]func(ctx context.Context, r *request) (any, error){
	"test":  func(ctx context.Context, r *request) (any, error) { return r.connector.status(ctx), nil },
	"count": countAll,
}

// Builtins lists the built-in actions.
func Builtins() []string { return slices.Sorted(maps.Keys(builtins)) }

// countAll counts users and groups by a complete listing.
func countAll(ctx context.Context, r *request) (any, error) {
	users, groups := 0, 0
	for _, err := range r.connector.Desk.Directory().Users(ctx) {
		if err != nil {
			return nil, err
		}
		users++
	}
	for _, err := range r.connector.Desk.Directory().Groups(ctx) {
		if err != nil {
			return nil, err
		}
		groups++
	}
	return map[string]any{icf.Account: users, icf.Group: groups}, nil
}

// script runs every action of a script id that is for this connector.
func (d *Door) script(r *request) (*answer, error) {
	id := cmp.Or(r.others["scriptId"], r.others["scriptid"])
	if id == "" {
		return nil, badRequest("Missing required parameter: scriptId")
	}
	i := slices.IndexFunc(r.connector.Scripts, func(s SystemAction) bool { return s.ID == id })
	if i < 0 {
		return nil, badRequest("Script ID: %s is not defined.", id)
	}
	raw, err := r.body()
	if err != nil {
		return nil, err
	}
	body := map[string]any{}
	if len(bytes.TrimSpace(raw)) > 0 {
		if body, err = icf.ReadBody(raw); err != nil {
			return nil, badRequest("Content is not of type Map")
		}
	}
	arguments := map[string]any{}
	prefix := r.others["scriptVariablePrefix"]
	for name, value := range r.others {
		if !slices.Contains([]string{"scriptId", "scriptid", "scriptExecuteMode", "scriptVariablePrefix"}, name) {
			arguments[prefix+name] = value
		}
	}
	for name, value := range body {
		arguments[prefix+name] = value
	}
	results := []any{}
	for _, a := range r.connector.Scripts[i].Actions {
		if a.System != nil && !a.System.MatchString(icf.ConnectorName) && !a.System.MatchString(r.connector.Name) {
			continue
		}
		result, err := d.run(r, a, arguments)
		if err != nil {
			results = append(results, icf.Object{{Name: "error", Value: scriptError(err)}})
			continue
		}
		results = append(results, icf.Object{{Name: "result", Value: result}})
	}
	return ok(icf.Object{{Name: "actions", Value: results}}), nil
}

func scriptError(err error) string {
	if e := errorOf(err); e.Code != http.StatusInternalServerError {
		return e.Message
	}
	return sentences[fault.Internal]
}

func (d *Door) run(r *request, a Action, arguments map[string]any) (any, error) {
	if r.others["scriptExecuteMode"] == "resource" {
		return nil, icf.NewError(http.StatusNotImplemented, "Operation ScriptOnResourceApiOp is not supported by the Connector")
	}
	if a.Builtin != "" {
		return builtins[a.Builtin](r.Context(), r)
	}
	if d.Scripts == nil {
		return nil, icf.NewError(http.StatusNotImplemented, "This server runs no scripts")
	}
	result, log, err := d.Scripts.Run(r.Context(), a.Source, map[string]any{
		"operation": "RUNSCRIPTONCONNECTOR", "options": map[string]any{}, "arguments": arguments, "configuration": r.connector.Properties,
		"connector": map[string]any{"name": r.connector.Name, "displayName": r.connector.DisplayName, "objectTypes": icf.Types(), "configuration": r.connector.Properties},
	})
	for _, line := range log {
		d.Log.InfoContext(r.Context(), "openicf script", "connector", r.connector.Name, "says", line)
	}
	return result, err
}

// transform runs the script of a patch's transform: its value is the new one,
// and the old one is content.
func (d *Door) transform(r *request) icf.Transform {
	return func(script, old any) (any, error) {
		o, _ := script.(map[string]any)
		if inner, there := o["script"].(map[string]any); there {
			o = inner
		}
		source, _ := o["source"].(string)
		if source == "" || d.Scripts == nil {
			return nil, fault.Text(fault.Invalid, "patch", "", "transform wants a script: {\"script\":{\"type\":\"text/javascript\",\"source\":\"…\"}}")
		}
		result, _, err := d.Scripts.Run(r.Context(), source, map[string]any{"content": old})
		return result, err
	}
}

func readAgain(body []byte) io.ReadCloser { return io.NopCloser(bytes.NewReader(body)) }
