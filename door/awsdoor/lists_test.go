package awsdoor_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/document"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"
	"github.com/google/go-cmp/cmp"

	"rollcall/identity"
)

func unique(path, value string) types.AlternateIdentifier {
	return &types.AlternateIdentifierMemberUniqueAttribute{Value: types.UniqueAttribute{
		AttributePath: aws.String(path), AttributeValue: document.NewLazyDocument(value),
	}}
}

func second[T any](_ T, err error) error { return err }

func same[T any](t *testing.T, what string, want, got T) {
	t.Helper()
	// The SDK marks its structs with a field that no other package can name, and
	// tells of the call in another.
	ignore := cmp.FilterPath(func(p cmp.Path) bool {
		return p.Last().String() == ".noSmithyDocumentSerde" || p.Last().String() == ".ResultMetadata"
	}, cmp.Ignore())
	if diff := cmp.Diff(want, got, ignore); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestEveryUserIsOnOnePage(t *testing.T) {
	s := start(t, nil)
	var want []string
	for i := range 7 {
		name := fmt.Sprint("user", i)
		must[*identitystore.CreateUserOutput](t, "create user")(s.client.CreateUser(t.Context(), whole(name)))
		want = append(want, name)
	}
	var got []string
	var sizes []int
	pages := identitystore.NewListUsersPaginator(s.client, &identitystore.ListUsersInput{IdentityStoreId: aws.String(storeID), MaxResults: aws.Int32(3), Extensions: []string{enterprise}})
	for pages.HasMorePages() {
		page := must[*identitystore.ListUsersOutput](t, "list users")(pages.NextPage(t.Context()))
		sizes = append(sizes, len(page.Users))
		for _, u := range page.Users {
			got = append(got, *u.UserName)
			if u.Extensions[enterprise] == nil || *u.Revision == "" || *u.IdentityStoreId != storeID {
				t.Errorf("user %s is not whole", *u.UserName)
			}
		}
	}
	slices.Sort(got)
	same(t, "users", want, got)
	same(t, "sizes of the pages", []int{3, 3, 1}, sizes)
}

func TestAPageTokenServesItsOwnListingOnly(t *testing.T) {
	const other = "d-0000000001"
	s := start(t, nil, other)
	for i := range 2 {
		must[*identitystore.CreateUserOutput](t, "create user")(s.client.CreateUser(t.Context(), ada(fmt.Sprint("user", i))))
	}
	first := must[*identitystore.ListUsersOutput](t, "list users")(s.client.ListUsers(t.Context(), &identitystore.ListUsersInput{IdentityStoreId: aws.String(storeID), MaxResults: aws.Int32(1)}))
	token := *first.NextToken
	flipped := []byte(token)
	flipped[3] ^= 1
	for what, err := range map[string]error{
		"another store":   second(s.client.ListUsers(t.Context(), &identitystore.ListUsersInput{IdentityStoreId: aws.String(other), NextToken: &token})),
		"another listing": second(s.client.ListGroups(t.Context(), &identitystore.ListGroupsInput{IdentityStoreId: aws.String(storeID), NextToken: &token})),
		"changed":         second(s.client.ListUsers(t.Context(), &identitystore.ListUsersInput{IdentityStoreId: aws.String(storeID), NextToken: aws.String(string(flipped))})),
		"garbage":         second(s.client.ListUsers(t.Context(), &identitystore.ListUsersInput{IdentityStoreId: aws.String(storeID), NextToken: aws.String("AAMA-x")})),
		"with a filter": second(s.client.ListUsers(t.Context(), &identitystore.ListUsersInput{
			IdentityStoreId: aws.String(storeID), NextToken: &token, Filters: []types.Filter{{AttributePath: aws.String("UserName"), AttributeValue: aws.String("x")}},
		})),
		"of stores": second(s.client.ListIdentityStores(t.Context(), &identitystore.ListIdentityStoresInput{NextToken: &token})),
	} {
		if e := refused(t, what, err, "ValidationException"); !strings.Contains(e.ErrorMessage(), "nextToken") {
			t.Errorf("%s: %s", what, e.ErrorMessage())
		}
	}
}

func TestUsersAreFoundByWhatIsUnique(t *testing.T) {
	s := start(t, nil)
	made := must[*identitystore.CreateUserOutput](t, "create user")(s.client.CreateUser(t.Context(), whole("Ada")))
	if err := s.driver.SetExternalIDs(t.Context(), identity.KindUser, identity.ID(*made.UserId), "", []identity.ExternalID{{Issuer: "https://idp", ID: "701984"}}); err != nil {
		t.Fatal(err)
	}
	for what, by := range map[string]types.AlternateIdentifier{
		"userName":      unique("userName", "ada"),
		"other case":    unique("UserName", "ADA"),
		"email":         unique("emails.value", "ada@example.com"),
		"email, capped": unique("Emails.Value", "Ada@Example.com"),
		"external id":   &types.AlternateIdentifierMemberExternalId{Value: types.ExternalId{Issuer: aws.String("https://idp"), Id: aws.String("701984")}},
	} {
		got, err := s.client.GetUserId(t.Context(), &identitystore.GetUserIdInput{IdentityStoreId: aws.String(storeID), AlternateIdentifier: by})
		if err != nil || *got.UserId != *made.UserId || *got.UserArn != *made.UserArn {
			t.Errorf("by %s: %v", what, err)
		}
	}
	for what, c := range map[string]struct {
		by      types.AlternateIdentifier
		code    string
		message string
	}{
		"nobody":         {unique("userName", "bob"), "ResourceNotFoundException", "USER not found."},
		"empty":          {unique("userName", ""), "ValidationException", "attribute value cannot be empty or null for attribute path"},
		"not unique":     {unique("displayName", "Ada"), "ValidationException", "The attribute displayName is not a unique attribute"},
		"another issuer": {&types.AlternateIdentifierMemberExternalId{Value: types.ExternalId{Issuer: aws.String("x"), Id: aws.String("701984")}}, "ResourceNotFoundException", "USER not found."},
	} {
		err := second(s.client.GetUserId(t.Context(), &identitystore.GetUserIdInput{IdentityStoreId: aws.String(storeID), AlternateIdentifier: c.by}))
		if e := refused(t, what, err, c.code); e.ErrorMessage() != c.message {
			t.Errorf("%s: %q, want %q", what, e.ErrorMessage(), c.message)
		}
	}
	for filter, want := range map[string]int{"Ada": 1, "nobody": 0} {
		got := must[*identitystore.ListUsersOutput](t, "list users")(s.client.ListUsers(t.Context(), &identitystore.ListUsersInput{
			IdentityStoreId: aws.String(storeID), Filters: []types.Filter{{AttributePath: aws.String("UserName"), AttributeValue: aws.String(filter)}},
		}))
		if len(got.Users) != want {
			t.Errorf("filter %s finds %d users, want %d", filter, len(got.Users), want)
		}
	}
	refused(t, "filter by title", second(s.client.ListUsers(t.Context(), &identitystore.ListUsersInput{
		IdentityStoreId: aws.String(storeID), Filters: []types.Filter{{AttributePath: aws.String("Title"), AttributeValue: aws.String("x")}},
	})), "ValidationException")
}

func TestEveryStoreIsListedAndApart(t *testing.T) {
	const other = "d-0000000001"
	s := start(t, nil, other)
	must[*identitystore.CreateUserOutput](t, "create user")(s.client.CreateUser(t.Context(), ada("ada")))
	in := ada("ada")
	in.IdentityStoreId = aws.String(other)
	must[*identitystore.CreateUserOutput](t, "create the same user in another store")(s.client.CreateUser(t.Context(), in))
	var got []string
	pages := identitystore.NewListIdentityStoresPaginator(s.client, &identitystore.ListIdentityStoresInput{MaxResults: aws.Int32(1)})
	for pages.HasMorePages() {
		page := must[*identitystore.ListIdentityStoresOutput](t, "list stores")(pages.NextPage(t.Context()))
		for _, one := range page.IdentityStores {
			got = append(got, *one.IdentityStoreId+" "+*one.IdentityStoreArn)
		}
	}
	same(t, "stores", []string{
		other + " arn:aws:identitystore::" + account + ":identitystore/" + other, storeID + " arn:aws:identitystore::" + account + ":identitystore/" + storeID,
	}, got)
}
