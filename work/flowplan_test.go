package work

import (
	"slices"
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
		n := strings.Count(where, "$") // each is named once
		var steps []string
		err := db.Read(t.Context(), func(q sqldb.Query) error {
			found, err := q.Rows("EXPLAIN QUERY PLAN SELECT "+flowColumns+" FROM work_flows "+where+" AND directory IN ('aws') ORDER BY due, num LIMIT 16", slices.Repeat([]any{1}, n)...)
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
