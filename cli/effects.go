package cli

import (
	"context"
	"io"
	"time"

	"rollcall/access"
	"rollcall/config"
	"rollcall/plan"
)

const (
	// shownEffects are shown with a plan; rollcall access effects says all.
	shownEffects = 10
	// effectsAge is how old what was read of AWS may be to say what a plan
	// means: reading it anew would take minutes.
	effectsAge = 24 * time.Hour
	// rulesAge is how old what was read of AWS may be to decide by: what Rollcall
	// itself changes is read anew.
	rulesAge = 15 * time.Minute
)

// renderNew shows a plan that is not carried out yet, and what it would mean
// for who reaches what.
func (h *house) renderNew(ctx context.Context, w io.Writer, p *plan.Plan, all bool) error {
	if err := h.render(w, p, all); err != nil {
		return err
	}
	h.renderEffects(ctx, w, p)
	return nil
}

// renderEffects says what a plan means for people, where that can be known
// without much ado: of an embedded directory, or from what was read of AWS
// lately. A plan that cannot be explained is a plan all the same.
func (h *house) renderEffects(ctx context.Context, w io.Writer, p *plan.Plan) {
	sentences, ago := h.meansOf(ctx, p)
	if len(sentences) == 0 {
		return
	}
	say(w, "What it means for who reaches what%s:", ago)
	for i, s := range sentences {
		if i == shownEffects {
			say(w, "  … and %d more: rollcall access effects PLAN says all", len(sentences)-i)
			break
		}
		say(w, "  %s", s)
	}
}

// meansOf says what a plan means for people, and how long ago that was read;
// nothing where it cannot be known without much ado.
func (h *house) meansOf(ctx context.Context, p *plan.Plan) (sentences []string, ago string) {
	if !touchesAccess(p) {
		return nil, ""
	}
	l, err := h.look(ctx, p.Directory, reading{maxAge: effectsAge})
	if err != nil {
		return nil, ""
	}
	l.reader.Progress = nil
	l.reader.Kept = h.config.Directories[p.Directory].Kind == config.KindAWS
	f, err := l.reader.Read(ctx, access.Scope{})
	if err != nil {
		return nil, ""
	}
	g := access.New(f)
	return g.Sentences(g.Effects(p)), agoText(f.Taken, l.reader.Kept)
}

func agoText(taken time.Time, kept bool) string {
	if age := time.Since(taken); kept && age > time.Minute {
		return ", as it was " + age.Round(time.Minute).String() + " ago"
	}
	return ""
}

// touchesAccess reports whether a plan can change who reaches what.
func touchesAccess(p *plan.Plan) bool {
	for _, c := range p.Changes {
		switch c.Kind {
		case plan.UserEnable, plan.UserDisable, plan.UserDelete, plan.GroupDelete, plan.GroupMembers, plan.AssignmentCreate, plan.AssignmentDelete:
			return true
		}
	}
	return false
}
