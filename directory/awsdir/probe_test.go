package awsdir_test

import (
	"context"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/identitystore"

	"rollcall/directory"
	"rollcall/directory/awsdir"
	"rollcall/emulate"
	"rollcall/fault"
	"rollcall/identitycentertest"
)

// called are the operations that the driver's own source calls, and whether
// they write.
func called(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || file == "probe.go" {
			continue
		}
		parsed, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok || len(c.Args) == 0 {
				return true
			}
			verb, ok := c.Fun.(*ast.Ident)
			name, named := c.Args[0].(*ast.BasicLit)
			if ok && named && (verb.Name == "read" || verb.Name == "write") {
				if text, err := strconv.Unquote(name.Value); err == nil {
					found[text] = verb.Name == "write"
				}
			}
			return true
		})
	}
	return found
}

func TestEveryOperationThatIsCalledIsListed(t *testing.T) {
	want := called(t)
	delete(want, "UpdateIdentityStore") // the network configuration
	got := map[string]bool{}
	for _, o := range awsdir.Operations() {
		got[o.Name] = o.Write
	}
	if !maps.Equal(got, want) {
		t.Errorf("listed %v\ncalled %v", got, want)
	}
}

func probe(t *testing.T, s *identitycentertest.Server) map[string]error {
	t.Helper()
	found := map[string]error{}
	o := awsdir.Options{Store: directory.Store{ID: identitycentertest.StoreID}, AWS: &s.Config}
	for op, err := range awsdir.Probe(t.Context(), o, awsdir.Operations()) {
		found[op.Name] = err
	}
	return found
}

func TestWhatMayBeCalledIsFoundOutWithoutChangingAnything(t *testing.T) {
	s := identitycentertest.New(t)
	s.Group("night", s.User("ann"))
	for name, err := range probe(t, s) {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if users, groups := count(t, s); users != 1 || groups != 1 {
		t.Errorf("there are %d users and %d groups now", users, groups)
	}
}

func TestWhatMayNotBeCalledIsNamed(t *testing.T) {
	s := identitycentertest.New(t)
	for _, one := range awsdir.Operations() {
		s.Faults(emulate.Fault{Kind: emulate.Denied, Operation: one.Name})
		for name, err := range probe(t, s) {
			if fault.Is(err, fault.Denied) != (name == one.Name) {
				t.Errorf("without %s, %s is %v", one.Name, name, err)
			}
		}
	}
}

func TestWithoutTheAPINothingIsProbed(t *testing.T) {
	for name, o := range map[string]awsdir.Options{"no API": {Store: directory.Store{ID: identitycentertest.StoreID}}, "no store": {}} {
		var kinds []fault.Kind
		for _, err := range awsdir.Probe(context.Background(), o, awsdir.Operations()) {
			kinds = append(kinds, fault.KindOf(err))
		}
		if !slices.Equal(kinds, []fault.Kind{fault.Invalid}) {
			t.Errorf("%s: %v", name, kinds)
		}
	}
}

func count(t *testing.T, s *identitycentertest.Server) (users, groups int) {
	t.Helper()
	c := identitystore.NewFromConfig(s.Config)
	u, err := c.ListUsers(t.Context(), &identitystore.ListUsersInput{IdentityStoreId: &s.IdentityStoreID})
	if err != nil {
		t.Fatal(err)
	}
	g, err := c.ListGroups(t.Context(), &identitystore.ListGroupsInput{IdentityStoreId: &s.IdentityStoreID})
	if err != nil {
		t.Fatal(err)
	}
	return len(u.Users), len(g.Groups)
}
