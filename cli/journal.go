package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
)

func newJournal(a *app) *cobra.Command {
	return group("journal", "Read, check and export the journal of a directory", "  rollcall journal verify",
		newJournalList(a), newJournalShow(a), newJournalVerify(a), newJournalHead(a), newJournalExport(a), newJournalErase(a))
}

type journalList struct {
	limit        int
	run          string
	user, group  string
	types        []string
	since, until string
	oldest       bool
}

func newJournalList(a *app) *cobra.Command {
	o := journalList{limit: 50}
	c := &cobra.Command{
		Use: "list", Short: "List entries of the journal, newest first",
		Long: `Lists what was tried, what became of it, and what reads found changed. A user or group may be one
that is deleted since. Times are dates, or dates with a time, in this machine's zone.`,
		Example: "  rollcall journal list\n  rollcall journal list --user ann --limit 0\n  rollcall journal list --type outcome,observation --since 2026-03-02",
		Args:    cobra.NoArgs,
		RunE:    a.inHouse(func(ctx context.Context, h *house, _ []string) error { return runJournalList(ctx, h, o) }),
	}
	c.Flags().IntVar(&o.limit, "limit", o.limit, "at most this many; 0 means all")
	c.Flags().StringVar(&o.run, "run", "", "only entries of this `run`")
	c.Flags().StringVar(&o.user, "user", "", "only entries about this `user`")
	c.Flags().StringVar(&o.group, "group", "", "only entries about this `group`")
	c.Flags().StringSliceVar(&o.types, "type", nil, "only these `types`: "+strings.Join(entryTypes(), ", "))
	c.Flags().StringVar(&o.since, "since", "", "only entries at or after this `time`")
	c.Flags().StringVar(&o.until, "until", "", "only entries before this `time`")
	c.Flags().BoolVar(&o.oldest, "oldest", false, "oldest first")
	return c
}

// entryTypes are what --type may name.
func entryTypes() []string {
	types := []journal.Type{
		journal.TypeBegin, journal.TypeResume, journal.TypeIntent, journal.TypeOutcome,
		journal.TypeObservation, journal.TypeEnd, journal.TypeErasure, journal.TypeApproval, journal.TypeRebind,
	}
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = string(t)
	}
	return names
}

// entryView is an entry of the journal as listings show it.
type entryView struct {
	Seq      int64            `json:"seq"`
	At       time.Time        `json:"at"`
	Type     journal.Type     `json:"type"`
	Run      string           `json:"run,omitempty"`
	Plan     plan.ID          `json:"plan,omitempty"`
	By       plan.Actor       `json:"by"`
	Sync     string           `json:"sync,omitempty"`
	Changes  []int            `json:"changes,omitempty"`
	Result   journal.Result   `json:"result,omitempty"`
	Verdict  journal.Verdict  `json:"verdict,omitempty"`
	Status   journal.Status   `json:"status,omitempty"`
	Counts   journal.Counts   `json:"counts,omitempty"`
	Object   identity.ID      `json:"object,omitempty"`
	Revision string           `json:"revision,omitempty"`
	Fault    string           `json:"fault,omitempty"`
	Text     string           `json:"text,omitempty"`
	Of       string           `json:"of,omitempty"`  // a rebind: what was bound
	Old      string           `json:"old,omitempty"` // a rebind: to what
	New      string           `json:"new,omitempty"` // a rebind: to what now
	Effects  []journal.Effect `json:"effects,omitempty"`
	Erasures []int64          `json:"erasures,omitempty"`
	Erased   bool             `json:"erased,omitempty"`
	Hash     string           `json:"hash"`
	Change   string           `json:"change,omitempty"` // an outcome's, as a sentence
}

func viewEntry(e journal.Entry) entryView {
	return entryView{
		e.Seq, e.At, e.Type, e.Run, e.Plan, e.Actor, e.Sync, e.Changes, e.Result, e.Verdict, e.Status, e.Counts, e.Object,
		e.Revision, e.Fault, e.Text, e.Of, e.Old, e.New, e.Effects, e.Erasures, e.Erased, e.Hash, "",
	}
}

// sentences says of an outcome what the change was, from its plan; each plan
// is read once.
func (h *house) sentences() func(context.Context, journal.Entry) (string, error) {
	read := map[plan.ID]*plan.Plan{}
	return func(ctx context.Context, e journal.Entry) (string, error) {
		if e.Type != journal.TypeOutcome || len(e.Changes) != 1 {
			return "", nil
		}
		p, known := read[e.Plan]
		if !known {
			var err error
			if p, err = h.storedPlan(ctx, e.Plan); err != nil {
				return "", err
			}
			read[e.Plan] = p
		}
		if n := e.Changes[0]; n <= len(p.Changes) {
			return p.Changes[n-1].Sentence(), nil
		}
		return "", nil
	}
}

func runJournalList(ctx context.Context, h *house, o journalList) error {
	filter, err := o.filter(ctx, h)
	if err != nil {
		return err
	}
	l := listing{Columns: []string{"Entry", "At", "Type", "By", "What"}}
	all := []entryView{}
	sentences := h.sentences()
	for e, err := range h.journal.Entries(ctx, h.directoryName(""), filter) {
		if err != nil {
			return err
		}
		v := viewEntry(e)
		if v.Change, err = sentences(ctx, e); err != nil {
			return err
		}
		all = append(all, v)
		l.Rows = append(l.Rows, []string{strconv.FormatInt(v.Seq, 10), clock(v.At), string(v.Type), v.By.Name, v.what()})
		if o.limit > 0 && len(all) == o.limit {
			break
		}
	}
	l.Values = all
	return h.app.print(l)
}

func (o journalList) filter(ctx context.Context, h *house) (f journal.Filter, err error) {
	f.Newest = !o.oldest
	for _, name := range o.types {
		if !slices.Contains(entryTypes(), name) {
			return f, usage("--type is some of %s; not %q", strings.Join(entryTypes(), ", "), name)
		}
		f.Types = append(f.Types, journal.Type(name))
	}
	if f.Since, err = moment("--since", o.since); err != nil {
		return f, err
	}
	if f.Until, err = moment("--until", o.until); err != nil {
		return f, err
	}
	if o.run != "" {
		r, err := h.journal.Run(ctx, o.run)
		if err != nil {
			return f, err
		}
		f.Run = r.ID
	}
	switch {
	case o.user != "" && o.group != "":
		return f, usage("--user and --group do not go together")
	case o.user != "":
		f.Kind = identity.KindUser
		f.Object, err = h.journalled(ctx, f.Kind, o.user)
	case o.group != "":
		f.Kind = identity.KindGroup
		f.Object, err = h.journalled(ctx, f.Kind, o.group)
	}
	return f, err
}

// moment reads a time as people write it.
func moment(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if t, ok := ago(text, time.Now()); ok {
		return t, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usage("%s takes a time like 2026-03-02, 2026-03-02 15:04, 2026-03-02T15:04:05Z or -24h", flag)
}

// journalled finds an object the journal knows: one that is there, or one that
// was called so.
func (h *house) journalled(ctx context.Context, kind identity.Kind, name string) (identity.ID, error) {
	id, err := identity.ParseID(kind, name)
	if err == nil {
		return id, nil
	}
	target := h.directoryName("")
	ids, err := h.journal.Named(ctx, target, kind, name)
	if err != nil {
		return "", err
	}
	switch len(ids) {
	case 1:
		return ids[0], nil
	case 0:
		return h.present(ctx, kind, name)
	}
	texts := make([]string, len(ids))
	for i, one := range ids {
		texts[i] = string(one)
	}
	return "", fault.Text(fault.Conflict, "find "+string(kind), name, "several have been called so; name one by its id: "+strings.Join(texts, ", "))
}

func (h *house) present(ctx context.Context, kind identity.Kind, name string) (identity.ID, error) {
	d, err := h.directory(ctx, "")
	if err != nil {
		return "", err
	}
	if kind == identity.KindGroup {
		g, err := d.ResolveGroup(ctx, name)
		return g.ID, err
	}
	u, err := d.ResolveUser(ctx, name)
	return u.ID, err
}

// what says an entry in a line.
func (v entryView) what() string {
	switch v.Type {
	case journal.TypeBegin:
		what := "plan " + v.Plan.Short()
		if v.Sync != "" {
			what = "sync " + v.Sync + ", " + what
		}
		if v.Text != "" {
			what += ", brakes overridden: " + v.Text
		}
		return what + ", run " + v.Run
	case journal.TypeIntent:
		return "will try " + numbers(v.Changes)
	case journal.TypeOutcome:
		what := effectsText(v.Effects)
		if v.Change != "" {
			what = ": " + v.Change
		}
		return fmt.Sprintf("change %s %s%s%s", numbers(v.Changes), v.Result, what, because(v.Text))
	case journal.TypeObservation:
		return "found" + effectsText(v.Effects)
	case journal.TypeEnd:
		return fmt.Sprintf("%s: %d made%s", v.Status, made(v.Counts), failedText(v.Counts))
	case journal.TypeApproval:
		what := "plan " + v.Plan.Short() + " " + string(v.Verdict)
		if v.Verdict == journal.Asked {
			what = "approval of plan " + v.Plan.Short() + " asked for"
		}
		return what + because(v.Text)
	case journal.TypeRebind:
		return fmt.Sprintf("%s: %s, before %s%s", v.Of, v.New, v.Old, because(v.Text))
	case journal.TypeErasure:
		return count(len(v.Erasures), "body erased")
	}
	return "run " + v.Run
}

// numbers writes 1, 2, 3, 7 as 1-3, 7.
func numbers(all []int) string {
	var parts []string
	for i := 0; i < len(all); {
		j := i
		for j+1 < len(all) && all[j+1] == all[j]+1 {
			j++
		}
		part := strconv.Itoa(all[i])
		if j > i {
			part += "-" + strconv.Itoa(all[j])
		}
		parts = append(parts, part)
		i = j + 1
	}
	return strings.Join(parts, ", ")
}

func effectsText(effects []journal.Effect) string {
	var text strings.Builder
	for i, e := range effects {
		text.WriteString([]string{": ", "; "}[min(i, 1)] + string(e.Kind) + " " + e.Name)
		switch {
		case e.Deleted:
			text.WriteString(" gone")
		case len(e.Joined)+len(e.Left) > 0:
			fmt.Fprintf(&text, " %d joined, %d left", len(e.Joined), len(e.Left))
		}
	}
	return text.String()
}

func newJournalShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "show ENTRY", Short: "Show one entry with everything it says",
		Example: "  rollcall journal show 12 --output yaml", Args: cobra.ExactArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			seq, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || seq < 1 {
				return usage("an entry is named by its number, which rollcall journal list shows; not %q", args[0])
			}
			for e, err := range h.journal.Entries(ctx, h.directoryName(""), journal.Filter{After: seq - 1}) {
				if err != nil {
					return err
				}
				if e.Seq == seq {
					v := viewEntry(e)
					if v.Change, err = h.sentences()(ctx, e); err != nil {
						return err
					}
					return h.showEntry(v)
				}
				break
			}
			return fault.Text(fault.NotFound, "read journal", "entry "+args[0], "directory "+h.directoryName("")+" has no such entry")
		}),
	}
}

func (h *house) showEntry(v entryView) error {
	l := listing{Columns: []string{"Attribute", "Value"}, Values: v}
	for _, row := range [][2]string{
		{"entry", strconv.FormatInt(v.Seq, 10)},
		{"at", clock(v.At)},
		{"type", string(v.Type)},
		{"by", v.By.Name + " (" + v.By.Door + ")"},
		{"run", v.Run},
		{"plan", string(v.Plan)},
		{"sync", v.Sync},
		{"what", v.what()},
		{"object", string(v.Object)},
		{"revision", v.Revision},
		{"fault", v.Fault},
		{"text", v.Text},
		{"hash", v.Hash},
	} {
		if row[1] != "" {
			l.add(row[0], row[1])
		}
	}
	for i, e := range v.Effects {
		l.add(first(i, "effects"), fmt.Sprintf("%s %s %s", e.Kind, e.Name, e.Object))
		if len(e.Body) > 0 {
			l.add("", string(e.Body))
		}
	}
	return h.app.print(l)
}
