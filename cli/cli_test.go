package cli

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"rollcall/apply"
	"rollcall/config"
	"rollcall/fault"
)

func newTestRoot() *cobra.Command {
	return newRoot(&app{in: new(bytes.Buffer), out: new(bytes.Buffer), err: new(bytes.Buffer)})
}

// ours are the commands that we wrote: cobra adds help and completion.
func ours(t *testing.T, fn func(t *testing.T, c *cobra.Command)) {
	t.Helper()
	walk(newTestRoot(), func(c *cobra.Command) {
		if name := c.CommandPath(); !strings.Contains(name, " completion") && !strings.Contains(name, " help") {
			t.Run(name, func(t *testing.T) { fn(t, c) })
		}
	})
}

func TestEveryCommandHasAnExampleThatCouldBeTyped(t *testing.T) {
	ours(t, func(t *testing.T, c *cobra.Command) {
		if strings.TrimSpace(c.Example) == "" {
			t.Fatal("no example")
		}
		own := false
		for line := range strings.Lines(c.Example) {
			line = strings.TrimSpace(line)
			if !strings.HasPrefix(line, "rollcall ") {
				t.Fatalf("not a command line: %q", line)
			}
			found, err := typable(line, true)
			if err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			if isGroup(found) && found.HasParent() {
				t.Errorf("%q only prints help", line)
			}
			own = own || strings.HasPrefix(found.CommandPath(), c.CommandPath())
		}
		if !own {
			t.Errorf("no example is of %s", c.CommandPath())
		}
	})
}

// shellWords splits a line as a shell does, up to the first > or |.
func shellWords(line string) []string {
	var words []string
	var word strings.Builder
	quoted, any := false, false
	for _, r := range line + " " {
		switch {
		case r == '\'':
			quoted, any = !quoted, true
		case !quoted && (r == '>' || r == '|'):
			return words
		case !quoted && r == ' ':
			if any {
				words = append(words, word.String())
			}
			word.Reset()
			any = false
		default:
			word.WriteRune(r)
			any = true
		}
	}
	return words
}

func TestEveryHelpEndsWithTheExitStatuses(t *testing.T) {
	ours(t, func(t *testing.T, c *cobra.Command) {
		var out bytes.Buffer
		c.SetOut(&out)
		if err := c.Help(); err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(out.String(), exitText) {
			t.Errorf("ends with %q", out.String()[max(0, out.Len()-200):])
		}
		for line := range strings.Lines(out.String()) {
			if len([]rune(line)) > 125 {
				t.Errorf("a line of %d characters: %s", len([]rune(line)), line)
			}
		}
	})
}

// A command that can write says so by having --dry-run; the others only read.
func TestEveryCommandThatWritesHasADryRun(t *testing.T) {
	reads := map[string]bool{
		"list": true, "history": true, "tokens": true, "show": true, "members": true, "held": true, "test": true, "presets": true, "check": true, "path": true,
		"schema": true, "abilities": true, "events": true, "verify": true, "head": true, "export": true, "version": true, "drift": true, "doctor": true, "iam-policy": true,
		"status": true, "why": true, "why-not": true, "effects": true, "save": true, "diff": true,
		"openapi":    true, // prints a document
		"from-ssm":   true, // prints a configuration
		"plan":       true, // makes a plan, which is a dry run
		"quickstart": true, // writes to a sample in the state folder
		"serve":      true, // lets others write
	}
	ours(t, func(t *testing.T, c *cobra.Command) {
		if !isGroup(c) && !reads[c.Name()] && c.Flags().Lookup("dry-run") == nil {
			t.Error("it has no --dry-run")
		}
	})
}

func TestEveryKindOfFailureHasAStatus(t *testing.T) {
	for _, k := range fault.Kinds() {
		if statuses[k] == 0 {
			t.Errorf("%v has no status", k)
		}
	}
}

func TestExitStatuses(t *testing.T) {
	stopped, stop := context.WithCancel(t.Context())
	stop()
	kind := func(k fault.Kind) error { return fault.Text(k, "op", "on", "cause") }
	for name, c := range map[string]struct {
		ctx  context.Context
		err  error
		want int
	}{
		"done":                                   {nil, nil, exitDone},
		"done although stopped":                  {stopped, nil, exitDone},
		"anything":                               {nil, errors.New("x"), exitError},
		"not found":                              {nil, kind(fault.NotFound), exitError},
		"changes present":                        {nil, errors.Join(quietError{exitChanges}), exitChanges},
		"some failed":                            {nil, quietError{exitPartial}, exitPartial},
		"some failed and then stopped":           {stopped, quietError{exitPartial}, exitPartial},
		"the world changed":                      {nil, kind(fault.Stale), exitStale},
		"a brake":                                {nil, errors.Join(&apply.BrakedError{}), exitBraked},
		"an incomplete source":                   {nil, kind(fault.Incomplete), exitBraked},
		"a source that is not there":             {nil, sourceError{kind(fault.NotFound)}, exitBraked},
		"a source that may not be read":          {nil, sourceError{kind(fault.Denied)}, exitBraked},
		"a source that does not know us":         {nil, sourceError{kind(fault.Unauthenticated)}, exitDenied},
		"a source nobody configured":             {nil, usage("no source is called x"), exitUsage},
		"a flag":                                 {nil, usage("x"), exitUsage},
		"an invalid value":                       {nil, kind(fault.Invalid), exitUsage},
		"a configuration":                        {nil, fault.New(fault.Invalid, "read", "", &config.Problems{}), exitUsage},
		"a configuration that is not there":      {nil, configError{kind(fault.NotFound)}, exitUsage},
		"a configuration that may not be read":   {nil, configError{kind(fault.Denied)}, exitUsage},
		"who are you":                            {nil, kind(fault.Unauthenticated), exitDenied},
		"you may not":                            {nil, kind(fault.Denied), exitDenied},
		"too fast":                               {nil, kind(fault.Throttled), exitBudget},
		"a quota":                                {nil, kind(fault.Quota), exitBudget},
		"stopped":                                {stopped, context.Canceled, exitInterrupted},
		"stopped in the middle of a read":        {stopped, sourceError{kind(fault.Unavailable)}, exitInterrupted},
		"cancelled by somebody else than Ctrl-C": {nil, context.Canceled, exitError},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := c.ctx
			if ctx == nil {
				ctx = t.Context()
			}
			if got := exitStatus(ctx, c.err); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

func TestNumbersAreWrittenAsRanges(t *testing.T) {
	for want, all := range map[string][]int{
		"": nil, "7": {7}, "1-3": {1, 2, 3}, "1, 3": {1, 3}, "1-2, 4, 6-8": {1, 2, 4, 6, 7, 8},
	} {
		if got := numbers(all); got != want {
			t.Errorf("%v: got %q, want %q", all, got, want)
		}
	}
}

func TestCellsAreHarmless(t *testing.T) {
	for in, want := range map[string]string{"=1+1": "'=1+1", "@x": "'@x", "+49 30": "'+49 30", "plain": "plain", "": ""} {
		if got := inert(in); got != want {
			t.Errorf("csv %q: got %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"a\nb": "a b", "\x1b[31mred": " [31mred", "déjà vu": "déjà vu"} {
		if got := visible(in); got != want {
			t.Errorf("table %q: got %q, want %q", in, got, want)
		}
	}
}
