package directory

// Abilities says what a directory can do beyond the minimum. It is an input to
// planning: nothing is planned that the target cannot do.
type Abilities struct {
	Status      bool // users can be enabled and disabled
	ExternalIDs bool // external ids can be stored
	BulkMembers bool // up to identity.MaxMembers memberships change in one call
	Founding    bool // a group is created with its first members, up to identity.MaxMembers, in one call
	Revisions   bool // objects carry revisions, and writes check them
	Feed        bool // the directory keeps a log of its own writes
	Network     bool // it can restrict from where it is reached
}

// Abilities returns what this directory can do.
func (d *Directory) Abilities() Abilities {
	var a Abilities
	_, a.Status = d.driver.(StatusSetter)
	_, a.ExternalIDs = d.driver.(ExternalIDSetter)
	_, a.BulkMembers = d.driver.(MemberChanger)
	_, a.Founding = d.driver.(Founder)
	_, a.Revisions = d.driver.(Reviser)
	_, a.Feed = d.driver.(Feeder)
	_, a.Network = d.driver.(NetworkController)
	return a
}

// Ability is one line of the abilities table: its name, what it means, and
// whether the directory has it.
type Ability struct {
	Name string
	Does string
	Has  bool
}

// Table lists the abilities in their one order, for documentation and people.
func (a Abilities) Table() []Ability {
	return []Ability{
		{"status", "enable and disable users", a.Status},
		{"external-ids", "store the anchor as externalId", a.ExternalIDs},
		{"bulk-members", "change 100 memberships in one call", a.BulkMembers},
		{"founding", "create a group with its first 100 members in one call", a.Founding},
		{"revisions", "refuse a write to an object that changed meanwhile", a.Revisions},
		{"feed", "list its own writes in commit order", a.Feed},
		{"network", "restrict from where it is reached", a.Network},
	}
}
