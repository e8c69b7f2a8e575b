package apply

import (
	"context"
	"maps"
	"slices"
	"time"

	"rollcall/assignment"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
)

// work is one run under way. Only the goroutine of all touches its maps; the
// workers get what they need and send back what happened.
type work struct {
	x      *Executor
	run    *journal.Run
	plan   *plan.Plan
	writer *directory.Writer
	access *assignment.Instance // nil: not needed, or none can be reached

	begun    map[int]bool                  // an intent of a life before, without an outcome: settle first
	outcomes map[int]journal.Outcome       // of every change that is settled
	bound    map[plan.Subject]identity.ID  // what creations became
	revision map[identity.ID]string        // of objects this run has written to
	before   map[int]int                   // the change of the same subject that comes before a change, by number
	fills    map[int]plan.Change           // the change that fills a group, by the number of its creation
	placed   map[identity.ID][]identity.ID // whom groups of this life were created with
	denials  map[string][]int              // the changes that deny somebody, by permission set
	refused  map[int]report                // changes whose seal did not hold when the run began
	holds    held                          // as they were before the last changes were started
	failures []Failure
	total    int
	running  room // changes under way; of the denials, permission sets
	policies *Policies
	denying  map[string]int // denials under way, by permission set
}

// held says who is put out: by their record, which outlives the account, and
// by the account, which plans of single commands may name without a record.
type held struct {
	people  map[holdKey]bool
	objects map[identity.ID]bool
}

type holdKey struct {
	source string
	anchor identity.Anchor
}

// report is what became of one change.
type report struct {
	change  plan.Change
	outcome journal.Outcome
	found   []identity.Edit // stale: planned and found values
	placed  []identity.ID   // whom a group was created with
	err     error           // fatal: the run cannot go on
}

func (x *Executor) newWork(ctx context.Context, run *journal.Run, p *plan.Plan) (*work, error) {
	w := &work{
		x: x, run: run, plan: p, writer: directory.WriterFor(x.Directory), total: len(p.Changes),
		bound: map[plan.Subject]identity.ID{}, revision: map[identity.ID]string{},
		before: earlier(p.Changes), refused: map[int]report{}, denials: denials(p.Changes), policies: x.Policies, denying: map[string]int{},
		fills: founders(p.Changes, x.Directory.Abilities().Founding), placed: map[identity.ID][]identity.ID{},
	}
	if w.policies == nil {
		w.policies = NewPolicies()
	}
	var err error
	if slices.ContainsFunc(p.Changes, func(c plan.Change) bool { return c.Kind.Assigns() || c.Kind.Denies() || c.Kind.Deletes() }) {
		if w.access, err = x.Access.Open(ctx); err != nil {
			return w, err
		}
	}
	if w.outcomes, w.begun, err = run.Done(ctx); err != nil {
		return w, err
	}
	for _, c := range p.Changes {
		if o, done := w.outcomes[c.Number]; done {
			w.remember(c, o)
		}
	}
	return w, nil
}

// earlier says which change of the same subject stands before each change, if
// there is one. Changes of one object are made one after the other, in the
// order of their numbers: the revision that the last of them left is then the
// object's, also for whoever resumes the run.
func earlier(changes []plan.Change) map[int]int {
	last, before := make(map[plan.Subject]int, len(changes)), map[int]int{}
	for _, c := range changes {
		s := subjectOf(c)
		if n, seen := last[s]; seen {
			before[c.Number] = n
		}
		last[s] = c.Number
	}
	return before
}

// remember takes over what a settled change left behind.
func (w *work) remember(c plan.Change, o journal.Outcome) {
	w.outcomes[c.Number] = o
	if !o.Result.Made() {
		return
	}
	if o.Object != "" && c.Kind.Creates() {
		w.bound[plan.New(c.Number)] = o.Object
	}
	if o.Revision != "" {
		w.revision[o.Object] = o.Revision
	}
}

// all carries out every change that is not settled. It starts changes in the
// order of their numbers as soon as what they need is done, journals the
// intents of all that can start in one go, and stops starting more when ctx
// ends or a fault makes going on useless. It waits for what is under way.
func (w *work) all(ctx context.Context) error {
	reports := make(chan report)
	pending := w.unsettled()
	running := 0
	var fatal error
	for {
		if fatal == nil {
			fatal = context.Cause(ctx)
		}
		if fatal == nil {
			var batch []plan.Change
			batch, pending = w.ready(pending, w.room())
			if err := w.start(ctx, batch, reports); err != nil {
				fatal = err
			} else {
				running += len(batch)
				for _, c := range batch {
					w.count(c, 1)
				}
			}
		}
		if running == 0 {
			if fatal == nil && len(pending) > 0 {
				fatal = fault.Text(fault.Internal, "apply plan", "", "changes wait for each other")
			}
			return fatal
		}
		for _, r := range gather(reports, &running) {
			w.count(r.change, -1)
			if err := w.settle(r); err != nil && fatal == nil {
				fatal = err
			}
		}
	}
}

// gather waits for one report and takes the others that are there already, so
// that the next intents share one commit.
func gather(reports chan report, running *int) []report {
	all := []report{<-reports}
	*running--
	for *running > 0 {
		select {
		case r := <-reports:
			all = append(all, r)
			*running--
		default:
			return all
		}
	}
	return all
}

func (w *work) unsettled() []plan.Change {
	var pending []plan.Change
	for _, c := range w.plan.Changes {
		if _, settled := w.outcomes[c.Number]; !settled {
			pending = append(pending, c)
		}
	}
	return pending
}

func (w *work) canStart(c plan.Change) bool {
	if before, is := w.before[c.Number]; is {
		if _, settled := w.outcomes[before]; !settled {
			return false
		}
	}
	for _, need := range c.Needs {
		if _, settled := w.outcomes[need]; !settled {
			return false
		}
	}
	return !w.waitsForMembers(c) && !w.waitsForPolicy(c)
}

// waitsForPolicy reports whether other work on a permission set should wait
// until its policy is where it is to be: AWS does one after the other, and who
// is denied cannot go on while the rest is taken.
func (w *work) waitsForPolicy(c plan.Change) bool {
	if c.Kind != plan.AssignmentDelete {
		return false
	}
	for _, n := range w.denials[c.Assignment.PermissionSet] {
		if _, settled := w.outcomes[n]; !settled && n < c.Number {
			return true
		}
	}
	return false
}

// denials are the changes of permission sets' policies that deny somebody, by
// permission set.
func denials(changes []plan.Change) map[string][]int {
	of := map[string][]int{}
	for _, c := range changes {
		if c.Kind == plan.SessionDeny {
			of[c.Denial.PermissionSet] = append(of[c.Denial.PermissionSet], c.Number)
		}
	}
	return of
}

// subjectOf keeps what belongs to an object apart from the object itself: its
// memberships, each of its assignments.
func subjectOf(c plan.Change) plan.Subject {
	switch {
	case c.Kind == plan.GroupMembers:
		return "members of " + c.Subject
	case c.Kind.Assigns():
		return plan.Subject(c.Assignment.ID(identity.ID(c.Subject)))
	case c.Kind.Denies():
		return plan.Subject(c.Denial.ID(identity.ID(c.Subject)))
	}
	return c.Subject
}

// start journals the intents of a batch and sends each change on its way.
// Changes that must not be made get their outcome without an intent.
func (w *work) start(ctx context.Context, batch []plan.Change, reports chan<- report) error {
	if len(batch) == 0 {
		return nil
	}
	if err := w.loadHolds(ctx); err != nil {
		return err
	}
	var intents []int
	verdicts := make([]*report, len(batch))
	for i, c := range batch {
		verdicts[i] = w.forbidden(c)
		if verdicts[i] == nil && !w.begun[c.Number] {
			intents = append(intents, c.Number)
		}
	}
	if len(intents) > 0 {
		if err := w.run.Intents(ctx, intents); err != nil {
			return err
		}
	}
	jobs := make([]*job, len(batch))
	for i, c := range batch {
		jobs[i] = w.job(c)
		jobs[i].craft = w.craft(ctx, jobs[i])
		if d, is := jobs[i].craft.(*denying); is && verdicts[i] == nil {
			d.enlist()
		}
	}
	for i, job := range jobs {
		go func() {
			if verdicts[i] != nil {
				reports <- job.journal(ctx, *verdicts[i])
				return
			}
			reports <- job.traced(ctx)
		}()
	}
	return nil
}

// settle takes a worker's report in. It returns the fault that ends the run.
func (w *work) settle(r report) error {
	if r.err != nil {
		return r.err
	}
	w.remember(r.change, r.outcome)
	if len(r.placed) > 0 {
		w.placed[r.outcome.Object] = r.placed
	}
	if !r.outcome.Result.Whole() {
		w.failures = append(w.failures, Failure{r.change, r.outcome.Result, r.outcome.Fault, r.outcome.Text, r.found})
	}
	if w.x.Settled != nil {
		w.x.Settled(w.plan, r.change, r.outcome.Result)
	}
	if w.x.Progress != nil {
		w.x.Progress(len(w.outcomes), w.total)
	}
	return nil
}

// forbidden says why a change must not be made at all, or nil.
func (w *work) forbidden(c plan.Change) *report {
	if r, ok := w.refused[c.Number]; ok {
		return &r
	}
	for _, need := range c.Needs {
		if o := w.outcomes[need]; !o.Result.Made() && !w.freesAnyway(c, need) {
			return w.verdict(c, journal.Skipped, "change "+number(need)+", which it needs, was not made")
		}
	}
	if w.isHeld(c) {
		return w.verdict(c, journal.Held, "the person is put out and held; to let them back in: rollcall user release")
	}
	return nil
}

// freesAnyway reports whether c may go on without one of its needs. Taking
// access away waits for nobody (law 5); only a deletion does. Entitlements are
// given and taken one after the other, but one that fails stops no other, and
// who cannot be put into a group keeps nobody else out of it.
func (w *work) freesAnyway(c plan.Change, need int) bool {
	switch w.plan.Changes[need-1].Kind {
	case plan.UserHold, plan.UserDisable:
		return c.TakesAway()
	case plan.UserCreate, plan.UserRelease, plan.UserEnable:
		return c.Kind == plan.GroupMembers
	case plan.UserUpdate, plan.GroupMembers, plan.AssignmentCreate:
		return c.Kind == plan.GroupMembers || c.Kind.Assigns()
	}
	return false
}

func (w *work) verdict(c plan.Change, result journal.Result, text string) *report {
	return &report{change: c, outcome: journal.Outcome{Change: c.Number, Result: result, Text: text}}
}

func (w *work) loadHolds(ctx context.Context) error {
	holds, err := w.x.Links.Holds(ctx)
	if err != nil {
		return err
	}
	w.holds = held{people: make(map[holdKey]bool, len(holds))}
	for _, h := range holds {
		w.holds.people[holdKey{h.Source, h.Anchor}] = true
	}
	if len(holds) > 0 {
		w.holds.objects, err = w.x.Links.HeldObjects(ctx, w.plan.Directory)
	}
	return err
}

// isHeld reports whether c would create, enable or change somebody who is put
// out, or make us forget whose account it is. Taking away never waits: disabling,
// deleting, leaving groups, losing assignments.
func (w *work) isHeld(c plan.Change) bool {
	if c.Kind == plan.SessionAllow && c.Denial.Until != nil && !w.x.Clock.Now().Before(*c.Denial.Until) {
		return false // no session is left that it could let in
	}
	switch c.Kind {
	case plan.UserCreate, plan.UserEnable, plan.UserUpdate, plan.UserAdopt, plan.UserUnadopt, plan.AssignmentCreate, plan.SessionAllow:
		id, exists := c.Subject.ID()
		return exists && w.holds.objects[id] || c.Record != nil && w.holds.people[holdKey{c.Record.Source, c.Record.Anchor}]
	}
	return false
}

func (w *work) counts() journal.Counts {
	counts := journal.Counts{}
	for _, o := range w.outcomes {
		counts[o.Result]++
	}
	return counts
}

func (w *work) result(run string, id plan.ID, elapsed time.Duration) *Result {
	slices.SortFunc(w.failures, func(a, b Failure) int { return a.Change.Number - b.Change.Number })
	return &Result{
		Run: run, Plan: id, Counts: w.counts(), Failures: w.failures,
		Created: maps.Clone(w.bound), Elapsed: elapsed,
	}
}
