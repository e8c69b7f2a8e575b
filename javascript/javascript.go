// Package javascript runs other people's JavaScript inside Rollcall: a value goes
// in, a value comes out, and there is no other way in or out. A script sees no
// file, no network, no clock but the engine's own, and nothing of the script
// before it; how long it runs and what memory and stack it takes is bounded.
package javascript

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"modernc.org/quickjs"

	"rollcall/fault"
)

// Limits bound one script.
type Limits struct {
	Time   time.Duration
	Memory int // bytes
	Output int // bytes of the result and what it logged, as JSON
}

// DefaultLimits are enough for a decision over one object.
func DefaultLimits() Limits {
	return Limits{Time: 500 * time.Millisecond, Memory: 32 << 20, Output: 1 << 20}
}

// stack is what the engine's limit holds for: beyond it, the program's own
// stack might end first.
const stack = 64 << 10 // bytes

// atOnce is how many scripts run at one time: each may take all its memory.
const atOnce = 4

// Engine runs scripts. It is safe for concurrent use.
type Engine struct {
	limits Limits
	slots  chan struct{}
}

// New returns an engine.
func New(l Limits) *Engine { return &Engine{limits: l, slots: make(chan struct{}, atOnce)} }

// frame runs a script and makes one text of all that comes of it. The script
// itself is evaluated in the global scope.
const frame = `(function (source, variables) {
	"use strict";
	const lines = [], stringify = JSON.stringify, text = String, run = globalThis.eval;
	const say = level => (...all) => { lines.push(level + ": " + all.map(v => typeof v === "object" ? stringify(v) : text(v)).join(" ")); };
	for (const name of Object.keys(variables)) globalThis[name] = variables[name];
	globalThis.log = { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error") };
	const result = run(source);
	return stringify({ result: result === undefined ? null : result, log: lines });
})`

// Run returns the value of the source's last statement, and what it has logged.
// Variables are plain values, as encoding/json writes them; "log" is there
// beside them. It fails with fault.Invalid where the script does: with the
// script's own message, or with the limit that it broke.
func (e *Engine) Run(ctx context.Context, source string, variables map[string]any) (result any, log []string, err error) {
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return nil, nil, fault.New(fault.Unavailable, "run script", "", ctx.Err())
	}
	if variables == nil {
		variables = map[string]any{}
	}
	arguments := make([]string, 2)
	for i, v := range []any{source, variables} {
		text, err := json.Marshal(v)
		if err != nil {
			return nil, nil, fault.New(fault.Internal, "run script", "", err)
		}
		arguments[i] = string(text)
	}
	out, err := e.eval(frame + "(" + strings.Join(arguments, ", ") + ")")
	if err != nil {
		return nil, nil, err
	}
	if len(out) > e.limits.Output {
		return nil, nil, failed("its result is too large")
	}
	var answer struct {
		Result any      `json:"result"`
		Log    []string `json:"log"`
	}
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		return nil, nil, failed("its result is no plain value")
	}
	return answer.Result, answer.Log, nil
}

// eval evaluates a text in a machine of its own.
func (e *Engine) eval(text string) (string, error) {
	vm, err := quickjs.NewVM()
	if err != nil {
		return "", fault.New(fault.Internal, "start script engine", "", err)
	}
	defer func() { _ = vm.Close() }()
	vm.SetMemoryLimit(uintptr(e.limits.Memory))
	vm.SetMaxStackSize(stack)
	if err := vm.SetEvalTimeout(e.limits.Time); err != nil {
		return "", fault.New(fault.Internal, "start script engine", "", err)
	}
	v, err := vm.Eval(text, quickjs.EvalGlobal)
	if err != nil {
		return "", e.refusal(err)
	}
	out, isText := v.(string)
	if !isText {
		return "", failed("its result is no plain value")
	}
	return out, nil
}

func failed(why string) error {
	return fault.Text(fault.Invalid, "run script", "", "The script failed: "+why)
}

// refusal says which limit a script has broken, or what it has thrown.
func (e *Engine) refusal(err error) error {
	text := err.Error()
	if thrown, ok := errors.AsType[*quickjs.Error](err); ok && thrown.Message != "" {
		text = thrown.Name + ": " + thrown.Message
	}
	switch {
	case strings.Contains(text, "interrupted"):
		return failed("it ran longer than " + e.limits.Time.String())
	case strings.Contains(text, "out of memory") || strings.Contains(text, "invalid array buffer length") || strings.Contains(text, "invalid string length"):
		return failed("it took too much memory")
	case strings.Contains(text, "stack overflow") || strings.Contains(text, "Maximum call stack"):
		return failed("it was nested too deep")
	}
	const enough = 300
	if len(text) > enough {
		text = strings.ToValidUTF8(text[:enough], "") + "…"
	}
	return failed(text)
}
