// Package drift hears of what others write to a directory, from the events that
// AWS delivers to a queue, and looks whether something that a source owns is no
// longer as Rollcall left it.
//
// An event is a reason to look and nothing else: what is true is read. Nothing
// is written here; the sync that owns the object is asked to run.
package drift

import (
	"context"
	"log/slog"
	"time"

	"rollcall/cloudtrail"
	"rollcall/directory"
	"rollcall/journal"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/work"
)

// Message is what a queue delivers.
type Message struct {
	ID     string // the same when it is delivered again
	Handle string // of this delivery
	Body   []byte
	Times  int // how often it was delivered, 1 for the first time
}

// Queue delivers messages at least once, in any order. What is neither deleted
// nor given back comes again, and after so many times goes where its owner has
// said.
type Queue interface {
	// Receive waits a while for messages, and returns none if none came.
	Receive(ctx context.Context) ([]Message, error)
	// Delete takes a message out of the queue for good.
	Delete(ctx context.Context, m Message) error
	// Later gives a message back, to be delivered again after a while.
	Later(ctx context.Context, m Message, after time.Duration) error
}

// Owner is the sync that owns what came from a source.
type Owner struct {
	Sync       string
	UserPaths  []string // attributes that the mapping sets
	GroupPaths []string
	Groups     bool // groups and members are its, too
}

// Outcome is what became of an event.
type Outcome string

// The outcomes. The first three leave nothing to do, the next two ask a sync to
// run.
const (
	Nothing   Outcome = "nothing"   // a read, refused, of another store or service, or of what no source owns
	Own       Outcome = "own"       // Rollcall's own write
	AsLeft    Outcome = "as_left"   // the object is as Rollcall left it, or as it has seen since
	Drifted   Outcome = "drift"     // it is not
	Unclear   Outcome = "unclear"   // the event names no object that can be read, or Rollcall never wrote it
	Again     Outcome = "duplicate" // it was dealt with before
	Postponed Outcome = "postponed" // a run is at work on the directory: its writes are not all in the journal yet
	Failed    Outcome = "failed"    // the directory or the state could not be read; it comes again
	Garbage   Outcome = "garbage"   // no event; it is left to the queue
)

// Outcomes lists them all.
func Outcomes() []Outcome {
	return []Outcome{Nothing, Own, AsLeft, Drifted, Unclear, Again, Postponed, Failed, Garbage}
}

// Options are what a listener is made of. The first group must be given.
type Options struct {
	Queue     Queue
	Directory *directory.Directory
	Owners    map[string]Owner // by source
	Links     *link.Store
	Journal   *journal.Journal
	Book      work.Book
	// Accepted tells when each sync was last in line with its source.
	Accepted func(context.Context) (map[string]time.Time, error)
	Clock    work.Clock
	Log      *slog.Logger

	// Tell notifies people; nil tells nobody.
	Tell func(ctx context.Context, notices []work.Notice) error
	// Count is told of each event, and may be nil.
	Count func(Outcome)
	// Self is the ARN that Rollcall's own calls are made by; nil, and an empty
	// one, is not known.
	Self func(context.Context) string
}

// Actor is who asks for a sync because of an event.
var Actor = plan.Actor{Name: "events", Door: "work"}

// Listener acts on the events of one directory. Any number of them, in as many
// processes, may listen to one queue.
type Listener struct {
	Options
	seen   recent
	looked map[cloudtrail.Object]Outcome // at since the batch at hand arrived, so that no event of it is newer
}

// New returns a listener; [Listener.Run] begins.
func New(o Options) *Listener {
	if o.Tell == nil {
		o.Tell = func(context.Context, []work.Notice) error { return nil }
	}
	if o.Count == nil {
		o.Count = func(Outcome) {}
	}
	if o.Self == nil {
		o.Self = func(context.Context) string { return "" }
	}
	o.Log = o.Log.With("directory", o.Directory.Name())
	return &Listener{Options: o, seen: recent{known: map[string]bool{}}}
}

// recent remembers the last events that were dealt with, so that what comes
// twice is not read twice. It is for one goroutine.
type recent struct {
	known map[string]bool
	order []string
	next  int
}

const mostRecent = 10_000

func (r *recent) add(id string) {
	if r.known[id] {
		return
	}
	r.known[id] = true
	if len(r.order) < mostRecent {
		r.order = append(r.order, id)
		return
	}
	delete(r.known, r.order[r.next])
	r.order[r.next] = id
	r.next = (r.next + 1) % mostRecent
}
