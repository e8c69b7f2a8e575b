package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"rollcall/awscall"
	"rollcall/directory"
	"rollcall/directory/awsdir"
	"rollcall/fault"
	"rollcall/governor"
	"rollcall/identity"
	"rollcall/sqldb"
)

const callerVariable = "ROLLCALL_BENCH_CALLER"

// calling is what a process that calls is told, as JSON.
type calling struct {
	Env   map[string]string // where the server is, and what opens it
	State string            // the database of the shared budget
	Role  role
	Lasts time.Duration
}

// role is what a process that calls does.
type role string

const (
	loading role = "loading" // as much as it may
	leaving role = "leaving" // one call, as a leaver's
)

// called is what it answers, as JSON.
type called struct {
	At        []int64 // in ns
	Throttled []bool
	Waited    time.Duration // for its first turn
}

// spawn lets a process call.
func (r *race) spawn(ctx context.Context, what role, lasts time.Duration) (made calls, waited time.Duration, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, 0, err
	}
	told, err := json.Marshal(calling{r.env, r.state, what, lasts})
	if err != nil {
		return nil, 0, err
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), callerVariable+"="+string(told))
	cmd.Stderr = os.Stderr
	said, err := cmd.Output()
	if err != nil {
		return nil, 0, err
	}
	var answer called
	if err := json.Unmarshal(said, &answer); err != nil {
		return nil, 0, err
	}
	for i, at := range answer.At {
		made = append(made, call{at: time.Unix(0, at), throttled: answer.Throttled[i]})
	}
	return made, answer.Waited, nil
}

// callHere is the other process.
func callHere(ctx context.Context, told string) error {
	var c calling
	if err := json.Unmarshal([]byte(told), &c); err != nil {
		return err
	}
	state, err := sqldb.Open(ctx, c.State, governor.Migrations)
	if err != nil {
		return err
	}
	defer state.Close()
	budget, err := governor.New(state, "bench", governor.DefaultLimits())
	if err != nil {
		return err
	}
	var t tally
	driver, err := c.driver(awscall.Line{Pace: t.of(budget.Pace(nil))})
	if err != nil {
		return err
	}
	var answer called
	began := time.Now()
	if c.Role == leaving {
		err = ask(governor.WithLane(ctx, governor.Leaver), driver)
	} else {
		err = c.load(ctx, driver)
	}
	if err != nil {
		return err
	}
	for i, one := range t.take() {
		if i == 0 {
			answer.Waited = one.at.Sub(began)
		}
		answer.At, answer.Throttled = append(answer.At, one.at.UnixNano()), append(answer.Throttled, one.throttled)
	}
	return json.NewEncoder(os.Stdout).Encode(answer)
}

func (c calling) driver(line awscall.Line) (directory.Driver, error) {
	return awsdir.New(awsdir.Options{
		Store: directory.Store{ID: identity.StoreID(c.Env["ROLLCALL_IDENTITY_STORE_ID"])}, Line: line,
		AWS: &aws.Config{
			Region: c.Env["AWS_REGION"], BaseEndpoint: aws.String(c.Env["AWS_ENDPOINT_URL"]),
			Credentials: credentials.NewStaticCredentialsProvider(c.Env["AWS_ACCESS_KEY_ID"], c.Env["AWS_SECRET_ACCESS_KEY"], ""),
		},
	})
}

// load asks with several workers, again and again.
func (c calling) load(ctx context.Context, d directory.Driver) error {
	const workers = 16
	ctx, cancel := context.WithTimeout(governor.WithLane(ctx, governor.Sync), c.Lasts)
	defer cancel()
	failures := make(chan error, workers)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for {
				if err := ask(ctx, d); err != nil && !fault.Is(err, fault.Throttled) || ctx.Err() != nil {
					if ctx.Err() == nil {
						failures <- err
					}
					return
				}
			}
		})
	}
	all.Wait()
	close(failures)
	return <-failures
}

// ask makes one call.
func ask(ctx context.Context, d directory.Driver) error {
	_, err := d.ListGroups(ctx, directory.PageRequest{})
	return err
}
