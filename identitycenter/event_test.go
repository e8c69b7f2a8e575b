package identitycenter_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"rollcall/awsjson"
	"rollcall/awsjson/ssoadmin"
	"rollcall/caller"
	"rollcall/cloudtrail"
	"rollcall/directory"
)

// post is a client of every door, which remembers what it was answered.
type post struct {
	*site
	key   aws.Credentials
	known map[string]string // what stands behind a dollar in what is sent
	log   directory.Feeder
	seen  int64
	of    cloudtrail.Log
}

func newPost(t *testing.T) *post {
	t.Helper()
	s := open(t, nil, one)
	ctx := directory.WithActor(t.Context(), directory.Actor{Name: "ann", Door: "cli"})
	k, secret, err := s.databases[0].Keys.Create(ctx, caller.Key{Name: "ci", Account: caller.DefaultAccount, Role: "Deploy"})
	ok(t, err)
	token, text, err := s.databases[0].Tokens.Create(ctx, one, "ann")
	ok(t, err)
	driver, err := s.databases[0].Find(t.Context(), one)
	ok(t, err)
	store, err := driver.Store(t.Context())
	ok(t, err)
	p := &post{
		site: s, key: aws.Credentials{AccessKeyID: k.ID, SecretAccessKey: secret}, log: driver, of: cloudtrail.Log{Store: store, Account: caller.DefaultAccount},
		known: map[string]string{"store": one, "instance": store.Instance, "tenant": token.Tenant, "token": text, "tokenID": token.ID, "account": caller.DefaultAccount},
	}
	made := p.fresh()
	if want := []string{"iam CreateAccessKey", "sso-directory CreateProvisioningTenant", "sso-directory CreateBearerToken"}; !slices.Equal(names(made), want) {
		t.Errorf("making a key and a token left %v, want %v", names(made), want)
	}
	return p
}

// fresh are the records since it was last asked.
func (p *post) fresh() []cloudtrail.Record {
	p.t.Helper()
	events, err := p.log.Events(p.t.Context(), p.seen, 1000)
	ok(p.t, err)
	var all []cloudtrail.Record
	for _, e := range events {
		if e.Number != p.seen+1 {
			p.t.Errorf("event %d comes after %d", e.Number, p.seen)
		}
		r, err := p.of.Record(e)
		ok(p.t, err)
		all, p.seen = append(all, r), e.Number
	}
	return all
}

func names(records []cloudtrail.Record) []string {
	all := make([]string, len(records))
	for i, r := range records {
		all[i] = strings.TrimSuffix(r.EventSource, ".amazonaws.com") + " " + r.EventName
	}
	return all
}

// send makes one call, "POST /path" of SCIM or REST, or "identitystore
// Operation", and returns the headers of the answer.
func (p *post) send(call, body string) http.Header {
	p.t.Helper()
	expand := func(text string) string { return os.Expand(text, func(name string) string { return p.known[name] }) }
	first, second, _ := strings.Cut(call, " ")
	body = expand(body)
	method, path := first, expand(second)
	target, service := "", awsjson.SigningName
	switch first {
	case "identitystore":
		method, path, target = http.MethodPost, "/", awsjson.Target(awsjson.IdentityStore, second)
	case "sso":
		method, path, target, service = http.MethodPost, "/", awsjson.Target(ssoadmin.Service, second), ssoadmin.SigningName
	}
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, strings.NewReader(body))
	ok(p.t, err)
	r.Header.Set("User-Agent", "post/1")
	if strings.Contains(path, "/scim/v2/") {
		r.Header.Set("Authorization", "Bearer "+p.known["token"])
	} else {
		if target != "" {
			r.Header.Set("X-Amz-Target", target)
			r.Header.Set("Content-Type", awsjson.ContentType)
		}
		sum := sha256.Sum256([]byte(body))
		ok(p.t, v4.NewSigner().SignHTTP(p.t.Context(), p.key, r, hex.EncodeToString(sum[:]), service, "eu-west-1", time.Now()))
	}
	got, err := http.DefaultClient.Do(r)
	ok(p.t, err)
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	ok(p.t, err)
	if got.StatusCode >= 300 {
		p.t.Fatalf("%s: %d %s", call, got.StatusCode, text)
	}
	p.learn(text)
	return got.Header
}

// learn remembers the ids of an answer.
func (p *post) learn(answer []byte) {
	var ids struct {
		UserID, GroupID, MembershipID, ID string
		Schemas                           []string
		PermissionSet                     struct{ PermissionSetArn string }
	}
	if len(answer) == 0 || json.Unmarshal(answer, &ids) != nil {
		return
	}
	for name, id := range map[string]string{"user": ids.UserID, "group": ids.GroupID, "membership": ids.MembershipID, "set": ids.PermissionSet.PermissionSetArn} {
		if id != "" {
			p.known[name] = id
		}
	}
	if len(ids.Schemas) > 0 && strings.HasSuffix(ids.Schemas[0], ":Group") {
		p.known["group"] = ids.ID
	} else if ids.ID != "" {
		p.known["user"] = ids.ID
	}
}

const patch = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":`

var calls = []struct {
	call, body string
	want       []string
}{
	{"identitystore CreateUser", `{"IdentityStoreId":"$store","UserName":"secret-ann","DisplayName":"secret-Ann","Name":{"GivenName":"secret-Ann","FamilyName":"secret-Lee"},"Emails":[{"Value":"secret@example.com"}]}`, []string{"identitystore CreateUser"}},
	{"identitystore UpdateUser", `{"IdentityStoreId":"$store","UserId":"$user","Operations":[{"AttributePath":"title","AttributeValue":"secret-Clerk"},{"AttributePath":"name.givenName","AttributeValue":"secret-Anna"}]}`, []string{"identitystore UpdateUser"}},
	{"identitystore CreateGroup", `{"IdentityStoreId":"$store","DisplayName":"secret-staff","Description":"secret-group"}`, []string{"identitystore CreateGroup"}},
	{"identitystore UpdateGroup", `{"IdentityStoreId":"$store","GroupId":"$group","Operations":[{"AttributePath":"displayName","AttributeValue":"secret-people"}]}`, []string{"identitystore UpdateGroup"}},
	{"identitystore CreateGroupMembership", `{"IdentityStoreId":"$store","GroupId":"$group","MemberId":{"UserId":"$user"}}`, []string{"identitystore CreateGroupMembership"}},
	{"identitystore DescribeUser", `{"IdentityStoreId":"$store","UserId":"$user"}`, nil},
	{"identitystore UpdateIdentityStore", `{"IdentityStoreId":"$store","NetworkConfiguration":{"VpceAccessRequired":false}}`, []string{"identitystore UpdateIdentityStore"}},

	{"sso CreatePermissionSet", `{"InstanceArn":"$instance","Name":"Reader"}`, []string{"sso CreatePermissionSet"}},
	{"sso PutInlinePolicyToPermissionSet", `{"InstanceArn":"$instance","PermissionSetArn":"$set","InlinePolicy":"{\"Version\":\"2012-10-17\",\"Statement\":[]}"}`, []string{"sso PutInlinePolicyToPermissionSet"}},
	{"sso CreateAccountAssignment", `{"InstanceArn":"$instance","PermissionSetArn":"$set","PrincipalId":"$group","PrincipalType":"GROUP","TargetId":"$account","TargetType":"AWS_ACCOUNT"}`, []string{"sso CreateAccountAssignment"}},
	{"sso TagResource", `{"InstanceArn":"$instance","ResourceArn":"$set","Tags":[{"Key":"team","Value":"x"}]}`, []string{"sso TagResource"}},
	{"sso DeleteAccountAssignment", `{"InstanceArn":"$instance","PermissionSetArn":"$set","PrincipalId":"$group","PrincipalType":"GROUP","TargetId":"$account","TargetType":"AWS_ACCOUNT"}`, []string{"sso DeleteAccountAssignment"}},
	{"sso DeletePermissionSet", `{"InstanceArn":"$instance","PermissionSetArn":"$set"}`, []string{"sso DeletePermissionSet"}},

	{"identitystore DeleteGroupMembership", `{"IdentityStoreId":"$store","MembershipId":"$membership"}`, []string{"identitystore DeleteGroupMembership"}},
	{"identitystore DeleteGroup", `{"IdentityStoreId":"$store","GroupId":"$group"}`, []string{"identitystore DeleteGroup"}},
	{"identitystore DeleteUser", `{"IdentityStoreId":"$store","UserId":"$user"}`, []string{"identitystore DeleteUser"}},

	{"POST /identitystores/$store/users", `{"UserName":"secret-ann","DisplayName":"secret-Ann","Name":{"GivenName":"secret-Ann","FamilyName":"secret-Lee"}}`, []string{"identitystore CreateUser"}},
	{"PUT /identitystores/$store/users/$user", `{"Operations":[{"AttributePath":"title","AttributeValue":"secret-Clerk"}]}`, []string{"identitystore UpdateUser"}},
	{"DELETE /identitystores/$store/users/$user", ``, []string{"identitystore DeleteUser"}},

	{"POST /$tenant/scim/v2/Users", `{"userName":"secret-ann","externalId":"secret-1","displayName":"secret-Ann","name":{"givenName":"secret-Ann","familyName":"secret-Lee"},"active":true,"emails":[{"value":"secret@example.com","primary":true}]}`, []string{"identitystore-scim CreateUser"}},
	{"GET /$tenant/scim/v2/Users", ``, nil},
	{"PUT /$tenant/scim/v2/Users/$user", `{"id":"$user","userName":"secret-ann","externalId":"secret-1","displayName":"secret-Anna","name":{"givenName":"secret-Ann","familyName":"secret-Lee"},"active":true}`, []string{"identitystore-scim PutUser"}},
	{"PATCH /$tenant/scim/v2/Users/$user", patch + `[{"op":"replace","path":"title","value":"secret-Clerk"}]}`, []string{"identitystore-scim PatchUser"}},
	{"PATCH /$tenant/scim/v2/Users/$user", patch + `[{"op":"replace","path":"title","value":"secret-Clerk"}]}`, nil}, // is so already
	{"PATCH /$tenant/scim/v2/Users/$user", patch + `[{"op":"replace","path":"active","value":false},{"op":"remove","path":"title"}]}`, []string{"identitystore-scim PatchUser", "identitystore-scim PatchUser"}},
	{"POST /$tenant/scim/v2/Groups", `{"displayName":"secret-staff","members":[{"value":"$user"}]}`, []string{"identitystore-scim CreateGroup", "identitystore-scim PatchGroup"}},
	{"PATCH /$tenant/scim/v2/Groups/$group", patch + `[{"op":"replace","path":"displayName","value":"secret-people"}]}`, []string{"identitystore-scim PatchGroup"}},
	{"PATCH /$tenant/scim/v2/Groups/$group", patch + `[{"op":"remove","path":"members[value eq \"$user\"]"}]}`, []string{"identitystore-scim PatchGroup"}},
	{"DELETE /$tenant/scim/v2/Groups/$group", ``, []string{"identitystore-scim DeleteGroup"}},
	{"DELETE /$tenant/scim/v2/Users/$user", ``, []string{"identitystore-scim DeleteUser"}},
}

func TestEveryWriteThroughEveryDoorLeavesItsEvent(t *testing.T) {
	p := newPost(t)
	for i, c := range calls {
		t.Run(fmt.Sprintf("%02d %s", i, strings.NewReplacer("$", "", "/", " ").Replace(c.call)), func(t *testing.T) {
			p.t = t
			answer := p.send(c.call, c.body)
			got := p.fresh()
			if !slices.Equal(names(got), c.want) {
				t.Errorf("left %v, want %v", names(got), c.want)
			}
			for _, r := range got {
				p.holds(r, answer)
			}
		})
	}
}

// holds says what every record has of the request that was answered so.
func (p *post) holds(r cloudtrail.Record, answer http.Header) {
	p.t.Helper()
	by, region, key := "AssumedRole", "eu-west-1", p.key.AccessKeyID
	if r.Rollcall.Door == "scim" {
		by, region, key = "WebIdentityUser", cloudtrail.DefaultRegion, p.known["tokenID"]
	}
	id := answer.Get("X-Amzn-Requestid")
	if r.RequestID == "" || r.RequestID != id || r.UserIdentity.Type != by || r.UserIdentity.AccessKeyID != key || r.AWSRegion != region ||
		r.SourceIPAddress != "127.0.0.1" || r.UserAgent != "post/1" || r.TLSDetails == nil || "http://"+r.TLSDetails.ClientProvidedHostHeader != p.url {
		p.t.Errorf("%+v; request %s of key %s", r, id, key)
	}
	for _, part := range []cloudtrail.Members{r.RequestParameters, r.ResponseElements} {
		if text, err := json.Marshal(part); err != nil || strings.Contains(string(text), "secret") {
			p.t.Errorf("%s shows what it should not: %s, %v", r.EventName, text, err)
		}
	}
}
