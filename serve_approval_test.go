package main

import (
	"os"
	"path/filepath"
	"testing"
)

const agreed = crowdConfig + `approvals:
  carry_out: service
  when:
    joiners: {kinds: [user.create]}
`

// The service stops before what needs approval, and does it as soon as somebody
// has agreed.
func TestAServiceCarriesOutWhatWasApproved(t *testing.T) {
	o := newOffice(t)
	for name, text := range map[string]string{"rollcall.yaml": agreed, "company.ldif": people(1, 3)} {
		if err := os.WriteFile(filepath.Join(o.folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o.must("operator", "create", "ann", "--role", "approver", "--no-password")
	var token struct{ Token string }
	o.ask(&token, "operator", "token", "ann")
	if err := os.WriteFile(filepath.Join(o.folder, "ann"), []byte(token.Token), 0o600); err != nil {
		t.Fatal(err)
	}
	s := o.serve()
	o.must("schedule", "run", "corp", "--reason", "begin")
	until(t, "the sync waits", func() bool { return o.lastAttempt().Status == "waiting" })
	var waiting []struct{ Plan, Status string }
	o.ask(&waiting, "approval", "list")
	if len(waiting) != 1 || waiting[0].Status != "waiting" {
		t.Fatalf("%+v", waiting)
	}
	o.must("approval", "approve", waiting[0].Plan, "--token-file", filepath.Join(o.folder, "ann"))
	until(t, "it is carried out", func() bool {
		var all []struct{ Status string }
		o.ask(&all, "approval", "list", "--all")
		return all[0].Status == "carried out"
	})
	until(t, "everybody is there", func() bool {
		var users []struct{}
		o.ask(&users, "user", "list")
		return len(users) == 3
	})
	if status := s.stop(); status != 0 {
		t.Errorf("exit status %d: %s", status, s.complaints())
	}
}
