package sqldir

import (
	"maps"
	"strings"
	"testing"

	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

// Whatever is stored, a query touches what it answers and no more: no table is
// scanned, and nothing but the few rows of one external id is sorted.
func TestEveryQueryWalksAnIndex(t *testing.T) {
	c, err := Open(t.Context(), sqldbtest.SQLite(t))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for name, query := range everyQuery() {
		var steps []string
		err := c.db.Write(t.Context(), func(tx *sqldb.Tx) (err error) {
			steps, err = sqldbtest.Steps(tx, query)
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		plan := strings.Join(steps, "; ")
		if strings.Contains(plan, "SCAN") || strings.Contains(plan, "ORDER BY") {
			t.Errorf("%s: %s", name, plan)
		}
	}
}

// everyQuery is each by a name.
func everyQuery() map[string]string {
	all := map[string]string{
		"store": selectStore, "network": selectNetwork, "update network": updateNetwork, "numbers": takeNumbers, "events": selectEvents,
		"user": selectUserByID, "user key": selectUserKey, "users": selectUsers, "update user": updateUser, "delete user": deleteUser,
		"user by external id": userQueries.external, "user by issuer": userQueries.issued,
		"group": selectGroupByID, "group key": selectGroupKey, "groups": selectGroups, "update group": updateGroup, "delete group": deleteGroup,
		"group by external id": groupQueries.external, "group by issuer": groupQueries.issued,
		"members": selectMembers, "memberships": selectMemberships, "group ids": selectGroupIDsOfUser, "user ids": selectUserIDsOfGroup,
		"membership": selectMembership, "membership by id": selectMembershipByID, "delete membership": deleteMembership,
		"user keys": selectUserKeys[0], "delete memberships": deleteMemberships[0],
		"settle up to": selectLast, "settle what is gone": removeGone, "settle what came": insertCome, "settled": removeRecent,
		"drop those of a user": userExternals.remove, "drop those of a group": groupExternals.remove,
	}
	maps.Copy(all, userQueries.name)
	maps.Copy(all, groupQueries.name)
	return all
}
