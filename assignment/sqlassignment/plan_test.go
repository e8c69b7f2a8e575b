package sqlassignment

import (
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
		err := db.Write(t.Context(), func(tx *sqldb.Tx) (err error) {
			steps, err = sqldbtest.Steps(tx, query)
			return err
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
