package awsdoor_test

import (
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rollcall/awsjson"
	"rollcall/awsjson/organizations"
	"rollcall/awsjson/sigv4"
	"rollcall/awsjson/ssoadmin"
	"rollcall/door/awsdoor"
	"rollcall/fault"
)

// scene is a site with something of every kind in it, where requests are
// provoked to fail.
type scene struct {
	*site
	there, gone map[string]string // what the names in requests stand for
	gate        atomic.Pointer[fault.Error]

	member, stranger sigv4.Credentials // of another account of the organization, and of none of its accounts
}

var targets = map[string]string{"identitystore": awsjson.IdentityStore, "sso": ssoadmin.Service, "organizations": organizations.Target}

func startScene(t *testing.T) *scene {
	t.Helper()
	s := new(scene)
	s.site = start(t, func(o *awsdoor.Options) {
		o.Admit = func(*http.Request, string, string) error {
			if e := s.gate.Load(); e != nil {
				return e
			}
			return nil
		}
	})
	s.seed(0)
	s.member, s.stranger = s.keyIn("222222222222"), s.keyIn("444444444444")
	s.there = map[string]string{
		"store": `"IdentityStoreId":"` + storeID + `"`, "instance": `"InstanceArn":"` + s.instance + `"`, "name": "ada", "groupName": "Staff",
		"unit": production, "developer": developer, "busy": account, "region": "eu-west-1", "provider": ssoadmin.CustomProvider,
	}
	s.gone = map[string]string{
		"store": s.there["store"], "instance": s.there["instance"], "name": "nobody", "groupName": "Nobodies",
		"user": nobody, "other": nobody, "group": nobody, "membership": nobody,
		"unit": absentUnit, "developer": "999999999999", "busy": "999999999999", "region": "eu-west-2", "provider": "arn:aws:sso::aws:applicationProvider/none",
		"creation": nobody, "deletion": nobody, "provisioning": nobody,
	}
	s.people()
	s.access()
	return s
}

func (s *scene) keyIn(account string) sigv4.Credentials {
	s.t.Helper()
	k, secret, err := s.keys.Create(s.t.Context(), keyOf(account))
	if err != nil {
		s.t.Fatal(err)
	}
	return sigv4.Credentials{AccessKey: k.ID, Secret: secret}
}

// make sends a request that must succeed, and returns a text out of the answer.
func (s *scene) make(service, operation, body string, path ...string) string {
	s.t.Helper()
	got := s.ask(service, operation, s.about(s.there, body), s.key)
	if got.status != http.StatusOK {
		s.t.Fatalf("%s %s: %d %s", operation, body, got.status, got.raw)
	}
	at := got.body
	for _, name := range path[:max(len(path)-1, 0)] {
		at, _ = at[name].(map[string]any)
	}
	if len(path) == 0 {
		return ""
	}
	made, ok := at[path[len(path)-1]].(string)
	if !ok {
		s.t.Fatalf("%s answers no %v: %s", operation, path, got.raw)
	}
	return made
}

func (s *scene) people() {
	for name, user := range map[string]string{"user": "ada", "other": "bob"} {
		s.there[name] = s.make("identitystore", "CreateUser", `{$store,"UserName":"`+user+`","Name":{"GivenName":"A","FamilyName":"B"},"DisplayName":"`+user+`"}`, "UserId")
	}
	s.there["group"] = s.make("identitystore", "CreateGroup", `{$store,"DisplayName":"Staff"}`, "GroupId")
	s.there["membership"] = s.make("identitystore", "CreateGroupMembership", `{$store,"GroupId":"$group","MemberId":{"UserId":"$user"}}`, "MembershipId")
}

// access makes a permission set with all there can be to it, which a group has
// in one account and somebody is about to lose in another; and an application.
func (s *scene) access() {
	inSet := func(arn string) string { return s.there["instance"] + `,"PermissionSetArn":"` + arn + `"` }
	s.there["setARN"] = s.make("sso", "CreatePermissionSet", `{$instance,"Name":"Audit"}`, "PermissionSet", "PermissionSetArn")
	s.gone["setARN"] = s.there["setARN"][:strings.LastIndex(s.there["setARN"], "/")+1] + noSet
	s.there["set"], s.gone["set"] = inSet(s.there["setARN"]), inSet(s.gone["setARN"])
	s.there["spare"], s.gone["spare"] = inSet(s.make("sso", "CreatePermissionSet", `{$instance,"Name":"Spare"}`, "PermissionSet", "PermissionSetArn")), s.gone["set"]
	s.make("sso", "AttachManagedPolicyToPermissionSet", `{$set,"ManagedPolicyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"}`)
	s.make("sso", "AttachCustomerManagedPolicyReferenceToPermissionSet", `{$set,"CustomerManagedPolicyReference":{"Name":"Ours"}}`)
	s.make("sso", "AddRegion", `{$instance,"RegionName":"$region"}`)

	app := s.make("sso", "CreateApplication", `{$instance,"Name":"Payroll","ApplicationProviderArn":"$provider"}`, "ApplicationArn")
	s.there["app"] = `"ApplicationArn":"` + app + `"`
	s.gone["app"] = `"ApplicationArn":"` + app[:strings.LastIndex(app, "/")+1] + `apl-0000000000000000"`
	s.make("sso", "CreateApplicationAssignment", `{$app,"PrincipalType":"USER","PrincipalId":"$user"}`)

	const assignment = `"TargetType":"AWS_ACCOUNT","PrincipalType":"USER","PrincipalId":"$user"}`
	s.there["creation"] = s.make("sso", "CreateAccountAssignment", `{$set,"TargetId":"$busy",`+assignment, "AccountAssignmentCreationStatus", "RequestId")
	s.make("sso", "CreateAccountAssignment", `{$set,"TargetId":"$developer",`+assignment)
	s.later()
	s.make("sso", "CreateAccountAssignment", `{$set,"TargetId":"$developer","TargetType":"AWS_ACCOUNT","PrincipalType":"GROUP","PrincipalId":"$group"}`)
	s.later()
	s.there["deletion"] = s.make("sso", "DeleteAccountAssignment", `{$set,"TargetId":"$developer",`+assignment, "AccountAssignmentDeletionStatus", "RequestId")
	s.later()
	s.make("sso", "DeleteAccountAssignment", `{$set,"TargetId":"$busy",`+assignment)
	s.there["provisioning"] = s.make("sso", "ProvisionPermissionSet", `{$spare,"TargetType":"ALL_PROVISIONED_ACCOUNTS"}`, "PermissionSetProvisioningStatus", "RequestId")
}

// later lets all that is in progress come to its end.
func (s *scene) later() { s.clock.pass(2 * time.Hour) }

// about puts in what the names in a request stand for. A request that names no
// object is about what holds them all: gone, that is another store or instance.
func (s *scene) about(names map[string]string, body string) string {
	objects := 0
	out := os.Expand(body, func(name string) string {
		if name == "noInstance" {
			return `"InstanceArn":"` + otherInstance + `"`
		}
		if name != "store" && name != "instance" {
			objects++
		}
		return names[name]
	})
	if objects == 0 && names["user"] == nobody {
		out = strings.NewReplacer(storeID, "d-1234567890", s.instance, otherInstance).Replace(out)
	}
	return out
}

// ask sends a request, signed with a key.
func (s *scene) ask(service, operation, body string, k sigv4.Credentials) answer {
	s.t.Helper()
	r := s.request(http.MethodPost, "/", body)
	r.Header.Set("Content-Type", awsjson.ContentType)
	r.Header.Set(awsjson.HeaderTarget, awsjson.Target(targets[service], operation))
	sigv4.Sign(r, []byte(body), k, region, service, time.Now())
	return s.do(r)
}

// held asks while the gate answers with a failure of a kind.
func (s *scene) held(kind fault.Kind, service string, q request) answer {
	s.t.Helper()
	s.gate.Store(&fault.Error{Kind: kind, RetryAfter: time.Second})
	defer s.gate.Store(nil)
	return s.ask(service, q.operation, s.about(s.there, q.body), s.key)
}
