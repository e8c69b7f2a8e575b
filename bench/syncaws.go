package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// syncAWS runs rollcall sync run against rollcall serve without quotas, each a
// process of its own: a first load of 10,000 people, 500 groups and 30,000
// memberships by both of AWS's services, and then a run where nothing has
// changed. The bound of the calls is [company.leastReads], that of the rest the
// same run on the embedded directory.
func syncAWS(ctx context.Context, dir string) (string, error) {
	binary := rollcallBinary()
	c := company{people: size(10_000), groups: size(500), memberships: size(30_000)}
	remote, local := filepath.Join(dir, "aws"), filepath.Join(dir, "local")
	if err := errors.Join(c.site(remote, awsSite), c.site(local, localSite)); err != nil {
		return "", err
	}
	served := filepath.Join(dir, "served")
	if err := os.Mkdir(served, 0o700); err != nil {
		return "", err
	}
	p, err := serveStore(ctx, binary, served)
	if err != nil {
		return "", err
	}
	defer p.stop() //nolint:errcheck // what it has measured is measured
	var env []string
	for name, value := range p.env {
		env = append(env, name+"="+value)
	}
	state := filepath.Join(dir, "state")
	run := func() (cost, error) { return once(ctx, remote, env, binary, "--state", state, "sync", "run", "corp") }
	load, err := run()
	if err != nil {
		return "", err
	}
	before, err := answered(ctx, p)
	if err != nil {
		return "", err
	}
	same, err := unchanged(run())
	if err != nil {
		return "", err
	}
	after, err := answered(ctx, p)
	if err != nil {
		return "", err
	}
	bound, err := localSync(ctx, binary, local)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d people, %d groups, %d memberships over the wire: first load %.1f s, CPU %.1f s, %d MiB; no change %d calls (bound %d, goal 650), "+
		"%.2f s, CPU %.2f s (goal 3 s), %d MiB (goal 150); bound (no change on the embedded directory) CPU %.2f s, ratio %.1f, %d MiB; the bench itself",
		c.people, c.groups, c.memberships, load.wall.Seconds(), load.cpu.Seconds(), load.peak, after-before-1, c.leastReads(), // one of them asked how many
		same.wall.Seconds(), same.cpu.Seconds(), same.peak, bound.cpu.Seconds(), same.cpu.Seconds()/bound.cpu.Seconds(), bound.peak), nil
}

// localSync is the bound: the same company in an embedded directory.
func localSync(ctx context.Context, binary, dir string) (cost, error) {
	if _, err := once(ctx, dir, nil, binary, "sync", "run", "corp"); err != nil {
		return cost{}, err
	}
	return unchanged(once(ctx, dir, nil, binary, "sync", "run", "corp"))
}

func unchanged(c cost, err error) (cost, error) {
	if err == nil && !strings.Contains(c.said, "No changes") {
		err = fmt.Errorf("a run where nothing has changed says:\n%s", c.said)
	}
	return c, err
}

const (
	localSite = `sources:
  corp: {kind: ldif, path: company.ldif, base: "dc=example,dc=com"}
syncs:
  corp: {source: corp, mapping: {preset: inetorgperson}}
`
	awsSite = `default_directory: aws
directories:
  aws:
    kind: aws
    store: ${ROLLCALL_IDENTITY_STORE_ID}
    scim: {url: "${ROLLCALL_SCIM_URL}", token: "env:ROLLCALL_SCIM_TOKEN"}
    rate: {limit: 100000/sec, share: 100}
` + localSite
)

// site makes a folder with a configuration and a company's file.
func (c company) site(dir, configuration string) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	return errors.Join(os.WriteFile(filepath.Join(dir, "rollcall.yaml"), []byte(configuration), 0o600), c.writeLDIF(filepath.Join(dir, "company.ldif")))
}

var requestCount = regexp.MustCompile(`(?m)^rollcall_http_requests_total\{.*\} (\d+)$`)

// answered is how many requests a server has answered before this one.
func answered(ctx context.Context, p *process) (n int, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.env["AWS_ENDPOINT_URL"]+"/metrics", nil)
	if err != nil {
		return 0, err
	}
	r.SetBasicAuth(p.env["ROLLCALL_OPERATOR"], p.env["ROLLCALL_PASSWORD"])
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err
	}
	all := requestCount.FindAllSubmatch(body, -1)
	if len(all) == 0 {
		return 0, fmt.Errorf("the server does not say how many requests it has answered: %s", answer.Status)
	}
	for _, m := range all {
		one, err := strconv.Atoi(string(m[1]))
		if err != nil {
			return 0, err
		}
		n += one
	}
	return n, nil
}
