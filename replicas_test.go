package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"rollcall/identitycentertest"
	"rollcall/sqldb/sqldbtest"
)

// wire is what stands in front of an Identity Center and counts.
type wire struct {
	mu      sync.Mutex
	made    int // users
	writes  int
	asked   []time.Time
	refused int       // as too fast
	struck  time.Time // when a process was killed
	resumed time.Time // the first write half a second after that: what was under way is over
}

func (w *wire) seen(r *http.Request, status int) {
	write := r.Method != http.MethodGet
	made := r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/Users") && status == http.StatusCreated
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		_, operation, _ := strings.Cut(target, ".")
		write = strings.HasPrefix(operation, "Create") || strings.HasPrefix(operation, "Update") || strings.HasPrefix(operation, "Delete")
		made = operation == "CreateUser" && status == http.StatusOK
	}
	now := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, now)
	if status == http.StatusTooManyRequests {
		w.refused++
	}
	if !write {
		return
	}
	w.writes++
	if made {
		w.made++
	}
	if !w.struck.IsZero() && w.resumed.IsZero() && now.Sub(w.struck) > 500*time.Millisecond {
		w.resumed = now
	}
}

// front puts a wire before an Identity Center and returns where it is.
func (w *wire) front(t *testing.T, srv *identitycentertest.Server) string {
	t.Helper()
	to, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(to)
		p.Out.Host = p.In.Host // which is signed
	}, ModifyResponse: func(a *http.Response) error {
		w.seen(a.Request, a.StatusCode)
		return nil
	}}
	s := httptest.NewServer(proxy)
	t.Cleanup(s.Close)
	return s.URL
}

func (w *wire) wrote() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.writes
}

// busiest is how many calls came in the busiest second.
func (w *wire) busiest() (most int) {
	for i, begin := 0, 0; i < len(w.asked); i++ {
		for w.asked[i].Sub(w.asked[begin]) >= time.Second {
			begin++
		}
		most = max(most, i-begin+1)
	}
	return most
}

const replicaPeople = 150

// replicaOffice is an office whose state is in PostgreSQL and whose directory
// is an Identity Center over the wire.
func replicaOffice(t *testing.T, w *wire) *office {
	t.Helper()
	database, err := url.Parse(sqldbtest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	password, _ := database.User.Password()
	t.Setenv("REPLICA_DB_PASSWORD", password)
	database.User = url.User(database.User.Username())
	srv := identitycentertest.New(t, identitycentertest.AWSQuotas())
	key, err := srv.Config.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at := w.front(t, srv)
	t.Setenv("AWS_ACCESS_KEY_ID", key.AccessKeyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", key.SecretAccessKey)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("REPLICA_SCIM_TOKEN", srv.SCIMToken)
	o := newOffice(t)
	config := fmt.Sprintf(`state: {url: %q, password: "env:REPLICA_DB_PASSWORD"}
directories:
  aws:
    kind: aws
    region: %s
    endpoint_url: %s
    store: %s
    instance: %s
    scim: {url: %s, token: "env:REPLICA_SCIM_TOKEN"}
sources:
  corp: {kind: ldif, path: company.ldif, anchor: entryUUID}
syncs:
  corp:
    source: corp
    mapping: {preset: inetorgperson}
    schedule: 24h
`, database.String(), identitycentertest.Region, at, srv.IdentityStoreID, srv.InstanceARN, strings.Replace(srv.SCIMURL, srv.URL, at, 1))
	for name, text := range map[string]string{"rollcall.yaml": config, "company.ldif": people(1, replicaPeople)} {
		if err := os.WriteFile(filepath.Join(o.folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o.must("user", "list") // the state is there
	return o
}

// replica starts one of several servers of the office.
func (o *office) replica() *exec.Cmd {
	o.t.Helper()
	c, _, complaints := o.command("serve", "--listen", "127.0.0.1:0", "--log-format", "json")
	if err := c.Start(); err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() {
		_ = c.Process.Kill() // it may have ended already
		_ = c.Wait()
		if o.t.Failed() {
			o.t.Logf("process %d:\n%s", c.Process.Pid, complaints)
		}
	})
	return c
}

// attempt is what the service says about its last attempt.
type attempt struct {
	Status, Holder, Run, Why, Text string
	Changes, Made                  int
}

func (o *office) lastAttempt() attempt {
	o.t.Helper()
	var all []attempt
	o.ask(&all, "schedule", "history", "corp")
	if len(all) == 0 {
		return attempt{}
	}
	return all[0]
}

// until waits for something, at most a minute.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if is() {
			return
		}
	}
	t.Fatalf("%s: it has not come to that", what)
}

// Three replicas on one PostgreSQL: the one that runs is killed as kill -9
// does, another one finishes what it began, nothing is done twice, and all of
// them, and commands beside them, keep one budget.
func TestWhenOneOfThreeReplicasIsKilledAnotherFinishes(t *testing.T) {
	w := new(wire)
	o := replicaOffice(t, w)
	replicas := map[int]*exec.Cmd{}
	for range 3 {
		c := o.replica()
		replicas[c.Process.Pid] = c
	}
	until(t, "the sync is under way", func() bool { return w.wrote() > replicaPeople/2 })
	before := o.lastAttempt()
	victim := replicas[pidOf(t, before.Holder)]
	if victim == nil {
		t.Fatalf("%q is none of the replicas", before.Holder)
	}
	w.mu.Lock()
	w.struck = time.Now()
	w.mu.Unlock()
	if err := victim.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	delete(replicas, victim.Process.Pid)
	cut := w.wrote()
	stop, beside := make(chan struct{}), sync.WaitGroup{}
	beside.Go(func() { // somebody who looks, within the same budget
		for {
			select {
			case <-stop:
				return
			default:
				o.must("user", "show", "u001")
			}
		}
	})
	var after attempt
	until(t, "another replica has finished", func() bool { after = o.lastAttempt(); return after.Status != "running" })
	took := time.Since(w.struck)
	close(stop)
	beside.Wait()
	w.mu.Lock()
	t.Logf("killed after %d writes; another replica wrote after %s and had finished after %s; busiest second: %d calls, %d refused as too fast of %d",
		cut, w.resumed.Sub(w.struck).Round(10*time.Millisecond), took.Round(10*time.Millisecond), w.busiest(), w.refused, len(w.asked))
	if w.refused > len(w.asked)/100 {
		t.Errorf("%d of %d calls were refused as too fast: more than one budget", w.refused, len(w.asked))
	}
	if w.made != replicaPeople {
		t.Errorf("%d people were made, want %d", w.made, replicaPeople)
	}
	w.mu.Unlock()
	if replicas[pidOf(t, after.Holder)] == nil || after.Status != "complete" {
		t.Errorf("it ended %s, at %s", after.Status, after.Holder)
	}
	var runs []struct{ ID, Status string }
	o.ask(&runs, "run", "list")
	if len(runs) != 1 || runs[0].Status != "complete" || runs[0].ID != after.Run {
		t.Errorf("the runs are %v, want one, %s, that is complete", runs, after.Run)
	}
	if r := o.run("sync", "run", "corp", "--dry-run", "--exit-code"); r.status != 0 {
		t.Errorf("something is left to do: exit status %d\n%s", r.status, r.out)
	}
	o.must("journal", "verify")
	for _, c := range replicas {
		if err := c.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if err := c.Wait(); err != nil {
			t.Errorf("asked to stop, it ends with %v", err)
		}
	}
}

// pidOf reads "host, process 12, …".
func pidOf(t *testing.T, holder string) int {
	t.Helper()
	_, rest, _ := strings.Cut(holder, "process ")
	number, _, _ := strings.Cut(rest, ",")
	pid, err := strconv.Atoi(number)
	if err != nil {
		t.Fatalf("%q names no process", holder)
	}
	return pid
}
