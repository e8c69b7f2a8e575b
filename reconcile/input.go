package reconcile

import (
	"time"

	"rollcall/baseline"
	"rollcall/directory"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/source"
)

// User is a person of the source, mapped to what the target should hold.
type User struct {
	Anchor  identity.Anchor
	Name    string // what the source calls the entry
	In      bool   // in scope
	User    identity.User
	Problem error // why the person cannot be mapped; the account is left as it is
}

// Group is a group of the source, mapped.
type Group struct {
	Anchor  identity.Anchor
	Name    string
	In      bool
	Group   identity.Group
	Members []source.Member
	AddOnly bool   // the read does not say who left
	Why     string // why it does not
	Problem error
}

// Wanted is one complete read of a source, mapped.
type Wanted struct {
	Source string
	Users  []User  // sorted by anchor
	Groups []Group // sorted by anchor
	SHA256 string  // of what was read, if it has bytes

	// Keep says why nobody may be taken for gone on the strength of this read,
	// though it is complete; empty: they may. See [Table.Keeping].
	Keep string

	// Unsure says why this read may be older than the last one, empty: it is
	// not. Nobody who is disabled is enabled or joins a group on the strength of
	// it, and nothing that was taken is given back.
	Unsure string
}

// Current is one complete read of a directory.
type Current struct {
	Store     directory.Store
	Abilities directory.Abilities
	Limits    directory.Limits
	Users     []identity.User

	WithGroups bool // groups and members were read too
	Groups     []identity.Group
	Members    map[identity.ID][]identity.ID // users by group

	// Assigned is what the objects have that are to be deleted, and the people
	// from whom it is to be taken; nil where it was not read. See [PlanNoting].
	Assigned map[identity.ID][]plan.Assignment
}

// Settings are what a sync's configuration says about planning.
type Settings struct {
	Sync         string
	Directory    string
	Table        Table
	Correlate    []string // directory.KeyUserName, KeyEmail, KeyDisplayName; tried after link and external id
	Issuer       string   // of the anchor, as external ids carry it; the directory's own takes its place
	UserPaths    []string // attributes that the mapping sets
	GroupPaths   []string
	ManageGroups bool
	Limits       plan.Limits
	Grace        time.Duration // how long somebody is gone, and disabled, before they are deleted; 0: at once
	Retention    time.Duration // for how long what was taken or ended is given back; 0: never
	Leavers      Leavers       // what is taken from whoever is disabled
}

// Known is what Rollcall remembers.
type Known struct {
	Links []link.Link // every link into the directory, of any source
	Holds []link.Hold

	Absent   map[baseline.Key]baseline.Absence // of whom [Gone] names: since when
	Baseline *baseline.Baseline                // the last read that was accepted; nil: none yet
	Earlier  []plan.Change                     // made by earlier runs of the sync within plan.Window, as the brakes count them

	Taken map[identity.Record]journal.Taken // what syncs have taken from whom within the retention time
}

// Input is all that planning looks at.
type Input struct {
	Settings Settings
	Wanted   *Wanted
	Current  *Current
	Known    Known
	Counts   *baseline.Counts // of what is wanted, to hold against the baseline; nil: nothing is
	Read     string           // the digest that Counts are kept by
	Made     time.Time
	By       plan.Actor
	Others   *Others // who is left out, because nothing is to be done about them; nil: nobody
}
