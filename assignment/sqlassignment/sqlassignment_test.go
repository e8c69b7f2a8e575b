package sqlassignment_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"rollcall/assignment"
	"rollcall/assignment/assignmenttest"
	"rollcall/assignment/sqlassignment"
	"rollcall/directory/sqldir"
	"rollcall/identity"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

const (
	store     = identity.StoreID("d-1234567890")
	suspended = "999999999999"
	delay     = 5 * time.Second
)

// Each test has a store of its own, all in one database: what another leaves
// there must not show.
func TestDriver(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db := openDB(t, url)
		stores := 0
		assignmenttest.Run(t, assignmenttest.Harness{
			Open: func(t *testing.T) assignmenttest.Bench {
				stores++
				h := openStore(t, db, &clock{now: begin}, identity.StoreID(fmt.Sprintf("d-%010x", 0x1234000000+stores)))
				h.seed(t)
				return assignmenttest.Bench{
					Driver: h.driver, Directory: h.people, Accounts: accounts, Suspended: suspended,
					Settle: func() { h.clock.pass(delay) }, Fail: h.clock.fail,
				}
			},
		})
	})
}

var (
	begin    = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	accounts = []string{"111111111111", "222222222222", "333333333333"}
)

// clock is the time of an instance, and whether what is begun now fails.
type clock struct {
	mu     sync.Mutex
	now    time.Time
	reason string
}

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *clock) fail(reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reason = reason
}

func (c *clock) fails(assignment.Work, identity.Assignment) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reason
}

// house is an instance and the directory beside it.
type house struct {
	db     *sqldb.DB
	people *sqldir.Driver
	driver *sqlassignment.Driver
	clock  *clock
}

func openDB(t *testing.T, url string) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), url, sqldir.Migrations(), sqlassignment.Migrations())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// open opens the store that most tests are about, with its accounts.
func open(t *testing.T, url string, c *clock) house {
	t.Helper()
	h := openStore(t, openDB(t, url), c, store)
	h.seed(t)
	return h
}

func (h house) seed(t *testing.T) {
	t.Helper()
	units := []identity.Unit{
		{ID: "ou-1234-production", Name: "Production"},
		{ID: "ou-1234-security", Name: "Security", Parent: "ou-1234-production"},
	}
	err := h.driver.Seed(t.Context(), units, []identity.Account{
		{ID: accounts[0], Name: "Prod", Email: "prod@example.com", Parent: "ou-1234-production"},
		{ID: accounts[1], Name: "Test", Email: "test@example.com"},
		{ID: accounts[2], Name: "Log archive", Email: "logs@example.com", Parent: "ou-1234-security", Invited: true},
		{ID: suspended, Name: "Old", Email: "old@example.com", Status: identity.AccountSuspended},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func openStore(t *testing.T, db *sqldb.DB, c *clock, id identity.StoreID) house {
	t.Helper()
	people, err := sqldir.New(db).Store(t.Context(), id, sqldir.Options{Now: c.time})
	if err != nil {
		t.Fatal(err)
	}
	s, err := people.Store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	driver, err := sqlassignment.Open(t.Context(), db, s, sqlassignment.Options{
		Directory: people, Record: people.Record, Now: c.time, Delay: delay, Fails: c.fails,
	})
	if err != nil {
		t.Fatal(err)
	}
	return house{db, people, driver, c}
}
