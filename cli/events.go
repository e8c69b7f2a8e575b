package cli

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"rollcall/cloudtrail"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identitycenter"
	"rollcall/realtime"
)

func newDirectoryEvents(a *app) *cobra.Command {
	o := events{limit: 100}
	c := &cobra.Command{
		Use: "events [NAME]", Short: "List writes from the directory's own log, oldest first",
		Long: `Lists what was written to a directory, through whichever door, from its own log: who, when, from
where, what, and the object before and after. The JSON is a CloudTrail record, in which the person's
data are hidden as AWS hides them; the member "rollcall" has the rest (docs/events.md).

--since takes the number of an event, a time (2026-03-14T09:26:53Z, 2026-03-14) or how long ago (24h).

With --follow it goes on with what is written from then on, until it is interrupted; the JSON is one
object a line.`,
		Example: "  rollcall directory events --limit 10\n  rollcall directory events local --since 24h --output json --query '[].eventName'\n" +
			"  rollcall directory events --since 100 --follow --output json --envelope eventbridge", Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completeDirectories,
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			d, err := h.directoryArg(ctx, args)
			if err != nil {
				return err
			}
			return h.showEvents(ctx, d, o)
		}),
	}
	c.Flags().StringVar(&o.since, "since", "0", "only writes after the one with this number, or from this `time` on")
	c.Flags().IntVar(&o.limit, "limit", o.limit, "at most this many at once, up to 1000")
	c.Flags().BoolVar(&o.follow, "follow", false, "go on until interrupted")
	c.Flags().StringVar(&o.envelope, "envelope", "none", "put each JSON record into an envelope: none, eventbridge")
	return c
}

// events says which writes are asked for, and how they are shown.
type events struct {
	since    string
	limit    int
	follow   bool
	envelope string

	after int64     // what since means
	from  time.Time // likewise; zero if it is a number
	log   cloudtrail.Log
}

func (h *house) showEvents(ctx context.Context, d *directory.Directory, o events) error {
	if err := h.app.checkEvents(o); err != nil {
		return err
	}
	if err := o.begin(ctx, d, time.Now()); err != nil {
		return err
	}
	var err error
	if o.log, err = h.logOf(ctx, d); err != nil {
		return err
	}
	if o.follow {
		return h.app.followEvents(ctx, d, o)
	}
	return h.app.listEvents(ctx, d, o)
}

// logOf is what the records of an embedded directory have in common.
func (h *house) logOf(ctx context.Context, d *directory.Directory) (cloudtrail.Log, error) {
	store, err := d.Store(ctx)
	if err != nil {
		return cloudtrail.Log{}, err
	}
	center, err := h.center(ctx, h.config.Directories[d.Name()])
	if err != nil {
		return cloudtrail.Log{}, err
	}
	is, err := center.Describe(ctx, store.ID)
	return cloudtrail.Log{Store: store, Account: is.Owner, Region: identitycenter.Primary(is)}, err
}

// mostEvents is how many a directory answers with at once.
const mostEvents = 1000

func (a *app) checkEvents(o events) error {
	switch {
	case o.limit < 1 || o.limit > mostEvents:
		return usage("--limit is 1 to %d, not %d", mostEvents, o.limit)
	case o.envelope != "none" && o.envelope != "eventbridge":
		return usage("--envelope is none or eventbridge, not %q", o.envelope)
	case o.envelope != "none" && a.output != "json" && a.output != "yaml":
		return usage("--envelope is for records; add --output json")
	case o.follow && (a.query != "" || (a.output != "json" && a.output != "table")):
		return usage("--follow prints a table or JSON lines; leave out --query, and --output %s", a.output)
	}
	return nil
}

// begin finds where to begin; fault.Unsupported for a directory without a log.
func (o *events) begin(ctx context.Context, d *directory.Directory, now time.Time) error {
	if _, err := d.Events(ctx, 0, 1); err != nil {
		return err
	}
	number, from, err := parseSince(o.since, now)
	if err != nil {
		return err
	}
	o.after, o.from = number, from
	if !from.IsZero() {
		o.after, err = d.EventBefore(ctx, from)
	}
	return err
}

// parseSince reads the number of an event, or a time: then the number is 0.
func parseSince(text string, now time.Time) (int64, time.Time, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n >= 0 {
		return n, time.Time{}, nil
	}
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateOnly} {
		if at, err := time.Parse(form, text); err == nil {
			return 0, at, nil
		}
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return 0, now.Add(-ago), nil
	}
	return 0, time.Time{}, usage("--since wants the number of an event, a time like 2026-03-14T09:26:53Z or 2026-03-14 (UTC), or how long ago, like 24h; not %q", text)
}

// next reads the events that come now; more says that there were as many as
// asked for.
func (o *events) next(ctx context.Context, d *directory.Directory) (found []directory.Event, more bool, err error) {
	all, err := d.Events(ctx, o.after, o.limit)
	for _, e := range all {
		o.after = e.Number
		if !e.At.Before(o.from) {
			found = append(found, e)
		}
	}
	return found, len(all) == o.limit, err
}

// record is an event as JSON has it.
func (o *events) record(e directory.Event) (any, error) {
	r, err := o.log.Record(e)
	if err != nil {
		return nil, err
	}
	if o.envelope == "eventbridge" {
		return cloudtrail.EventBridge(r), nil
	}
	return r, nil
}

func (a *app) listEvents(ctx context.Context, d *directory.Directory, o events) error {
	found, more, err := o.next(ctx, d)
	if err != nil {
		return err
	}
	l := listing{Columns: []string{"Number", "At", "By", "Event", "Object", "ID"}}
	all := []any{}
	for _, e := range found {
		r, err := o.record(e)
		if err != nil {
			return err
		}
		row, err := o.row(e)
		if err != nil {
			return err
		}
		all, l.Rows = append(all, r), append(l.Rows, row)
	}
	l.Values = all
	if more {
		say(a.err, "There may be more: --since %d", o.after)
	}
	return a.print(l)
}

// row is an event as the table has it.
func (o *events) row(e directory.Event) ([]string, error) {
	r, err := o.log.Record(e)
	return []string{strconv.FormatInt(e.Number, 10), clock(e.At), e.Actor.String(), r.EventName, objectOf(e), string(e.ID)}, err
}

// objectOf is what people call the object of an event: its kind, and its name
// if it has one.
func objectOf(e directory.Event) string {
	document := e.After
	if document == nil {
		document = e.Before
	}
	var names struct{ UserName, DisplayName, Name any }
	if json.Unmarshal(document, &names) == nil {
		for _, name := range []any{names.UserName, names.DisplayName, names.Name} {
			if text, ok := name.(string); ok && text != "" {
				return string(e.Kind) + " " + text
			}
		}
	}
	return string(e.Kind)
}

// followPause is how long a follower waits before it looks again.
const followPause = 500 * time.Millisecond

// followEvents prints what is there and what comes. Being interrupted is how it
// ends.
func (a *app) followEvents(ctx context.Context, d *directory.Directory, o events) error {
	for {
		found, more, err := o.next(ctx, d)
		if err != nil {
			return stopped(ctx, err)
		}
		for _, e := range found {
			if err := a.printEvent(e, &o); err != nil {
				return err
			}
		}
		if more {
			continue
		}
		if err := realtime.Sleep(ctx, followPause); err != nil {
			return stopped(ctx, err)
		}
	}
}

func (a *app) printEvent(e directory.Event, o *events) error {
	if a.output == "table" {
		row, err := o.row(e)
		if err == nil {
			say(a.out, "%6s  %s  %-24s  %-24s  %-24s  %s", row[0], row[1], row[2], row[3], row[4], row[5])
		}
		return err
	}
	r, err := o.record(e)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return fault.New(fault.Unavailable, "print events", "", err)
	}
	return nil
}

// stopped is no error if a person ended what has no other end.
func stopped(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return nil
	}
	return err
}
