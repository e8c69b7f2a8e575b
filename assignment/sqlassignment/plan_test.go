package sqlassignment

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rollcall/directory/sqldir"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

// Whatever is stored, no query scans a table or sorts what it found.
func TestEveryQueryWalksAnIndex(t *testing.T) {
	db, err := sqldb.Open(t.Context(), sqldbtest.SQLite(t), sqldir.Migrations(), Migrations())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for name, query := range map[string]string{
		"instance": selectInstance, "describe instance": describeInstance, "region": selectRegion, "remove region": removeRegion,
		"account": selectAccountByID, "accounts": selectAccounts, "accounts in": selectAccountsIn, "unit": selectUnitByID, "units": selectUnitsIn,
		"permission sets": listPermissionSets, "permission set": selectPermission, "update": updatePermission, "delete": deletePermission,
		"in use": hasAssignments, "tags": selectTags, "untag": deleteTag, "drop tags": deleteTags,
		"assignments": selectAssignments, "for a principal": selectAssignmentsFor, "in an account": selectPermissionSetsIn, "accounts with": selectAccountsWith,
		"request": selectRequestByID, "requests": selectRequests, "pending": countPending, "busy": isBusy,
		"find": findAssignment, "end": endAssignment, "drop gone": dropGoneAssignments,
		"applications": selectApplications, "application": selectApplicationByARN, "application assignments": selectApplicationAssignments,
		"applications for": selectApplicationAssignmentsFor, "delete application assignment": deleteApplicationAssignment,
		"delete application": deleteApplication,
	} {
		var steps []string
		err := db.Write(t.Context(), func(tx *sqldb.Tx) error {
			n := 0
			for strings.Contains(query, fmt.Sprintf("$%d", n+1)) {
				n++
			}
			found, err := tx.Rows("EXPLAIN QUERY PLAN "+query, slices.Repeat([]any{1}, n)...)
			if err != nil {
				return err
			}
			return sqldb.Each(found, func(scan func(...any) error) error {
				var id, parent, unused int
				var step string
				err := scan(&id, &parent, &unused, &step)
				steps = append(steps, step)
				return err
			})
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		plan := strings.ReplaceAll(strings.Join(steps, "; "), "SCAN CONSTANT ROW", "")
		if strings.Contains(plan, "SCAN") || strings.Contains(plan, "ORDER BY") {
			t.Errorf("%s: %s", name, plan)
		}
	}
}
