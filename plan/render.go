package plan

import (
	"fmt"
	"io"
	"strings"
)

// Style says how a plan is written for people.
type Style struct {
	Color bool
	Each  int // at most this many changes of a kind, each naming a few members; 0 means all
}

// look is how a kind of change is announced.
type look struct {
	mark   string
	color  string
	header string // with one %d
}

const (
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	red    = "\x1b[31m"
	bold   = "\x1b[1m"
	plain  = "\x1b[0m"
)

var looks = map[Kind]look{
	UserHold:     {"-", red, "%d users to hold"},
	UserRelease:  {"=", yellow, "%d users to release"},
	UserDisable:  {"-", red, "%d users to disable"},
	UserAdopt:    {"=", yellow, "%d users to adopt"},
	UserCreate:   {"+", green, "%d users to create"},
	UserEnable:   {"+", green, "%d users to enable"},
	UserUpdate:   {"~", yellow, "%d users to update"},
	GroupAdopt:   {"=", yellow, "%d groups to adopt"},
	GroupCreate:  {"+", green, "%d groups to create"},
	GroupUpdate:  {"~", yellow, "%d groups to update"},
	GroupMembers: {"~", yellow, "%d groups whose members change"},
	GroupUnadopt: {"=", yellow, "%d groups to let go of"},
	UserUnadopt:  {"=", yellow, "%d users to let go of"},
	GroupDelete:  {"-", red, "%d groups to delete"},
	UserDelete:   {"-", red, "%d users to delete"},

	SessionDeny:  {"-", red, "%d permission sets to deny role sessions in"},
	SessionAllow: {"=", yellow, "%d permission sets in which role sessions are no longer denied"},

	AssignmentCreate: {"+", green, "%d assignments to give"},
	AssignmentDelete: {"-", red, "%d assignments to take away"},
}

// Render writes a plan as sentences and counts. The last line is the summary;
// nothing of it is meant for machines, which read the plan's file.
func Render(w io.Writer, p *Plan, s Style) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", s.paint(bold, title(p)))
	counts := p.Count()
	for _, kind := range Kinds() {
		if counts[kind] > 0 {
			s.section(&b, p, kind, counts[kind])
		}
	}
	s.attention(&b, p.Attention)
	s.brakes(&b, p.Brakes)
	fmt.Fprintf(&b, "\n%s\n", Summary(p))
	_, err := io.WriteString(w, b.String())
	return err
}

func title(p *Plan) string {
	switch {
	case p.Title != "":
		return fmt.Sprintf("Plan: %s, in directory %s (store %s)", p.Title, p.Directory, p.Store)
	case p.Sync != "":
		return fmt.Sprintf("Plan of sync %s: source %s into directory %s (store %s)", p.Sync, p.Source, p.Directory, p.Store)
	}
	return fmt.Sprintf("Plan for directory %s (store %s)", p.Directory, p.Store)
}

func (s Style) section(b *strings.Builder, p *Plan, kind Kind, count int) {
	l := looks[kind]
	header := fmt.Sprintf(l.header, count)
	if count == 1 {
		header = singular(header)
	}
	fmt.Fprintf(b, "\n%s\n", s.paint(bold, header))
	shown := 0
	for _, c := range p.Changes {
		if c.Kind != kind {
			continue
		}
		if shown++; s.Each > 0 && shown > s.Each {
			fmt.Fprintf(b, "  … and %d more\n", count-s.Each)
			return
		}
		text := c.Sentence()
		if s.Each == 0 {
			text = c.Whole()
		}
		fmt.Fprintf(b, "  %s %s  (%s)\n", s.paint(l.color, l.mark), text, c.Reason)
	}
}

func singular(header string) string {
	return strings.NewReplacer("1 users", "1 user", "1 groups whose members change", "1 group whose members change", "1 groups", "1 group", "1 assignments", "1 assignment", "1 permission sets", "1 permission set").Replace(header)
}

func (s Style) attention(b *strings.Builder, all []Attention) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", s.paint(bold, fmt.Sprintf("For a person to decide: %d", len(all))))
	for i, a := range all {
		if s.Each > 0 && i == s.Each {
			fmt.Fprintf(b, "  … and %d more\n", len(all)-i)
			return
		}
		fmt.Fprintf(b, "  %s %s %s (%s): %s\n", s.paint(yellow, "!"), a.Kind, a.Name, a.Situation, a.Text)
	}
}

func (s Style) brakes(b *strings.Builder, brakes []Brake) {
	if len(brakes) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", s.paint(red, "Stopped by a brake"))
	for _, k := range brakes {
		fmt.Fprintf(b, "  %s: %s\n", k.Rule, k.Text)
		if len(k.Names) > 0 {
			fmt.Fprintf(b, "    %s\n", strings.Join(k.Names, ", "))
		}
	}
}

// Summary says a plan in one line.
func Summary(p *Plan) string {
	if p.Empty() && p.Origin != FromSync {
		return "No changes."
	}
	if p.Empty() {
		return "No changes: the directory is as the source says."
	}
	counts := p.Count()
	var parts []string
	note := func(verb string, n int, object string) {
		if n == 1 {
			parts = append(parts, verb+" 1 "+object)
		} else if n > 1 {
			parts = append(parts, fmt.Sprintf("%s %d %ss", verb, n, object))
		}
	}
	for _, kind := range Kinds() {
		if kind != GroupMembers {
			note(verbOf(kind), counts[kind], string(kind.Object()))
		}
	}
	joins, leaves := p.MembersChanged()
	note("add", joins, "membership")
	note("remove", leaves, "membership")
	return "To do: " + strings.Join(parts, ", ") + "."
}

func verbOf(k Kind) string {
	_, verb, _ := strings.Cut(string(k), ".")
	return verb
}

func (s Style) paint(color, text string) string {
	if !s.Color {
		return text
	}
	return color + text + plain
}
