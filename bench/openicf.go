package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// openICF asks the OpenICF door of rollcall serve, a process of its own, for all
// of 10,000 users in one answer, and for single ones by name. The bound of the
// listing is one that finds nothing: it reads everything, and sends nothing.
func openICF(ctx context.Context, dir string) (line string, err error) {
	c := company{people: size(10_000), groups: size(1_000), memberships: size(100_000)}
	if err := fillElsewhere(ctx, filepath.Join(dir, "directory.db"), c); err != nil {
		return "", err
	}
	p, err := serveStore(ctx, rollcallBinary(), dir)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	token, err := exec.CommandContext(ctx, rollcallBinary(), "operator", "token", p.env["ROLLCALL_OPERATOR"], "--state", dir, "--query", "token").Output()
	if err != nil {
		return "", err
	}
	accounts := icfAccounts{at: p.env["ROLLCALL_URL"] + "/openidm/system/awsiam/__ACCOUNT__?_queryFilter=", token: strings.Trim(strings.TrimSpace(string(token)), `"`)}
	byName, err := measure(c.people, func(i int) error {
		return accounts.query(ctx, fmt.Sprintf("__NAME__ eq %q", c.user(i).UserName), 1)
	})
	if err != nil {
		return "", err
	}
	before, err := p.resident()
	if err != nil {
		return "", err
	}
	began := time.Now()
	if err := accounts.query(ctx, "true", c.people); err != nil {
		return "", err
	}
	all := time.Since(began)
	peak, err := p.peak()
	if err != nil {
		return "", err
	}
	began = time.Now()
	if err := accounts.query(ctx, `title eq "nobody has it"`, 0); err != nil {
		return "", err
	}
	none := time.Since(began)
	return fmt.Sprintf("%d users with their groups in one answer %.2f s (goal 2 s at 10,000), server's memory %d MiB before, peak %d MiB (goal 50 MiB more); bound (a listing that finds nothing) %.2f s, ratio %.2f; __NAME__ eq %.0f/s (p50 %s, p99 %s)",
		c.people, all.Seconds(), before, peak, none.Seconds(), all.Seconds()/none.Seconds(), byName.rate, byName.p50.Round(time.Microsecond), byName.p99.Round(time.Microsecond)), nil
}

// icfAccounts is the collection of accounts of a connector.
type icfAccounts struct{ at, token string }

// query asks for the accounts that a filter lets through, and holds the answer
// to their number.
func (a icfAccounts) query(ctx context.Context, filter string, want int) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, a.at+url.QueryEscape(filter), nil)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+a.token)
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		return err
	}
	if got.StatusCode != http.StatusOK || !bytes.Contains(text, fmt.Appendf(nil, `"resultCount":%d,`, want)) {
		return fmt.Errorf("query %s: status %d, without %d results", filter, got.StatusCode, want)
	}
	return nil
}
