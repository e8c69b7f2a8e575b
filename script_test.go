package main

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// wantStatus runs a command and looks at its exit status:
//
//	status 5 rollcall sync run corp
func wantStatus(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// writePeople writes an LDIF of people u001, u002, … and a group of them all:
//
//	people FILE FROM TO
func writePeople(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: people FILE FROM TO")
	}
	from, err := strconv.Atoi(args[1])
	ts.Check(err)
	to, err := strconv.Atoi(args[2])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(people(from, to)), 0o600))
}

func people(from, to int) string {
	var text, members strings.Builder
	text.WriteString("version: 1\n\ndn: dc=example,dc=com\nobjectClass: domain\ndc: example\n\n")
	for n := from; n <= to; n++ {
		dn := fmt.Sprintf("uid=u%03d,dc=example,dc=com", n)
		fmt.Fprintf(&text, "dn: %s\nobjectClass: inetOrgPerson\nentryUUID: 00000000-0000-4000-8000-%012d\nuid: u%03d\n"+
			"cn: Person %d\nsn: Person\ngivenName: Number%d\nmail: u%03d@example.com\n\n", dn, n, n, n, n, n)
		members.WriteString("member: " + dn + "\n")
	}
	text.WriteString("dn: cn=staff,dc=example,dc=com\nobjectClass: groupOfNames\nentryUUID: 00000000-0000-4000-9000-000000000001\ncn: staff\n" + members.String() + "\n")
	return text.String()
}

// normalise writes a file, stdout or stderr with all that differs from run to
// run replaced:
//
//	normalise FROM TO
func normalise(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: normalise FROM TO")
	}
	text := ts.ReadFile(args[0])
	for _, r := range volatile(ts) {
		text = r.is.ReplaceAllString(text, r.becomes)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o600))
}

type replacement struct {
	is      *regexp.Regexp
	becomes string
}

func volatile(ts *testscript.TestScript) []replacement {
	me, err := user.Current()
	ts.Check(err)
	operator := regexp.QuoteMeta(me.Username)
	var all []replacement
	for _, pair := range [][2]string{
		{`[0-9a-f]{10}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`, "OBJECT-ID"},
		{`\br-[0-9a-v]{20}\b`, "RUN"},
		{`\b[0-9a-f]{64}\b`, "HASH"},
		{`(?m)(^|[\s(])[0-9a-f]{12}\b`, "${1}PLAN"},
		{`\bd-[0-9a-f]{10}\b`, "STORE"},
		{`\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?Z?`, "TIME"},
		{`\bin [0-9.]+(µs|ms|s|m[0-9.]+s)\b`, "in DURATION"},
		{`\b` + operator + ` \(cli\)`, "OPERATOR (cli)"},
		{`\bby (cli/)?` + operator + `\b`, "by OPERATOR"},
		{`(?m)\b(cli/)?` + operator + `$`, "OPERATOR"},
		{`  +\b(cli/)?` + operator + `\b`, "  OPERATOR"},
	} {
		all = append(all, replacement{regexp.MustCompile(pair[0]), pair[1]})
	}
	return append(all, replacement{regexp.MustCompile(`(\S)   +`), "$1  "}, replacement{regexp.MustCompile(`(?m) +$`), ""})
}

// cutFile takes bytes off the end of a file, as a full disk does:
//
//	cut FILE BYTES
func cutFile(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: cut FILE BYTES")
	}
	off, err := strconv.Atoi(args[1])
	ts.Check(err)
	text := ts.ReadFile(args[0])
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text[:len(text)-off]), 0o600))
}

// alterText replaces the first of a text in a file:
//
//	alter FILE OLD NEW
func alterText(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: alter FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not contain %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], args[2], 1)), 0o600))
}

// runSQL does to a SQLite database what nobody should:
//
//	query FILE SQL
func runSQL(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: query FILE SQL")
	}
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	result, err := db.Exec(args[1])
	ts.Check(err)
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		ts.Fatalf("no row was changed (%v)", err)
	}
}

// captureText keeps a part of a file, stdout or stderr in a variable:
//
//	capture NAME FILE REGEXP-WITH-ONE-GROUP
func captureText(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: capture NAME FILE REGEXP")
	}
	found := regexp.MustCompile("(?m)" + args[2]).FindStringSubmatch(ts.ReadFile(args[1]))
	if len(found) != 2 {
		ts.Fatalf("%s does not match %q", args[1], args[2])
	}
	ts.Setenv(args[0], found[1])
}
