package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// A floor holds packages. They may import what stands on lower floors; on a
// floor with an order also those before them, on the others none of their own.
type floor struct {
	number   int
	name     string
	ordered  bool
	packages []string
}

// house says what stands on what. Whatever is not in it has no place.
var house = []floor{
	{1, "vocabulary", true, []string{"realtime", "fault", "openapi", "identity", "spelling", "dn", "keyring", "sqldb", "scim", "awsjson", "awsjson/sigv4", "awsjson/organizations", "awsjson/ssoadmin", "awsquery", "awscall", "scim/scimclient", "icf", "xsoar", "javascript", "webhook", "telemetry"}},
	// What sources of one family share stands beside their port.
	{2, "ports", true, []string{"directory", "directory/keyset", "assignment", "source", "source/exportfile", "source/nesting", "source/ldapentry", "caller", "governor"}},
	{3, "middle", true, []string{
		"plan",
		"link",
		"connector",
		"journal",
		"baseline",
		"mapping",
		"reconcile",
		"undo",
		"access",
		"rule",
		"approval",
		"apply",
		"lifecycle",
		"command",
		"work",
		"cloudtrail",
		"drift",
		"emulate",
	}},
	{4, "adapters", false, []string{
		"directory/memdir",
		"directory/sqldir",
		"directory/awsdir",
		"assignment/sqlassignment",
		"assignment/awsassignment",
		"source/ldifsource",
		"source/csvsource",
		"source/ldapsource",
		"caller/sqlcaller",
		"drift/sqsqueue",
		"config",
	}},
	{5, "doors, and the samples that ship", false, []string{"door/approvaldoor", "door/awsdoor", "door/icfdoor", "door/opsdoor", "door/scimdoor", "door/xsoardoor", "examples"}},
	{6, "where it is put together", true, []string{"identitycenter", "cli", "bench"}},
	{7, "program", false, []string{"."}},
}

// place is where a package stands.
type place struct {
	floor floor
	order int
}

func placeOf(folder string) (place, bool) {
	for _, f := range house {
		if at := slices.Index(f.packages, folder); at >= 0 {
			return place{f, at}, true
		}
	}
	return place{}, false
}

const (
	module       = "rollcall/"
	adapterFloor = 4
	doorFloor    = 5
)

// checkImports says which imports go up, or sideways where they may not.
func checkImports(root fs.FS) []string {
	var wrong []string
	eachFile(root, parser.ImportsOnly, func(file string, parsed *ast.File) {
		folder := path.Dir(file)
		from, known := placeOf(folder)
		suite := isSuite(folder)
		if suite {
			from, known = placeOf(path.Dir(folder)) // a conformance suite stands beside its port
		}
		if !known {
			wrong = append(wrong, fmt.Sprintf("%s: package %s has no place in the house; give it one", file, folder))
			return
		}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			name, ours := strings.CutPrefix(imported, module)
			if err != nil || !ours {
				continue
			}
			if complaint := mayImport(from, suite, folder, name); complaint != "" {
				wrong = append(wrong, fmt.Sprintf("%s: %s", file, complaint))
			}
		}
	})
	return wrong
}

func mayImport(from place, suite bool, folder, name string) string {
	to, known := placeOf(name)
	a, b := from.floor.number, to.floor.number
	switch {
	case isSuite(name) && folder == "bench":
		return "" // it ships with nothing, and measures on the servers that tests start
	case isSuite(name):
		return name + " is for tests"
	case !known:
		return name + " has no place in the house"
	case suite && name == path.Dir(folder):
		return ""
	case b > a:
		return fmt.Sprintf("%s (%s) imports %s, which stands higher (%s)", folder, from.floor.name, name, to.floor.name)
	case b == a && !from.floor.ordered:
		return fmt.Sprintf("%s imports %s; %s do not import each other", folder, name, from.floor.name)
	case b == a && to.order >= from.order:
		return fmt.Sprintf("%s imports %s, which comes after it", folder, name)
	case a == doorFloor && b == adapterFloor:
		return fmt.Sprintf("%s is a door and imports the adapter %s", folder, name)
	}
	return ""
}

func isSuite(folder string) bool { return strings.HasSuffix(folder, "test") }

// eachFile parses the files of the program: not tests, and not what go
// generate runs.
func eachFile(root fs.FS, mode parser.Mode, fn func(file string, parsed *ast.File)) {
	err := fs.WalkDir(root, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && file != "." && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		text, err := fs.ReadFile(root, file)
		if err != nil || strings.HasPrefix(string(text), "//go:build ignore") {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, text, mode)
		if err == nil {
			fn(file, parsed)
		}
		return err
	})
	if err != nil {
		panic(err)
	}
}

func TestImports(t *testing.T) {
	for _, wrong := range checkImports(os.DirFS(".")) {
		t.Error(wrong)
	}
}

// The check is worth something only if it finds what it is for.
func TestImportsThatGoTheWrongWayAreFound(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"up":                      {"plan/x.go", `package plan; import _ "rollcall/cli"`, "stands higher"},
		"against the order":       {"plan/x.go", `package plan; import _ "rollcall/journal"`, "comes after it"},
		"itself":                  {"plan/x.go", `package plan; import _ "rollcall/plan"`, "comes after it"},
		"adapter to adapter":      {"directory/memdir/x.go", `package memdir; import _ "rollcall/directory/sqldir"`, "do not import each other"},
		"door to adapter":         {"examples/x.go", `package examples; import _ "rollcall/directory/sqldir"`, "is a door"},
		"a package without place": {"util/x.go", `package util`, "has no place"},
		"a suite in the program":  {"apply/x.go", `package apply; import _ "rollcall/directory/directorytest"`, "is for tests"},
		"a suite that goes up":    {"directory/directorytest/x.go", `package directorytest; import _ "rollcall/plan"`, "stands higher"},
	} {
		t.Run(name, func(t *testing.T) {
			wrong := checkImports(fstest.MapFS{c.file: {Data: []byte(c.text)}})
			if len(wrong) != 1 || !strings.Contains(wrong[0], c.want) {
				t.Errorf("got %q, want one with %q", wrong, c.want)
			}
		})
	}
	fine := fstest.MapFS{
		"apply/x.go":                   {Data: []byte(`package apply; import ("fmt"; _ "rollcall/journal"; _ "rollcall/directory")`)},
		"directory/directorytest/x.go": {Data: []byte(`package directorytest; import _ "rollcall/directory"`)},
		"plan/x_test.go":               {Data: []byte(`package plan; import _ "rollcall/cli"`)},
	}
	if wrong := checkImports(fine); wrong != nil {
		t.Errorf("what is right is complained about: %q", wrong)
	}
}

// writing are the names of everything that changes a directory or what its
// principals may reach.
var writing = []string{
	"WriterFor", "CreateUser", "UpdateUser", "DeleteUser", "CreateGroup", "CreateGroupWith", "UpdateGroup", "DeleteGroup",
	"AddMember", "RemoveMember", "ChangeMembers", "SetActive", "SetExternalIDs", "SetNetwork",
	"CreateAssignment", "DeleteAssignment", "CreatePermissionSet", "UpdatePermissionSet", "DeletePermissionSet", "ProvisionPermissionSet",
	"SetInlinePolicy", "AttachPolicy", "DetachPolicy", "SetBoundary", "TagResource", "UntagResource", "RenameInstance", "AddRegion", "RemoveRegion",
	"CreateApplication", "UpdateApplication", "DeleteApplication", "CreateApplicationAssignment", "DeleteApplicationAssignment",
}

// mayWrite reports whether a package may use them: the executor of plans, the
// ports with their adapters, the doors that are the embedded directory itself
// and what counts on their behalf, and what seeds a throw-away one for a test.
func mayWrite(folder string) bool {
	return slices.Contains([]string{"apply", "directory", "assignment", "emulate", "door/awsdoor", "door/scimdoor", "identitycentertest"}, folder) ||
		strings.HasPrefix(folder, "directory/") || strings.HasPrefix(folder, "assignment/")
}

// checkWrites says where a directory is changed by anybody else.
func checkWrites(root fs.FS) []string {
	var wrong []string
	eachFile(root, parser.SkipObjectResolution, func(file string, parsed *ast.File) {
		if mayWrite(path.Dir(file)) {
			return
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && slices.Contains(writing, s.Sel.Name) {
				wrong = append(wrong, fmt.Sprintf("%s uses %s; only apply writes to a directory", file, s.Sel.Name))
			}
			return true
		})
	})
	return wrong
}

func TestOnlyApplyWrites(t *testing.T) {
	for _, wrong := range checkWrites(os.DirFS(".")) {
		t.Error(wrong)
	}
}

func TestWritesElsewhereAreFound(t *testing.T) {
	for name, text := range map[string]string{
		"a call":          `package cli; func f() { d.DeleteUser(ctx, id, "") }`,
		"a writer":        `package cli; var w = directory.WriterFor(d)`,
		"a method value":  `package cli; var f = w.CreateUser`,
		"an assignment":   `package cli; func f() { d.CreateAssignment(ctx, a) }`,
		"another package": `package reconcile; func f() { d.SetActive(ctx, id, "", false) }`,
	} {
		t.Run(name, func(t *testing.T) {
			for _, folder := range []string{"cli", "reconcile", "door/icfdoor"} {
				if wrong := checkWrites(fstest.MapFS{folder + "/x.go": {Data: []byte(text)}}); len(wrong) != 1 {
					t.Errorf("%s: got %q, want one complaint", folder, wrong)
				}
			}
			for _, folder := range []string{"apply", "directory", "directory/sqldir", "assignment/sqlassignment"} {
				if wrong := checkWrites(fstest.MapFS{folder + "/x.go": {Data: []byte(text)}}); wrong != nil {
					t.Errorf("%s may: %q", folder, wrong)
				}
			}
		})
	}
}
