package identitycenter_test

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"rollcall/caller"
	"rollcall/caller/sqlcaller"
	"rollcall/directory/sqldir"
	"rollcall/emulate"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/identitycenter"
	"rollcall/keyring"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

// site is a server over databases with one store each.
type site struct {
	t         *testing.T
	url       string
	databases []*identitycenter.Database
}

func open(t *testing.T, change func(*identitycenter.Options), ids ...identity.StoreID) *site {
	t.Helper()
	ring, err := keyring.Open(filepath.Join(t.TempDir(), "key"))
	ok(t, err)
	var databases []*identitycenter.Database
	for _, id := range ids {
		db, err := identitycenter.Open(t.Context(), sqldbtest.SQLite(t), ring)
		ok(t, err)
		t.Cleanup(func() { db.Close() })
		_, err = db.Store(t.Context(), id, sqldir.Options{})
		ok(t, err)
		databases = append(databases, db)
	}
	return serve(t, change, databases...)
}

func serve(t *testing.T, change func(*identitycenter.Options), databases ...*identitycenter.Database) *site {
	t.Helper()
	o := identitycenter.Options{Databases: databases, Log: slog.New(slog.DiscardHandler)}
	if change != nil {
		change(&o)
	}
	center, err := identitycenter.New(o)
	ok(t, err)
	server := httptest.NewServer(center)
	t.Cleanup(server.Close)
	return &site{t, server.URL, o.Databases}
}

// client has a key of its own, kept in the n-th database.
func (s *site) client(n int) *identitystore.Client {
	s.t.Helper()
	k, secret, err := s.databases[n].Keys.Create(s.t.Context(), caller.Key{Name: "test", Account: caller.DefaultAccount, Role: caller.DefaultRole})
	ok(s.t, err)
	return s.with(k.ID, secret)
}

func (s *site) with(id, secret string) *identitystore.Client {
	return identitystore.New(identitystore.Options{
		BaseEndpoint: &s.url, Region: "eu-west-1", Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider(id, secret, ""),
	})
}

func (s *site) scim(tenant, token string) int {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+"/"+tenant+"/scim/v2//Users", nil)
	ok(s.t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	got, err := http.DefaultClient.Do(r)
	ok(s.t, err)
	got.Body.Close()
	if !strings.HasPrefix(got.Header.Get("Content-Type"), "application/json") {
		s.t.Errorf("not in SCIM's form: %v", got.Header)
	}
	return got.StatusCode
}

func create(t *testing.T, c *identitystore.Client, store, name string) error {
	t.Helper()
	_, err := c.CreateUser(t.Context(), &identitystore.CreateUserInput{
		IdentityStoreId: &store, UserName: &name, DisplayName: &name, Name: nameOf(name),
	})
	return err
}

func nameOf(name string) *types.Name { return &types.Name{GivenName: &name, FamilyName: &name} }

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const one, two = "d-1111111111", "d-2222222222"

func TestAKeyOpensTheStoresOfItsOwnDatabase(t *testing.T) {
	s := open(t, nil, one, two)
	for n, store := range []string{one, two} {
		client, other := s.client(n), []string{two, one}[n]
		ok(t, create(t, client, store, "ann"))
		if missing := new(types.ResourceNotFoundException); !errors.As(create(t, client, other, "eve"), &missing) {
			t.Errorf("the key of %s opens %s", store, other)
		}
		list, err := client.ListIdentityStores(t.Context(), &identitystore.ListIdentityStoresInput{})
		ok(t, err)
		if len(list.IdentityStores) != 1 || *list.IdentityStores[0].IdentityStoreId != store {
			t.Errorf("the key of %s lists %v", store, list.IdentityStores)
		}
	}
}

func TestAStoreThatIsNotThereIsNotMade(t *testing.T) {
	s := open(t, nil, one)
	if missing := new(types.ResourceNotFoundException); !errors.As(create(t, s.client(0), two, "ann"), &missing) {
		t.Error("it is there")
	}
	all, err := s.databases[0].Stores(t.Context())
	if err != nil || len(all) != 1 {
		t.Errorf("there are %v, %v", all, err)
	}
}

func TestAStoreMadeLaterIsServed(t *testing.T) {
	s := open(t, nil, one)
	client := s.client(0)
	if create(t, client, two, "ann") == nil {
		t.Error("it is there already")
	}
	_, err := s.databases[0].Store(t.Context(), two, sqldir.Options{})
	ok(t, err)
	ok(t, create(t, client, two, "ann"))
}

func TestATokenOpensItsOwnTenant(t *testing.T) {
	s := open(t, nil, one, two)
	first, firstText, err := s.databases[0].Tokens.Create(t.Context(), one, "test")
	ok(t, err)
	second, secondText, err := s.databases[1].Tokens.Create(t.Context(), two, "test")
	ok(t, err)
	for name, c := range map[string]struct {
		tenant, token string
		want          int
	}{
		"the first":               {first.Tenant, firstText, 200},
		"the second":              {second.Tenant, secondText, 200},
		"the other's tenant":      {first.Tenant, secondText, 401},
		"a tenant nobody has":     {"nobody", firstText, 401},
		"a tenant without a name": {"%20", firstText, 401},
		"another token":           {first.Tenant, "rcs_x", 401},
	} {
		t.Run(name, func(t *testing.T) {
			if got := s.scim(c.tenant, c.token); got != c.want {
				t.Errorf("status %d, want %d", got, c.want)
			}
		})
	}
	ok(t, s.databases[0].Tokens.Revoke(t.Context(), one, first.ID))
	if got := s.scim(first.Tenant, firstText); got != 401 {
		t.Errorf("revoked: status %d", got)
	}
}

func TestAnyCredentialsOpenEverythingButSCIM(t *testing.T) {
	s := open(t, func(o *identitycenter.Options) { o.AnyCredentials = true }, one, two)
	client := s.with("test", "test")
	ok(t, create(t, client, one, "ann"))
	ok(t, create(t, client, two, "ann"))
	if got := s.scim("nobody", "test"); got != 401 {
		t.Errorf("SCIM: status %d", got)
	}
}

func TestOneRegionIsDemandedWhereItIsSaid(t *testing.T) {
	s := open(t, func(o *identitycenter.Options) { o.Region = "us-east-1" }, one)
	if create(t, s.client(0), one, "ann") == nil {
		t.Error("a signature for another region is taken")
	}
}

func TestQuotasCountWhatIsThere(t *testing.T) {
	s := open(t, func(o *identitycenter.Options) { o.Emulate.Objects = map[emulate.Object]int{emulate.Users: 2} }, one)
	client := s.client(0)
	ok(t, create(t, client, one, "ann"))
	ok(t, create(t, client, one, "bob"))
	if full := new(types.ServiceQuotaExceededException); !errors.As(create(t, client, one, "eve"), &full) {
		t.Error("there is room for one too many")
	}
}

func TestAFaultPlanThatCannotBeIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		fault emulate.Fault
		says  string // nothing for one that can be
	}{
		"no kind of fault":                {emulate.Fault{Operation: "*", Kind: "odd"}, `there is no fault "odd"`},
		"a pattern":                       {emulate.Fault{Operation: "List*", Kind: emulate.Error}, ""},
		"an operation of STS":             {emulate.Fault{Operation: "AssumeRole", Kind: emulate.Error}, ""},
		"an operation of SCIM":            {emulate.Fault{Service: emulate.SCIM, Operation: "PatchGroup", Kind: emulate.Error}, ""},
		"no pattern":                      {emulate.Fault{Operation: "[", Kind: emulate.Error}, "no pattern"},
		"a slip":                          {emulate.Fault{Operation: "CreateUsr", Kind: emulate.Error}, `is called "CreateUsr"; did you mean "CreateUser"?`},
		"a pattern of nothing":            {emulate.Fault{Operation: "Make*", Kind: emulate.Error}, `is called "Make*"`},
		"another service's operation":     {emulate.Fault{Service: emulate.SCIM, Operation: "DescribeGroup", Kind: emulate.Error}, `is called "DescribeGroup"`},
		"an operation that is not served": {emulate.Fault{Operation: "CreateInstance", Kind: emulate.Error}, `is called "CreateInstance"`},
	} {
		t.Run(name, func(t *testing.T) {
			p := emulate.FaultPlan{Faults: []emulate.Fault{c.fault}}
			center, err := identitycenter.New(identitycenter.Options{})
			ok(t, err)
			_, begun := identitycenter.New(identitycenter.Options{Emulate: emulate.Options{Faults: p}})
			for _, err := range []error{begun, center.SetFaults(p)} {
				if c.says == "" {
					ok(t, err)
				} else if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.says) {
					t.Errorf("%v, want invalid: %s", err, c.says)
				}
			}
		})
	}
}

// A token's last instant, and the one after it, over the wire.
func TestATokenThatHasExpiredIsUnauthenticated(t *testing.T) {
	url := sqldbtest.SQLite(t)
	s := open(t, nil, one)
	db := s.databases[0]
	raw, err := sqldb.Open(t.Context(), url, sqlcaller.Migrations())
	ok(t, err)
	t.Cleanup(func() { raw.Close() })
	now := time.Now()
	db.Tokens = caller.NewTokens(sqlcaller.New(raw), caller.Options{Now: func() time.Time { return now }})
	token, text, err := db.Tokens.Create(t.Context(), one, "test")
	ok(t, err)
	for at, want := range map[time.Time]int{token.ExpiresAt.Add(-time.Second): 200, token.ExpiresAt: 401} {
		now = at
		if got := s.scim(token.Tenant, text); got != want {
			t.Errorf("%v before its end: status %d, want %d", token.ExpiresAt.Sub(at), got, want)
		}
	}
}
