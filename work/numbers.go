package work

import (
	"encoding/json"
	"strings"
	"time"

	"rollcall/plan"
	"rollcall/sqldb"
)

// Numbers are what the last attempt of a sync came to, for whoever draws them.
type Numbers struct {
	Pending int                       `json:"pending"`           // changes that are planned and not made
	Source  map[string]int            `json:"source,omitempty"`  // by type: what the source holds
	Objects map[string]map[string]int `json:"objects,omitempty"` // by type and situation
	Seconds float64                   `json:"seconds,omitempty"` // how long it took
}

func numbersOf(p *plan.Plan) *Numbers {
	n := &Numbers{Source: map[string]int{"user": p.Basis.SourcePeople, "group": p.Basis.SourceGroups}, Objects: map[string]map[string]int{}}
	for situation, count := range p.Basis.Situations {
		kind, name, _ := strings.Cut(situation, " ")
		if n.Objects[kind] == nil {
			n.Objects[kind] = map[string]int{}
		}
		n.Objects[kind][name] = count
	}
	return n
}

// keepNumbers writes down what an attempt came to. One that found no plan keeps
// those of the last that did.
func keepNumbers(tx *sqldb.Tx, a *Attempt, took time.Duration) error {
	n := a.numbers
	switch {
	case a.Sync == "" || n == nil && a.Run == "":
		return nil
	case n == nil: // the plan was made in a life before
		e, err := entry(tx, a.Sync)
		if err != nil {
			return err
		}
		n = &e.Numbers
	}
	n.Pending, n.Seconds = max(0, a.Changes-a.Made), took.Seconds()
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	_, err = tx.Exec("UPDATE work_syncs SET numbers = $1 WHERE sync = $2", string(text), a.Sync)
	return err
}
