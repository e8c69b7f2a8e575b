package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// The calls of the connector's documentation, typed into a shell as they stand
// there but for the corrections that door/icfdoor/README.md lists, are answered
// as the documentation says. curl itself sends localhost:8080 to our server.
func TestTheConnectorsDocumentedCallsWorkAsTheyArePrinted(t *testing.T) {
	const file = "testdata/openicf.txtar"
	calls, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	shell := newCurls(t)
	wrote := &txtar.Archive{Comment: calls.Comment}
	for i := 0; i+1 < len(calls.Files); i += 2 {
		call, want := calls.Files[i], calls.Files[i+1]
		got := shell.enter(t, string(call.Data))
		if want.Data = bytes.TrimSpace(want.Data); string(want.Data) != got && os.Getenv("UPDATE") == "" {
			t.Errorf("%s:\n got %s\nwant %s", call.Name, got, want.Data)
		}
		wrote.Files = append(wrote.Files, call, txtar.File{Name: want.Name, Data: []byte(got + "\n")})
	}
	if n := len(wrote.Files) / 2; n != 15 {
		t.Errorf("%d calls, the documentation has 15", n)
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, txtar.Format(wrote), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// curls is a shell with a curl that finds our server where the documentation
// says one is, and what the documentation's placeholders stand for.
type curls struct {
	home string
	ids  map[string]string
}

func newCurls(t *testing.T) *curls {
	t.Helper()
	o := newOffice(t)
	o.write("rollcall.yaml", "directories: {local: {kind: embedded}}\n")
	s := o.serve()
	c, _, complaints := o.command("operator", "create", "openidm-admin", "--role", "operator")
	c.Stdin = strings.NewReader("openidm-admin\n")
	if err := c.Run(); err != nil {
		t.Fatalf("%v: %s", err, complaints)
	}
	shell := &curls{t.TempDir(), map[string]string{}}
	for _, name := range []string{"groupId1", "groupId2"} {
		var made []struct{ ID string }
		o.ask(&made, "group", "create", name)
		shell.ids[name] = made[0].ID
	}
	at := strings.TrimPrefix(s.env["ROLLCALL_URL"], "http://")
	rc := fmt.Sprintf("silent\nshow-error\nconnect-to = \"localhost:8080:%s\"\nwrite-out = \"\\n%%{http_code}\"\n", at)
	if err := os.WriteFile(filepath.Join(shell.home, ".curlrc"), []byte(rc), 0o600); err != nil {
		t.Fatal(err)
	}
	return shell
}

// enter answers what is typed with the status and the body, in which ids are
// placeholders again. USER_ID and GROUP_ID are what was created last.
func (c *curls) enter(t *testing.T, line string) string {
	t.Helper()
	for name, id := range c.ids {
		line = strings.ReplaceAll(line, name, id)
	}
	sh := exec.CommandContext(t.Context(), "sh", "-eu", "-c", line)
	sh.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + c.home, "NO_PROXY=*"}
	out, err := sh.CombinedOutput()
	if err != nil {
		t.Fatalf("%s\n%v\n%s", line, err, out)
	}
	at := bytes.LastIndexByte(out, '\n')
	body, status := out[:at], out[at+1:]
	var made struct {
		ID string `json:"_id"`
	}
	if err := json.Unmarshal(body, &made); err != nil {
		t.Fatalf("%s\n%v\n%s", line, err, out)
	}
	if string(status) == "201" {
		c.ids[map[bool]string{true: "USER_ID", false: "GROUP_ID"}[strings.Contains(line, "__ACCOUNT__")]] = made.ID
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, []byte(revision.ReplaceAllString(string(body), "")), "", "  "); err != nil {
		t.Fatal(err)
	}
	text := pretty.String()
	for name, id := range c.ids {
		text = strings.ReplaceAll(text, id, name)
	}
	return string(status) + "\n" + strings.TrimSpace(text)
}
