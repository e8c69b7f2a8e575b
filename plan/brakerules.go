package plan

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Window is how long the changes of earlier runs count together with a plan's
// own, so that many small plans add up.
const Window = 24 * time.Hour

func (l Limits) emptySource(p *Plan, e Evidence) []Brake {
	b := p.Basis
	var tripped []Brake
	empty := func(what string) {
		tripped = append(tripped, Brake{Rule: RuleEmptySource, Text: fmt.Sprintf(
			"the source has no %s, and the sync manages %s; a source that looks empty is more often one that was read wrongly", what, what) + l.renamed(e)})
	}
	if b.SourcePeople == 0 {
		empty("people")
	}
	if b.ManagesGroups && b.SourceGroups == 0 {
		empty("groups")
	}
	return tripped
}

// counted collects the objects of changes that count, by this plan and by
// earlier runs; the names are those of the plan's own.
func counted(p *Plan, e Evidence, counts func(Change) bool) (all map[Subject]string, earlier int, gone int) {
	all = map[Subject]string{}
	own := map[Subject]string{}
	for _, c := range e.Earlier {
		if counts(c) {
			all[c.Subject] = c.Name
		}
		if counts(c) && c.Kind.Deletes() {
			gone++
		}
	}
	for _, c := range p.Changes {
		if counts(c) {
			all[c.Subject], own[c.Subject] = c.Name, c.Name
		}
	}
	return all, len(all) - len(own), gone
}

// of is about changes of some kinds.
func of(kinds ...Kind) func(Change) bool {
	return func(c Change) bool { return slices.Contains(kinds, c.Kind) }
}

// sum says a threshold that was passed.
func sum(done string, count, base, earlier, limit int, t Threshold, likely string) string {
	text := fmt.Sprintf("%d of %d %s", count, base, done)
	if earlier > 0 {
		text += fmt.Sprintf(", %d of them in the last 24 hours before this plan", earlier)
	}
	return text + fmt.Sprintf("; at most %d may be (the larger of %d and %d %%); %s", limit, t.Floor, t.Percent, likely)
}

func (l Limits) usersOff(p *Plan, e Evidence) []Brake {
	off, earlier, _ := counted(p, e, of(UserDisable, UserDelete))
	base := p.atStake(earlier)
	limit := l.UsersOff.Of(base)
	if len(off) <= limit || len(off) == earlier {
		return nil
	}
	return []Brake{{
		Rule: RuleUsersOff, Count: len(off), Limit: limit, Names: someNames(off),
		Text: sum("users would be disabled or deleted", len(off), base, earlier, limit, l.UsersOff, p.likely(
			"a part of the source that is missing or no longer readable, or a scope that has become too narrow, looks just so")) + l.renamed(e),
	}}
}

// atStake is how many users a plan could put out: those in service, and those
// of whom it is counted that they are put out. Who left long ago and is disabled
// is none of them, or the share would grow with every year.
func (p *Plan) atStake(earlier int) int {
	disabled, ended := map[Subject]bool{}, 0
	for _, c := range p.Changes {
		if c.Kind == UserDisable {
			disabled[c.Subject] = true
		}
	}
	for _, c := range p.Changes {
		if c.Kind == UserDelete && !disabled[c.Subject] {
			ended++ // who was disabled by an earlier plan
		}
	}
	out := p.Basis.OutUsers
	return p.Basis.ManagedUsers - out + min(ended, out) + earlier
}

// likely is what a sync's plan that takes away so much is most likely about; an
// undo does what it is asked for, and that may be more than was thought of.
func (p *Plan) likely(ofSync string) string {
	if p.Origin == FromUndo {
		return "the run that is to be taken back has let them in or given them that, and they may need it by now"
	}
	return ofSync
}

func (l Limits) groupsDeleted(p *Plan, e Evidence) []Brake {
	deleted, earlier, gone := counted(p, e, of(GroupDelete))
	base := p.Basis.ManagedGroups + gone
	limit := l.GroupsDeleted.Of(base)
	if len(deleted) <= limit || len(deleted) == earlier {
		return nil
	}
	return []Brake{{
		Rule: RuleGroupsDeleted, Count: len(deleted), Limit: limit, Names: someNames(deleted),
		Text: sum("groups would be deleted", len(deleted), base, earlier, limit, l.GroupsDeleted,
			"their assignments would go with them, and a group made again has a new id and none of them"),
	}}
}

func (l Limits) missing(_ *Plan, e Evidence) []Brake {
	gone := map[Subject]string{}
	for _, name := range e.Missing {
		gone[Subject(name)] = name
	}
	now := len(gone)
	for _, c := range e.Earlier {
		if c.Again {
			gone[Subject(c.Name)] = c.Name
		}
	}
	limit := l.Missing.Of(e.Linked)
	if now == 0 || len(gone) <= limit {
		return nil
	}
	return []Brake{{
		Rule: RuleMissing, Count: len(gone), Limit: limit, Names: someNames(gone),
		Text: sum("linked accounts are gone from the directory", len(gone), e.Linked, len(gone)-now, limit, l.Missing,
			"most likely the directory was restored or emptied, or somebody else deletes in it; accounts made again have new ids and no assignments"),
	}}
}

func (l Limits) emptied(_ *Plan, e Evidence) []Brake {
	var names, texts []string
	for _, x := range e.Emptied {
		if x.Held < max(l.Emptied, 1) {
			continue
		}
		names = append(names, x.Name)
		texts = append(texts, fmt.Sprintf("%s %s held %d people in the last complete read, and nobody now", x.What, x.Name, x.Held))
	}
	if len(names) == 0 {
		return nil
	}
	return []Brake{{
		Rule: RuleEmptied, Count: len(names), Names: names[:min(len(names), shownNames)],
		Text: someTexts(texts) + "; most likely it was moved, is no longer exported, or may no longer be read",
	}}
}

func (l Limits) groupLeavers(p *Plan, e Evidence) []Brake {
	var names, texts []string
	for _, x := range e.Leavers {
		if !l.GroupLeavers.trips(x.Left, x.Of) {
			continue
		}
		names = append(names, x.Group)
		text := "%d of the %d people of group %s who are still in the source would have left it within 24 hours"
		if p.Origin == FromUndo {
			text = "%d of the %d people of group %s would be taken out of it"
		}
		texts = append(texts, fmt.Sprintf(text, x.Left, x.Of, x.Group))
	}
	if len(names) == 0 {
		return nil
	}
	return []Brake{{
		Rule: RuleGroupLeavers, Count: len(names), Names: names[:min(len(names), shownNames)],
		Text: someTexts(texts) + "; " + p.likely("most likely the group's members were not read whole, or its member attribute was renamed"),
	}}
}

func (l Limits) attributeLost(_ *Plan, e Evidence) []Brake {
	var names, texts []string
	for _, x := range e.Presence {
		if !l.AttributeLost.trips(x) {
			continue
		}
		names = append(names, x.Attribute)
		texts = append(texts, fmt.Sprintf("%s was set for %d of %d people in the last complete read, and is for %d of %d now",
			shortPath(x.Attribute), x.Before, x.Of, x.Now, x.NowOf))
	}
	if len(names) == 0 {
		return nil
	}
	return []Brake{{
		Rule: RuleAttributeLost, Count: len(names), Names: names[:min(len(names), shownNames)],
		Text: someTexts(texts) + "; most likely an attribute of the source was renamed or is no longer exported" + l.renamed(e),
	}}
}

// renamed says which of the source's own attributes are lost, and which new
// one may be in its place; empty if there is none.
func (l Limits) renamed(e Evidence) string {
	var texts []string
	for _, x := range e.Source {
		if !l.AttributeLost.trips(x) {
			continue
		}
		text := fmt.Sprintf("%s had %d of %d and has %d now", x.Attribute, x.Before, x.Of, x.Now)
		for _, other := range e.Source {
			if other.Before == 0 && other.Now*10 >= x.Before*8 && other.Now*8 <= x.Before*10 {
				text += ", and " + other.Attribute + ", which is new, has " + strconv.Itoa(other.Now)
				break
			}
		}
		texts = append(texts, text)
	}
	if len(texts) == 0 {
		return ""
	}
	return "; in the source itself " + someTexts(texts)
}

// trips reports whether an attribute is lost by these settings.
func (l Losing) trips(x Presence) bool {
	if x.Before < l.People || x.Before*100 < x.Of*l.Share || x.NowOf == 0 {
		return false
	}
	// Now/NowOf < Left % of Before/Of, without fractions.
	return x.Now*x.Of*100 < x.Before*x.NowOf*l.Left
}

// someTexts joins the first texts and counts the others.
func someTexts(all []string) string {
	const shown = 3
	text := strings.Join(all[:min(len(all), shown)], "; ")
	if more := len(all) - shown; more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return text
}

func someNames(of map[Subject]string) []string {
	names := slices.Sorted(maps.Values(of))
	return names[:min(len(names), shownNames)]
}
