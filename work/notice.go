package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"rollcall/apply"
	"rollcall/approval"
	"rollcall/fault"
	"rollcall/plan"
	"rollcall/sqldb"
)

// NoticeKind says what a notice is about.
type NoticeKind string

// The kinds of notices.
const (
	RunFailed      NoticeKind = "run_failed"      // no plan could be made, or objects failed
	BrakeTripped   NoticeKind = "brake_tripped"   // a plan is stopped, and waits for a person
	ApprovalNeeded NoticeKind = "approval_needed" // a plan waits until people agree
	SyncStale      NoticeKind = "sync_stale"      // it was last complete too long ago
	TokenExpiring  NoticeKind = "token_expiring"  // 90, 30 and 7 days before its end
	DriftFound     NoticeKind = "drift"           // somebody else changed what a source owns, as AWS's events say
)

// NoticeKinds lists them all.
func NoticeKinds() []NoticeKind {
	return []NoticeKind{RunFailed, BrakeTripped, ApprovalNeeded, SyncStale, TokenExpiring, DriftFound}
}

// Notice tells people that something needs them. It holds no person's data.
type Notice struct {
	Cause     string     `json:"cause"` // what it is about: one cause is told once
	Kind      NoticeKind `json:"kind"`
	At        time.Time  `json:"at"`
	Title     string     `json:"title"`
	Text      string     `json:"text"`
	Sync      string     `json:"sync,omitempty"`
	Directory string     `json:"directory,omitempty"`
	Run       string     `json:"run,omitempty"`
	Plan      string     `json:"plan,omitempty"`
	Rules     []string   `json:"rules,omitempty"`
	Fault     string     `json:"fault,omitempty"`
}

// Receiver is somebody who is notified.
type Receiver struct {
	Name  string
	Kinds []NoticeKind // empty: all
	// Send delivers a notice. It is repeated until it returns nil.
	Send func(ctx context.Context, n Notice) error
}

func (r Receiver) wants(k NoticeKind) bool { return len(r.Kinds) == 0 || slices.Contains(r.Kinds, k) }

// Token is a SCIM token in use.
type Token struct {
	Directory string
	ID        string // empty where nobody knows it
	Expires   time.Time
}

// noticeDays are how many days before its end a token is told of.
var noticeDays = []int{7, 30, 90}

// noticesOf is what is to be told of how an attempt ended. What keeps going
// wrong in the same way is one cause, until a sync is complete again.
func (s *Service) noticesOf(ctx context.Context, a *Attempt, failed error) []Notice {
	n := Notice{At: a.Ended, Sync: a.Sync, Run: a.Run, Plan: string(a.Plan), Directory: s.syncs[a.Sync].Target, Text: a.Text, Fault: a.Fault}
	how := ""
	_, off := errors.AsType[*OffError](failed)
	if a.Flow != 0 && (off || a.triedAgain(failed) && a.passes(failed)) {
		return nil
	}
	switch a.Status {
	case Failed:
		n.Kind, how = RunFailed, a.Fault
		n.Title = fmt.Sprintf("%s failed: %s", a.what(), a.Fault)
		if a.Sync == "" && a.Flow == 0 {
			n.Title = fmt.Sprintf("Run %s could not be gone on with: %s", a.Run, a.Fault)
		}
	case Partly:
		n.Kind, how = RunFailed, string(Partly)
		n.Title = a.what() + " could not make all changes"
	case Braked:
		n.Kind = BrakeTripped
		if braked, ok := errors.AsType[*apply.BrakedError](failed); ok {
			for _, b := range braked.Brakes {
				n.Rules = append(n.Rules, b.Rule)
			}
			n.Plan = string(braked.Plan)
		}
		how = strings.Join(n.Rules, "+")
		n.Title = "A brake has stopped " + strings.ToLower(a.what()[:1]) + a.what()[1:] + "; nothing but what takes access away was written"
		n.Text += "\nLook at the plan with: rollcall plan show " + plan.ID(n.Plan).Short()
	case Waiting:
		waits, ok := errors.AsType[*apply.UnapprovedError](failed)
		if !ok || waits.Request.Status != approval.Waiting {
			return nil // it was rejected, which somebody knows
		}
		n.Kind, how = ApprovalNeeded, n.Plan
		n.Title = "A plan of " + strings.ToLower(a.what()[:1]) + a.what()[1:] + " waits for approval"
		n.Text += "\nLook at it with: rollcall approval show " + plan.ID(n.Plan).Short()
	default:
		return nil
	}
	since := ""
	if good, err := s.Baselines.Accepted(ctx); err == nil {
		since = strconv.FormatInt(instant(good[a.Sync]), 10)
	}
	n.Cause = strings.Join([]string{string(n.Kind), a.Sync + a.laneOfRun(), how, since}, "/")
	return []Notice{n}
}

// what says for people what an attempt is of.
func (a *Attempt) what() string {
	if a.Flow != 0 {
		return fmt.Sprint("Flow ", a.Flow)
	}
	return "Sync " + a.Sync
}

// laneOfRun tells runs of commands apart, which have no sync.
func (a *Attempt) laneOfRun() string {
	if a.Sync != "" {
		return ""
	}
	return a.lane
}

// rules says what tripped.
func rules(brakes []plan.Brake) string {
	var texts []string
	for _, b := range brakes {
		texts = append(texts, b.Rule+": "+b.Text)
	}
	return strings.Join(texts, "\n")
}

// checks remembers when dates were looked at last.
type checks struct{ at time.Time }

const checkEvery = time.Minute

// check looks whether a sync has become stale, or a token comes to its end.
func (s *Service) check(ctx context.Context, now time.Time) error {
	s.mu.Lock()
	early := now.Sub(s.checked.at) < checkEvery && !now.Before(s.checked.at)
	if !early {
		s.checked.at = now
	}
	s.mu.Unlock()
	if early || len(s.Receivers) == 0 {
		return nil
	}
	stale, err := s.Stale(ctx)
	if err != nil {
		return err
	}
	var notices []Notice
	for _, one := range stale {
		notices = append(notices, Notice{
			Cause: fmt.Sprintf("%s/%s/%d", SyncStale, one.Sync, instant(one.Since)), Kind: SyncStale, At: now, Sync: one.Sync,
			Directory: s.syncs[one.Sync].Target, Title: fmt.Sprintf("Sync %s is stale", one.Sync), Text: one.String(),
		})
	}
	if s.Tokens != nil {
		tokens, err := s.Tokens(ctx)
		if err != nil {
			return err
		}
		for _, t := range tokens {
			notices = append(notices, expiring(t, now)...)
		}
	}
	return s.tell(ctx, notices, now)
}

// expiring is the notice about a token, if it ends soon: the most urgent one.
func expiring(t Token, now time.Time) []Notice {
	for _, days := range noticeDays {
		left := t.Expires.Sub(now)
		if left > time.Duration(days)*24*time.Hour {
			continue
		}
		what := "The SCIM token of directory " + t.Directory
		title := fmt.Sprintf("%s ends in %d days", what, max(0, int(left/(24*time.Hour))))
		if left <= 0 {
			title = what + " has ended"
		}
		return []Notice{{
			Cause: fmt.Sprintf("%s/%s/%s/%d/%d", TokenExpiring, t.Directory, t.ID, instant(t.Expires), days),
			Kind:  TokenExpiring, At: now, Directory: t.Directory, Title: title,
			Text: fmt.Sprintf("It is good until %s. Make another one, put it where the configuration says, and revoke this one.", t.Expires.Format(time.RFC3339)),
		}}
	}
	return nil
}

// Tell notifies whoever wants to be. A cause that was told of before is not told
// again.
func (s *Service) Tell(ctx context.Context, notices []Notice) error {
	if len(s.Receivers) == 0 {
		return nil
	}
	return s.tell(ctx, notices, s.Clock.Now())
}

// tell writes down the notices that are new.
func (s *Service) tell(ctx context.Context, notices []Notice, now time.Time) error {
	var fresh []Notice
	err := s.db.Read(ctx, func(q sqldb.Query) error {
		fresh = nil
		for _, n := range notices {
			var known int
			if err := q.Row("SELECT count(*) FROM work_notices WHERE cause = $1", n.Cause).Scan(&known); err != nil {
				return err
			}
			if known == 0 {
				fresh = append(fresh, n)
			}
		}
		return nil
	})
	if err != nil || len(fresh) == 0 {
		return sqldb.Fault("read notices", "", err)
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error { return s.note(tx, fresh, now) })
	return sqldb.Fault("write notices", "", err)
}

// note writes notices down for everybody who wants them. A cause that was told
// of before is not told again.
func (s *Service) note(tx *sqldb.Tx, notices []Notice, now time.Time) error {
	for _, n := range notices {
		n.At = now
		body, err := json.Marshal(n)
		if err != nil {
			return fault.New(fault.Internal, "write notice", n.Cause, err)
		}
		done, err := tx.Exec("INSERT INTO work_notices (cause, made, body) VALUES ($1, $2, $3) ON CONFLICT (cause) DO NOTHING", n.Cause, now.UnixMilli(), string(body))
		if err != nil {
			return err
		}
		switch rows, err := done.RowsAffected(); {
		case err != nil:
			return err
		case rows == 0:
			continue
		}
		for _, r := range s.Receivers {
			if !r.wants(n.Kind) {
				continue
			}
			if _, err := tx.Exec("INSERT INTO work_deliveries (cause, receiver, tries, next, delivered, problem) VALUES ($1, $2, 0, $3, 0, '')",
				n.Cause, r.Name, now.UnixMilli()); err != nil {
				return err
			}
		}
	}
	return nil
}
