package config

import "rollcall/reconcile"

// Leavers says what a sync takes from people whom it disables.
type Leavers struct {
	Memberships string `yaml:"memberships" enum:"as_source,keep,revoke" doc:"What becomes of their memberships in the sync's groups. as_source: who is gone from the source or out of scope is in none, who is disabled there is in those of the source. keep: who is gone stays in theirs until the account is deleted. revoke: who is disabled in the source is in none either. Left out: as_source."`
	Assignments string `yaml:"assignments" enum:"keep,revoke" doc:"What becomes of the accounts and applications that were given to them, not to a group. keep: they stay until the account is deleted. revoke: they are taken as soon as the person is disabled, and given back if the person is back within retention. Left out: keep."`
}

// Build returns them as planning takes them.
func (l Leavers) Build() reconcile.Leavers {
	memberships := map[string]reconcile.MembershipsOf{"keep": reconcile.MembershipsKept, "revoke": reconcile.MembershipsRevoked}
	assignments := map[string]reconcile.AssignmentsOf{"revoke": reconcile.AssignmentsRevoked}
	return reconcile.Leavers{Memberships: memberships[l.Memberships], Assignments: assignments[l.Assignments]}
}

func (d *decoder) checkLeavers(c *Config, at path, s Sync) {
	if s.Leavers.Memberships != "" && !s.ManageGroups() {
		d.complainAt(at.with("memberships"), "this sync ignores groups, and takes nobody out of one")
	}
	if dir := c.Directories[s.Directory]; s.Leavers.Assignments == "revoke" && dir.Kind == KindAWS && !dir.UsesAPI() {
		d.complainAt(at.with("assignments"), "directory "+s.Directory+" is reached by SCIM alone, which knows no assignments")
	}
}
