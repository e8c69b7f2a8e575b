package journal_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
	"rollcall/sqldb"
)

var (
	ann   = identity.Record{Source: "corp", Kind: identity.KindUser, Anchor: "E1"}
	admin = plan.Actor{Name: "root", Door: "cli"}
)

// mentionsAnn puts ann into every place a plan can name a person in.
func mentionsAnn(p *plan.Plan) {
	p.Source, p.Title = "corp", "disable annika"
	p.Changes[0].Name, p.Changes[0].Record = "annika", &ann
	p.Changes[0].Edits = []identity.Edit{{Path: "displayName", Old: []byte(`"Annika S."`), New: []byte(`"Annika T."`)}}
	p.Changes[0].Expect.Digest = "d1"
	p.Changes = append(p.Changes, plan.Change{
		Number: len(p.Changes) + 1, Kind: plan.GroupMembers, Subject: plan.Existing(group(1)), Name: "crew", Reason: "as in the source",
		Add: []plan.Member{{User: plan.Existing(user(1)), Name: "annika"}, {User: plan.Existing(user(2)), Name: "bob", Anchor: "E2"}},
	})
	p.Changes = append(p.Changes, plan.Change{
		Number: len(p.Changes) + 1, Kind: plan.UserUpdate, Subject: plan.Existing(user(1)), Name: "annika", Record: &ann, Reason: "as in the source",
		Edits: []identity.Edit{{Path: "userName", Old: []byte(`"annika"`), New: []byte(`"annika.t"`)}},
	})
	p.Attention = []plan.Attention{{Situation: "held", Kind: identity.KindUser, Name: "annika", Object: user(1), Text: "annika is held"}}
	p.Brakes = []plan.Brake{{Rule: plan.RuleProtected, Text: "1 protected", Names: []string{"annika", "bob"}}}
	p.Brakes = append(p.Brakes, plan.Brake{Rule: plan.RuleUsersRenamed, Text: "1 renamed", Names: []string{p.Changes[len(p.Changes)-1].Renaming(), "bob → bo"}})
}

func TestErasingAPersonLeavesTheChainWhole(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		id := b.save(t, 2, mentionsAnn)
		r := b.start(t, journal.Start{Plan: id, Target: target, Sync: "corp", Actor: admin, Override: "asked for"})
		ok(t, r.Outcome(ctx, disabled(1)))
		ok(t, r.Outcome(ctx, disabled(2)))
		ok(t, r.Outcome(ctx, journal.Outcome{Change: 3, Result: journal.Failed, Object: user(1), Text: "annika is taken"}))
		if _, err := b.Erase(ctx, target, ann, admin); !fault.Is(err, fault.Conflict) {
			t.Fatalf("while the run has no end: %v", err)
		}
		before, err := r.Finish(ctx, journal.Complete, nil)
		ok(t, err)

		done, err := b.Erase(ctx, target, ann, admin)
		ok(t, err)
		if done.Entries != 3 || done.Plans != 1 {
			t.Errorf("erased %+v", done)
		}
		if report := b.verify(t, &before); report.Problem != nil || report.Erased != 3 {
			t.Errorf("verified %+v %+v", report, report.Problem)
		}
		b.nothingLeftOf(t, "user1", "annika", "Annika", `"E1"`)
		got, err := b.AsOf(ctx, target, identity.KindUser, user(1), b.clock.Now())
		ok(t, err)
		if !got.Erased || got.Body != nil || got.Name != "" {
			t.Errorf("as of now: %+v", got)
		}
		if other, err := b.AsOf(ctx, target, identity.KindUser, user(2), b.clock.Now()); err != nil || other.Name != "user2" {
			t.Errorf("somebody else: %+v, %v", other, err)
		}
		_, err = b.Begin(ctx, journal.Start{Plan: id, Target: target, Actor: admin, Override: "again"})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("carrying the plan out: %v", err)
		}
		if _, err := b.Erase(ctx, target, identity.Record{Source: "corp", Kind: identity.KindUser, Anchor: "E9"}, admin); !fault.Is(err, fault.NotFound) {
			t.Errorf("somebody unknown: %v", err)
		}
	})
}

// nothingLeftOf looks through every table, the plans unpacked.
func (b *bench) nothingLeftOf(t *testing.T, words ...string) {
	t.Helper()
	ctx := context.Background()
	var all bytes.Buffer
	plans, err := b.Plans(ctx, 100)
	ok(t, err)
	for _, info := range plans {
		p, err := b.Plan(ctx, string(info.ID))
		ok(t, err)
		all.Write(p.File)
		all.WriteString(info.Title)
		for _, brake := range info.Brakes {
			all.WriteString(strings.Join(brake.Names, " "))
		}
	}
	ok(t, b.Export(ctx, target, &all))
	ok(t, b.db.Read(ctx, func(q sqldb.Query) error {
		rows, err := q.Rows("SELECT name, source, anchor FROM history_objects")
		if err != nil {
			return err
		}
		return sqldb.Each(rows, func(scan func(...any) error) error {
			var name, source, anchor string
			err := scan(&name, &source, &anchor)
			fmt.Fprintf(&all, "%q %q %q\n", name, source, anchor)
			return err
		})
	}))
	for _, w := range words {
		if strings.Contains(all.String(), w) {
			t.Errorf("%q is still there", w)
		}
	}
	if !strings.Contains(all.String(), "user2") {
		t.Error("somebody else is gone too")
	}
}

// A reader of the file that knows nothing but SHA-256 can check the chain.
func TestAnExportedChainCanBeVerifiedByItself(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.finished(t, 3)
		var file bytes.Buffer
		ok(t, b.Export(context.Background(), target, &file))
		lines := bufio.NewScanner(&file)
		lines.Scan()
		var header struct {
			Format string
			Head   journal.Head
		}
		ok(t, json.Unmarshal(lines.Bytes(), &header))
		if header.Format != journal.ExportFormat || !header.Head.Signed() {
			t.Errorf("header %+v", header)
		}
		sum := sha256.Sum256([]byte("rollcall-journal/1\n" + target))
		n, users := int64(0), []string{}
		for lines.Scan() {
			var line struct {
				Seq      int64
				Envelope []byte
				Body     []byte
				Hash     string
				Effects  []journal.Effect
			}
			ok(t, json.Unmarshal(lines.Bytes(), &line))
			n++
			sum = sha256.Sum256(append(sum[:], line.Envelope...))
			if line.Seq != n || line.Hash != hex.EncodeToString(sum[:]) {
				t.Fatalf("line %d: %s", n, lines.Text())
			}
			digest := sha256.Sum256(line.Body)
			if line.Body != nil && !bytes.Contains(line.Envelope, digest[:]) {
				t.Errorf("line %d: its body is not the one in the envelope", n)
			}
			for _, f := range line.Effects {
				users = append(users, f.Name)
			}
		}
		if n != header.Head.Seq || hex.EncodeToString(sum[:]) != header.Head.Hash {
			t.Errorf("%d lines, head %+v", n, header.Head)
		}
		if !slices.Equal(users, []string{"user1", "user2", "user3"}) {
			t.Errorf("effects on %v", users)
		}
	})
}
