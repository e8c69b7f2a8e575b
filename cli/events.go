package cli

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// eventView is one write as the directory's own log has it, in the words of
// CloudTrail (aws-contract 9.1) where it has any; number, door, before and
// after are ours.
type eventView struct {
	Number       int64           `json:"number"`
	EventTime    time.Time       `json:"eventTime"`
	EventSource  string          `json:"eventSource"`
	EventName    string          `json:"eventName"`
	UserIdentity eventBy         `json:"userIdentity"`
	Resources    []eventResource `json:"resources"`
	Before       json.RawMessage `json:"before,omitempty"`
	After        json.RawMessage `json:"after,omitempty"`
}

type eventBy struct {
	UserName string `json:"userName"`
	Door     string `json:"door"`
}

type eventResource struct {
	Type identity.Kind `json:"type"`
	ID   identity.ID   `json:"id"`
}

func viewEvent(e directory.Event) eventView {
	return eventView{
		Number: e.Number, EventTime: e.At, EventSource: eventSource(e), EventName: e.Operation,
		UserIdentity: eventBy{e.Actor.Name, e.Actor.Door}, Resources: []eventResource{{e.Kind, e.ID}}, Before: e.Before, After: e.After,
	}
}

// eventSource is the service that CloudTrail would name.
func eventSource(e directory.Event) string {
	switch {
	case e.Actor.Door == "scim":
		return "identitystore-scim.amazonaws.com"
	case e.Kind == identity.KindUser, e.Kind == identity.KindGroup, e.Kind == identity.KindMembership, e.Kind == identity.KindStore:
		return "identitystore.amazonaws.com"
	}
	return "sso.amazonaws.com"
}

func newDirectoryEvents(a *app) *cobra.Command {
	o := events{limit: 100}
	c := &cobra.Command{
		Use: "events [NAME]", Short: "List writes from the directory's own log, oldest first",
		Long: `Lists what was written to a directory, through whichever door, from its own log: who, when, what, and
the object before and after. The JSON uses CloudTrail's words.

With --follow it goes on with what is written from then on, until it is interrupted; the JSON is one
object a line.`,
		Example: "  rollcall directory events --limit 10\n  rollcall directory events local --since 100 --follow --output json", Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completeDirectories,
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			d, err := h.directoryArg(ctx, args)
			if err != nil {
				return err
			}
			if o.follow {
				return a.followEvents(ctx, d, o)
			}
			return a.listEvents(ctx, d, o)
		}),
	}
	c.Flags().Int64Var(&o.since, "since", 0, "only writes after the one with this `number`")
	c.Flags().IntVar(&o.limit, "limit", o.limit, "at most this many at once, up to 1000")
	c.Flags().BoolVar(&o.follow, "follow", false, "go on until interrupted")
	return c
}

// events says which writes are asked for.
type events struct {
	since  int64
	limit  int
	follow bool
}

func (a *app) listEvents(ctx context.Context, d *directory.Directory, o events) error {
	found, err := d.Events(ctx, o.since, o.limit)
	if err != nil {
		return err
	}
	l := listing{Columns: []string{"Number", "At", "By", "Operation", "ID"}}
	all := []eventView{}
	for _, e := range found {
		all = append(all, viewEvent(e))
		l.Rows = append(l.Rows, []string{strconv.FormatInt(e.Number, 10), clock(e.At), e.Actor.String(), e.Operation, string(e.ID)})
	}
	l.Values = all
	if len(found) == o.limit {
		say(a.err, "There may be more: --since %d", found[len(found)-1].Number)
	}
	return a.print(l)
}

// followPause is how long a follower waits before it looks again.
const followPause = 500 * time.Millisecond

// followEvents prints what is there and what comes. Being interrupted is how it
// ends.
func (a *app) followEvents(ctx context.Context, d *directory.Directory, o events) error {
	if a.query != "" || (a.output != "json" && a.output != "table") {
		return usage("--follow prints a table or JSON lines; leave out --query, and --output %s", a.output)
	}
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	for {
		found, err := d.Events(ctx, o.since, o.limit)
		if err != nil {
			return stopped(ctx, err)
		}
		for _, e := range found {
			o.since = e.Number
			if a.output == "table" {
				say(a.out, "%6d  %s  %s  %s  %s", e.Number, clock(e.At), e.Actor, e.Operation, e.ID)
			} else if err := enc.Encode(viewEvent(e)); err != nil {
				return fault.New(fault.Unavailable, "print events", d.Name(), err)
			}
		}
		if len(found) > 0 {
			continue
		}
		if err := (systemClock{}).Sleep(ctx, followPause); err != nil {
			return stopped(ctx, err)
		}
	}
}

// stopped is no error if a person ended what has no other end.
func stopped(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return nil
	}
	return err
}
