package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// wireFaults are what goes wrong meanwhile.
const wireFaults = `seed: 7
faults:
  - {operation: "*", fault: throttle, probability: 0.01}
  - {operation: "*", fault: lost, probability: 0.01}
  - {operation: "*", fault: torn, probability: 0.01}
  - {operation: "*", fault: drop, probability: 0.01}
`

// wireTarget is the Identity Center at the other end, at the rates that AWS has.
const wireTarget = `default_directory: aws
directories:
  aws:
    kind: aws
    store: ${ROLLCALL_IDENTITY_STORE_ID}
    scim: {url: "${ROLLCALL_SCIM_URL}", token: "env:ROLLCALL_SCIM_TOKEN"}
    rate: {share: 100}
`

// watchOverWire measures how long a change in OpenLDAP takes through rollcall
// sync watch and AWS's two wires, whose rates hold and whose calls fail at times;
// and how long 500 at once do. A run of everything afterwards has nothing to do.
func watchOverWire(ctx context.Context, dir string) (string, error) {
	c := company{people: size(500), groups: size(50), memberships: size(1500)}
	server, _, err := serveLDAP(filepath.Join(dir, "company.ldif"), c)
	if err != nil {
		return "", err
	}
	defer server.Stop()
	secret, err := secretFile(dir, "slapd", server.Password)
	if err != nil {
		return "", err
	}
	served, site, faults := filepath.Join(dir, "served"), filepath.Join(dir, "site"), filepath.Join(dir, "faults.yaml")
	config := wireTarget + fmt.Sprintf(watchConfig, server.URL, ldapBase, server.Admin, secret, "{mode: none}", "inetorgperson")
	err = errors.Join(os.Mkdir(served, 0o700), os.Mkdir(site, 0o700), os.WriteFile(faults, []byte(wireFaults), 0o600),
		os.WriteFile(filepath.Join(site, "rollcall.yaml"), []byte(config), 0o600))
	if err != nil {
		return "", err
	}
	p, err := serveStore(ctx, rollcallBinary(), served, "--quotas", "aws", "--faults", faults)
	if err != nil {
		return "", err
	}
	defer p.stop() //nolint:errcheck // what it has measured is measured
	conn, err := ldap.DialURL(server.URL)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.Bind(server.Admin, server.Password); err != nil {
		return "", err
	}
	w, err := startWatch(ctx, site, p.env)
	if err != nil {
		return "", err
	}
	defer w.stop()
	return w.measure(c, conn)
}

// watchProcess is rollcall sync watch as a process of its own, by what its log
// says: whoever asked AWS would take its rate away.
type watchProcess struct {
	*exec.Cmd
	ctx   context.Context //nolint:containedctx // of the whole measurement
	dir   string
	ended chan loggedAttempt
}

// loggedAttempt is the line of an attempt that has ended.
type loggedAttempt struct {
	Message string `json:"msg"`
	Status  string
	Text    string
	Made    int
}

func startWatch(ctx context.Context, dir string, env map[string]string) (*watchProcess, error) {
	cmd := exec.CommandContext(ctx, rollcallBinary(), "sync", "watch", "--log-format", "json")
	cmd.Dir, cmd.Env = dir, os.Environ()
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	log, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	w := &watchProcess{Cmd: cmd, ctx: ctx, dir: dir, ended: make(chan loggedAttempt, 1000)}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go w.read(log)
	return w, nil
}

func (w *watchProcess) read(log io.Reader) {
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		var a loggedAttempt
		if json.Unmarshal(lines.Bytes(), &a) == nil && strings.HasPrefix(a.Message, "attempt ") && a.Status != "" {
			w.ended <- a
		}
	}
}

func (w *watchProcess) stop() {
	_ = w.Process.Signal(os.Interrupt)
	_ = w.Wait()
}

// until waits until so many changes have been made, and returns how many attempts
// did not end well on the way.
func (w *watchProcess) until(changes int) (unwell int, err error) {
	for made := 0; made < changes; {
		select {
		case a := <-w.ended:
			made += a.Made
			if a.Status != "complete" && a.Status != "unchanged" {
				unwell++
			}
		case <-time.After(10 * time.Minute):
			return unwell, errLost
		case <-w.ctx.Done():
			return unwell, w.ctx.Err()
		}
	}
	return unwell, nil
}

func (w *watchProcess) measure(c company, conn *ldap.Conn) (string, error) {
	began := time.Now()
	if _, err := w.until(c.people + c.groups); err != nil {
		return "", err
	}
	loaded := time.Since(began)
	title := func(i int, text string) error {
		m := ldap.NewModifyRequest(c.dn(i), nil)
		m.Replace("title", []string{text})
		return conn.Modify(m)
	}
	pick := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same changes every time
	took, unwell := make([]time.Duration, size(50)), 0
	for i := range took {
		time.Sleep(time.Duration(pick.IntN(1000)) * time.Millisecond)
		made := time.Now()
		if err := title(pick.IntN(c.people), fmt.Sprintf("Title %d", i)); err != nil {
			return "", err
		}
		n, err := w.until(1)
		if err != nil {
			return "", err
		}
		took[i] = time.Since(made)
		unwell += n
	}
	made := time.Now()
	for i := range c.people {
		if err := title(i, "Everybody"); err != nil {
			return "", err
		}
	}
	n, err := w.until(c.people)
	if err != nil {
		return "", err
	}
	burst := time.Since(made)
	w.stop()
	same, err := unchanged(once(w.ctx, w.dir, w.Env, rollcallBinary(), "sync", "run", "corp"))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d people over AWS's wires at AWS's rates, 4 %% of calls failing, first load %.1f s: %s (goal for p95 %s); %d changes at once %.1f s (at 20 writes a second %.1f s), "+
		"%d attempts not carried out at once; a run of everything then finds nothing to do in %.1f s; the bench itself",
		c.people, loaded.Seconds(), latencies(took), watchGoal, c.people, burst.Seconds(), float64(c.people)/20, unwell+n, same.wall.Seconds()), nil
}
