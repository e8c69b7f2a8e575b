package cli

import (
	"context"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"rollcall/access"
	"rollcall/fault"
	"rollcall/plan"
	"rollcall/rule"
)

// outputJUnit is the form of rollcall check that build servers show.
const outputJUnit = "junit"

func newCheck(a *app) *cobra.Command {
	var r reading
	c := &cobra.Command{
		Use: "check", Short: "Tell which of the configured rules are broken, and by whom",
		Long: `Holds what there is against the rules of the configuration, and names every way that breaks one. It ends
with status 5 if a rule of severity error is broken. --output junit is for build servers.`,
		Example: "  rollcall check\n  rollcall check --output junit > rules.xml", Args: cobra.NoArgs,
		RunE: a.inHouse(func(ctx context.Context, h *house, _ []string) error {
			rules := h.config.BuildRules()
			if len(rules) == 0 {
				return usage("the configuration has no rules (docs/rules.md)")
			}
			l, err := h.look(ctx, "", r)
			if err != nil {
				return err
			}
			g, err := l.read(ctx, access.Scope{})
			if err != nil {
				return err
			}
			return a.printBroken(rules, rule.Check(rules, g.Facts()))
		}),
	}
	r.flags(c)
	return c
}

// ruleView is a rule and what breaks it, as machines get it.
type ruleView struct {
	Rule     string        `json:"rule"`
	Severity rule.Severity `json:"severity"`
	Says     string        `json:"says"`
	Broken   bool          `json:"broken"`
	Paths    []string      `json:"paths"`
}

func (a *app) printBroken(rules []rule.Rule, broken []rule.Broken) error {
	paths := map[string][]string{}
	stops := false
	for _, b := range broken {
		for _, one := range b.Breaches {
			paths[b.Rule.Name] = append(paths[b.Rule.Name], one.Path)
		}
		stops = stops || b.Rule.Severity == rule.Error
	}
	var all []ruleView
	l := listing{Columns: []string{"Rule", "Severity", "Says", "Broken by"}}
	for _, r := range rules {
		v := ruleView{r.Name, r.Severity, r.Says(), len(paths[r.Name]) > 0, append([]string{}, paths[r.Name]...)}
		all = append(all, v)
		for i, by := range append(v.Paths, "nothing")[:max(1, len(v.Paths))] {
			l.Rows = append(l.Rows, []string{first(i, v.Rule), first(i, string(v.Severity)), first(i, v.Says), by})
		}
	}
	l.Values = all
	err := a.printChecked(l, all)
	if err == nil && stops {
		err = quietError{exitBraked}
	}
	return err
}

func (a *app) printChecked(l listing, all []ruleView) error {
	if a.output != outputJUnit {
		return a.print(l)
	}
	text, err := junit(all)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.out, "%s%s\n", xml.Header, text)
	return err
}

// The elements of JUnit's form that build servers read.
type (
	junitSuite struct {
		XMLName  xml.Name    `xml:"testsuite"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Failure *junitFailure `xml:"failure,omitempty"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// junit writes a case a rule. What only warns is told, and no failure.
func junit(all []ruleView) ([]byte, error) {
	s := junitSuite{Name: "rollcall check", Tests: len(all)}
	for _, v := range all {
		c := junitCase{Class: "rules", Name: v.Rule}
		switch text := strings.Join(v.Paths, "\n"); {
		case v.Broken && v.Severity == rule.Error:
			s.Failures++
			c.Failure = &junitFailure{v.Says, text}
		case v.Broken:
			c.Out = "warning: " + v.Says + "\n" + text
		}
		s.Cases = append(s.Cases, c)
	}
	return xml.MarshalIndent(s, "", "  ")
}

// judge returns the brakes that a plan trips by the configured rules. Where who
// reaches what may not be read, nothing that may wait goes ahead.
func (h *house) judge(ctx context.Context, p *plan.Plan) ([]plan.Brake, error) {
	rules := h.config.BuildRules()
	if len(rules) == 0 || p.Empty() {
		return nil, nil
	}
	g, err := h.reachOf(ctx, p)
	if fault.Is(err, fault.Denied) || fault.Is(err, fault.Unsupported) {
		if _, later := p.Split(); later.Empty() {
			return nil, nil
		}
		return []plan.Brake{{Rule: "rule:unread", Later: true, Count: len(rules), Text: "who reaches what may not be read here, so that no rule can be asked"}}, nil
	}
	if err != nil {
		return nil, err
	}
	return rule.Judge(rules, g.Facts(), p, p.By.Name), nil
}

// judged adds those brakes to a plan.
func (h *house) judged(ctx context.Context, p *plan.Plan) error {
	broken, err := h.judge(ctx, p)
	p.Brakes = append(p.Brakes, broken...)
	return err
}
