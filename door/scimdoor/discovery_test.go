package scimdoor_test

import (
	"encoding/json"
	"slices"
	"testing"

	"rollcall/directory/memdir"
	"rollcall/door/scimdoor"
)

// The values are those that AWS publishes (aws-contract 7.4), its page size of
// old included.
func TestWhatTheServiceSaysOfItself(t *testing.T) {
	s := open(t, memdir.New(store), scimdoor.Options{})
	var got struct {
		Patch, Bulk, Filter, ChangePassword, Sort, Etag struct {
			Supported                                 bool
			MaxOperations, MaxPayloadSize, MaxResults int
		}
		AuthenticationSchemes []struct{ Type string }
	}
	answer := s.must(200, "GET /ServiceProviderConfig", "")
	if err := json.Unmarshal([]byte(answer.raw), &got); err != nil {
		t.Fatal(err)
	}
	if !got.Patch.Supported || got.Bulk.Supported || !got.Filter.Supported || got.ChangePassword.Supported || got.Sort.Supported || got.Etag.Supported {
		t.Errorf("supported is another: %s", answer.raw)
	}
	if got.Bulk.MaxOperations != 1 || got.Bulk.MaxPayloadSize != 1<<20 || got.Filter.MaxResults != 50 {
		t.Errorf("limits are others: %s", answer.raw)
	}
	if len(got.AuthenticationSchemes) != 1 || got.AuthenticationSchemes[0].Type != "oauthbearertoken" {
		t.Errorf("authentication is another: %s", answer.raw)
	}
}

func TestThereAreTwoResourceTypesAndAUserWantsTheExtension(t *testing.T) {
	s := open(t, memdir.New(store), scimdoor.Options{})
	types := s.must(200, "GET /ResourceTypes", "")
	if got := types.resources("id"); !slices.Equal(got, []string{"User", "Group"}) || types.body["totalResults"] != 2.0 {
		t.Errorf("resource types: %s", types.raw)
	}
	if got := types.body["Resources"].([]any)[0]; at(got, "schemaExtensions", "0", "schema") != enterprise || at(got, "schemaExtensions", "0", "required") != true {
		t.Errorf("a user's extension: %s", types.raw)
	}
	for _, urn := range s.must(200, "GET /Schemas", "").resources("id") {
		if got := s.must(200, "GET /Schemas/"+urn, "").id(); got != urn {
			t.Errorf("schema %s says it is %s", urn, got)
		}
	}
}
