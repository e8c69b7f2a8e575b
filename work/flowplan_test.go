package work

import (
	"strings"
	"testing"

	"rollcall/approval"
	"rollcall/journal"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

// How many wait is nothing to a look: each query for the next flows walks an
// index of its own, in the order in which they are begun.
func TestTheNextFlowsAreFoundByAnIndex(t *testing.T) {
	db, err := sqldb.Open(t.Context(), sqldbtest.SQLite(t), Migrations, journal.Migrations, approval.Migrations)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for where, want := range map[string]string{
		leaversDue: "SEARCH work_flows USING INDEX work_flows_out (due<?)",
		othersDue:  "SEARCH work_flows USING INDEX work_flows_other (due<?)",
		agreed:     "SEARCH work_flows USING INDEX work_flows_waits (waits=?)",
	} {
		var steps []string
		err := db.Read(t.Context(), func(q sqldb.Query) (err error) {
			steps, err = sqldbtest.Steps(q, "SELECT "+flowColumns+" FROM work_flows "+where+" AND directory IN ('aws') ORDER BY due, num LIMIT 16")
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", where, err)
		}
		for _, step := range steps {
			// What people have agreed to and nobody has carried out is little.
			if strings.HasPrefix(step, "SCAN") && !strings.Contains(step, "approval_requests_agreed") ||
				strings.Contains(step, "ORDER BY") && where != agreed {
				t.Errorf("%s\n\t%s", where, step)
			}
		}
		if plan := strings.Join(steps, "; "); !strings.Contains(plan, want) {
			t.Errorf("%s\n\tgoes by %s", where, plan)
		}
	}
}
