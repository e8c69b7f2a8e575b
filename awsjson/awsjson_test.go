package awsjson_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"rollcall/awsjson"
	"rollcall/directory/directorytest"
	"rollcall/fault"
	"rollcall/identity"
)

func TestTimestampsAreSecondsWithMilliseconds(t *testing.T) {
	for text, want := range map[string]time.Time{
		"1755000000.123": time.UnixMilli(1755000000123),
		"1.755E9":        time.Unix(1755000000, 0),
		"0":              time.Unix(0, 0),
		"-1.5":           time.UnixMilli(-1500),
		"253402300799":   time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
	} {
		var at awsjson.Time
		if err := json.Unmarshal([]byte(text), &at); err != nil || !at.UTC().Equal(want) {
			t.Errorf("%s: %v, %v; want %v", text, at.UTC(), err, want)
		}
	}
	for _, text := range []string{`"2026-01-01T00:00:00Z"`, "1e300", "253402300800"} {
		var at awsjson.Time
		if err := json.Unmarshal([]byte(text), &at); err == nil {
			t.Errorf("%s is read as %v", text, at.UTC())
		}
	}
	out, err := awsjson.Encode(awsjson.Written{CreatedAt: awsjson.TimeOf(time.UnixMicro(1755000000123456)), UpdatedAt: awsjson.TimeOf(time.Unix(1755000000, 0))})
	if want := `{"CreatedAt":1755000000.123,"UpdatedAt":1755000000}`; err != nil || string(out) != want {
		t.Errorf("written as %s, %v; want %s", out, err, want)
	}
}

func TestAUserReadsBackAsItWasWritten(t *testing.T) {
	full := directorytest.FullUser("ada")
	full.ID = "906771b2aa-0f000000-0000-4000-8000-000000000001"
	full.ExternalIDs = []identity.ExternalID{{Issuer: "i", ID: "1"}, {Issuer: "j", ID: "2"}}
	full.Meta = identity.Meta{Revision: "r1", CreatedAt: time.UnixMilli(1755000000123).UTC(), UpdatedAt: time.UnixMilli(1755000001000).UTC(), CreatedBy: "a", UpdatedBy: "b"}
	for what, u := range map[string]identity.User{"full": full, "bare": {ID: full.ID, UserName: "x", Meta: full.Meta}} {
		shape, err := awsjson.UserOf(storeID, &u, true)
		if err != nil {
			t.Fatal(err)
		}
		var read awsjson.User
		through(t, shape, &read)
		got, err := read.Identity()
		if diff := cmp.Diff(u, got, cmpopts.EquateEmpty()); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", what, err, diff)
		}
	}
}

// through writes a shape and reads it into another.
func through(t *testing.T, from, into any) {
	t.Helper()
	raw, err := awsjson.Encode(from)
	if err == nil {
		err = awsjson.Decode(raw, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestGroupsAndMembershipsReadBackAsTheyWereWritten(t *testing.T) {
	meta := identity.Meta{Revision: "r1", CreatedAt: time.UnixMilli(1755000000123).UTC(), UpdatedAt: time.UnixMilli(1755000000123).UTC(), CreatedBy: "a", UpdatedBy: "b"}
	g := identity.Group{ID: id, DisplayName: "Staff <&>", Description: "x", ExternalIDs: []identity.ExternalID{{Issuer: "i", ID: "1"}}, Meta: meta}
	var group awsjson.Group
	through(t, awsjson.GroupOf(storeID, &g), &group)
	if diff := cmp.Diff(g, group.Identity()); diff != "" {
		t.Errorf("group (-want +got):\n%s", diff)
	}
	meta.Revision = ""
	m := identity.Membership{ID: id, GroupID: bareID, UserID: id, Meta: meta}
	var membership awsjson.Membership
	through(t, awsjson.MembershipOf(storeID, &m), &membership)
	if diff := cmp.Diff(m, membership.Identity()); diff != "" {
		t.Errorf("membership (-want +got):\n%s", diff)
	}
}

// Whatever edits turn one user into another, they do so after they went
// through UpdateUser's operations.
func TestEditsSurviveTheirWayThroughOperations(t *testing.T) {
	managed := identity.UserPaths()[:len(identity.UserPaths())-2] // status and external ids have no operation
	users := []identity.User{directorytest.User("ada"), directorytest.FullUser("ada"), directorytest.FullUser("bob")}
	rapid.Check(t, func(rt *rapid.T) {
		from, to := rapid.SampledFrom(users).Draw(rt, "from"), rapid.SampledFrom(users).Draw(rt, "to")
		edits, err := identity.UserEdits(&from, &to, managed)
		if err != nil {
			rt.Fatal(err)
		}
		raw, err := awsjson.Encode(map[string]any{"Operations": awsjson.Operations(edits)})
		if err != nil {
			rt.Fatal(err)
		}
		var in awsjson.UpdateUserInput
		if err := awsjson.Decode(raw, &in); err != nil {
			rt.Fatal(err)
		}
		read, err := awsjson.UserEdits(in.Operations)
		if err != nil {
			rt.Fatal(err)
		}
		got := from
		if err := got.Apply(read); err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(to, got, cmpopts.EquateEmpty()); diff != "" {
			rt.Fatal(diff)
		}
	})
}

func TestTheEnterpriseExtensionIsSetAsAWhole(t *testing.T) {
	operation := func(value string) []awsjson.Operation {
		path := "aws:identitystore:enterprise"
		return []awsjson.Operation{{AttributePath: &path, AttributeValue: json.RawMessage(value)}}
	}
	for value, want := range map[string]identity.Enterprise{
		`{"costCenter":"1","manager":{"value":"m"}}`: {CostCenter: "1", Manager: "m"},
		`null`: {},
	} {
		u := directorytest.FullUser("ada")
		edits, err := awsjson.UserEdits(operation(value))
		if err == nil {
			err = u.Apply(edits)
		}
		if err != nil || u.Enterprise != want {
			t.Errorf("%s: %+v, %v; want %+v", value, u.Enterprise, err, want)
		}
	}
}

func TestOfSeveralOperationsOnOneAttributeTheLastCounts(t *testing.T) {
	var operations []awsjson.Operation
	for i := range identity.MaxOperations {
		path := "aws:identitystore:enterprise"
		operations = append(operations, awsjson.Operation{AttributePath: &path, AttributeValue: json.RawMessage(fmt.Sprintf(`{"costCenter":"%d"}`, i))})
	}
	edits, err := awsjson.UserEdits(operations)
	var u identity.User
	if err == nil {
		err = u.Apply(edits)
	}
	if err != nil || u.Enterprise.CostCenter != "99" || len(edits) > identity.MaxOperations {
		t.Errorf("%d edits make %+v, %v", len(edits), u.Enterprise, err)
	}
}

func TestExceptionsAreReadHoweverTheyAreWritten(t *testing.T) {
	for body, want := range map[string]awsjson.Exception{
		`{"__type":"ThrottlingException","Message":"Rate exceeded","RetryAfterSeconds":1}`:      {Type: "ThrottlingException", Message: "Rate exceeded", RetryAfterSeconds: 1},
		`{"__type":"com.amazonaws.identitystore#ConflictException","message":"x","Reason":"R"}`: {Type: "ConflictException", Message: "x", Reason: "R"},
		`{"__type":"ConflictException:http://x","Message":5}`:                                   {Type: "ConflictException"},
		`<html>`: {Type: "UnknownError"},
		``:       {Type: "UnknownError"},
		`{"__type":"ResourceNotFoundException","ResourceId":"1","ResourceType":"USER","RequestId":"2"}`: {Type: "ResourceNotFoundException", ResourceID: "1", ResourceType: "USER", RequestID: "2"},
	} {
		if got := awsjson.DecodeException(400, "", []byte(body)); *got != want {
			t.Errorf("%s: %+v, want %+v", body, *got, want)
		}
	}
	if got := awsjson.DecodeException(503, "", nil); got.Type != awsjson.TypeInternal {
		t.Errorf("a proxy's 503 is %s", got.Type)
	}
	if got := awsjson.DecodeException(400, "a#B:c", []byte(`{"__type":"X"}`)); got.Type != "B" {
		t.Errorf("the header says B, read is %s", got.Type)
	}
}

func TestExceptionsAreFaults(t *testing.T) {
	for want, e := range map[fault.Kind]awsjson.Exception{
		fault.Stale:       {Type: awsjson.TypeConflict, Reason: awsjson.ReasonConcurrent},
		fault.Conflict:    {Type: awsjson.TypeConflict, Reason: awsjson.ReasonUniqueness},
		fault.NotFound:    {Type: awsjson.TypeNotFound},
		fault.Throttled:   {Type: awsjson.TypeThrottling, RetryAfterSeconds: 2},
		fault.Unsupported: {Type: awsjson.TypeUnknownOperation},
		fault.Internal:    {Type: "SomethingNew"},
	} {
		err := e.Fault("describe user", "user x")
		if !fault.Is(err, want) || fault.RetryAfter(err) != time.Duration(e.RetryAfterSeconds)*time.Second {
			t.Errorf("%s is %v, want %v", e.Type, err, want)
		}
	}
}

// Whatever is sent, it is read or refused in AWS's words, and what is read is
// written and read again the same.
func FuzzDecodeInput(f *testing.F) {
	f.Add([]byte(`{"IdentityStoreId":"d-906771b2aa","UserName":"ada","Emails":[{"Value":"a","Primary":true}],"Extensions":{"aws:identitystore:enterprise":{"manager":{"value":"x"}}}}`))
	f.Add([]byte(`{"IdentityStoreId":"d-906771b2aa","UserId":"` + bareID + `","Operations":[{"AttributePath":"emails","AttributeValue":[{"value":"x"}]},{"AttributePath":"aws:identitystore:enterprise","AttributeValue":null}]}`))
	f.Add([]byte(`{"IdentityStoreId":"d-906771b2aa","AlternateIdentifier":{"ExternalId":{"Issuer":"i","Id":"1"}},"NetworkConfiguration":{"VpceAccessRequired":true,"ApiAllowSourceIps":["::/0"]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, in := range []awsjson.Input{&awsjson.CreateUserInput{}, &awsjson.GetUserIDInput{}, &awsjson.UpdateIdentityStoreInput{}, &awsjson.IsMemberInGroupsInput{}} {
			inWords(t, awsjson.DecodeInput(body, in))
		}
		var update awsjson.UpdateUserInput
		if err := awsjson.DecodeInput(body, &update); err == nil {
			_, err := awsjson.UserEdits(update.Operations)
			inWords(t, err)
			_, err = awsjson.GroupEdits(update.Operations)
			inWords(t, err)
		}
		var create awsjson.CreateUserInput
		if awsjson.DecodeInput(body, &create) != nil {
			return
		}
		u, err := create.User()
		if err != nil {
			t.Fatalf("a checked user cannot be read: %v", err)
		}
		shape, err := awsjson.UserOf(storeID, &u, true)
		if err != nil {
			t.Fatal(err)
		}
		var again awsjson.User
		through(t, shape, &again)
		if got, err := again.Identity(); err != nil || !cmp.Equal(u, got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(identity.User{}, "Active", "Meta")) {
			t.Fatalf("%v (-want +got):\n%s", err, cmp.Diff(u, got))
		}
	})
}

func inWords(t *testing.T, err error) {
	t.Helper()
	if e := (*awsjson.Exception)(nil); err != nil && (!errors.As(err, &e) || e.Message == "" || e.Status() != 400) {
		t.Fatalf("refused with %v", err)
	}
}

func FuzzTime(f *testing.F) {
	for _, s := range []string{"1755000000.123", "1.755E9", "-0", "1e-400"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var at, again awsjson.Time
		if json.Unmarshal(raw, &at) != nil {
			return
		}
		out, err := json.Marshal(at)
		if err != nil || json.Unmarshal(out, &again) != nil || math.Abs(at.UTC().Sub(again.UTC()).Seconds()) > 0.001 {
			t.Fatalf("%s is written %s, %v, and read %v", raw, out, err, again.UTC())
		}
	})
}
