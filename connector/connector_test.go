package connector_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rollcall/connector"
	"rollcall/fault"
	"rollcall/keyring"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

func properties() map[string]any {
	return map[string]any{
		"accessKey": "AKIAIOSFODNN7EXAMPLE", "secretKey": "planted-secret", "roleArn": "arn:aws:iam::111122223333:role/R",
		"roleSessionName": "sess", "region": "us-east-1", "identityStoreId": "d-1234567890",
	}
}

// each tries something on SQLite and on PostgreSQL.
func each(t *testing.T, test func(t *testing.T, s *connector.Store)) {
	t.Helper()
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db, err := sqldb.Open(t.Context(), url, connector.Migrations)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		keys, err := keyring.Open(filepath.Join(t.TempDir(), "key"))
		if err != nil {
			t.Fatal(err)
		}
		test(t, connector.New(db, keys))
	})
}

func TestSecretsAreKeptSealedForTheirConnectorAlone(t *testing.T) { each(t, sealed) }

func sealed(t *testing.T, s *connector.Store) {
	t.Helper()
	if created, err := s.Put(t.Context(), "one", map[string]any{"configurationProperties": properties()}); err != nil || !created {
		t.Fatal(created, err)
	}
	kept, err := s.Config(t.Context(), "one")
	if text, _ := json.Marshal(kept); err != nil || strings.Contains(string(text), "planted-secret") || !strings.Contains(string(text), "$crypto") {
		t.Errorf("kept as %s, %v", text, err)
	}
	if created, err := s.Put(t.Context(), "one", kept); err != nil || created {
		t.Errorf("what was sent back is not taken: %v, %v", created, err)
	}
	if settings, err := s.Settings("one", kept); err != nil || settings["secretKey"] != "planted-secret" || settings["sessionExpirationTime"] != "3600" || settings["writeRateLimit"] != "10/sec" {
		t.Errorf("opened as %d settings, %v", len(settings), err)
	}
	if _, err := s.Put(t.Context(), "two", kept); !fault.Is(err, fault.Invalid) {
		t.Errorf("another connector takes it: %v", err)
	}
	if err := s.Delete(t.Context(), "one"); err != nil {
		t.Error(err)
	}
	if _, err := s.Config(t.Context(), "one"); !fault.Is(err, fault.NotFound) {
		t.Errorf("it is there: %v", err)
	}
	if err := s.Delete(t.Context(), "one"); !fault.Is(err, fault.NotFound) {
		t.Errorf("it went twice: %v", err)
	}
}

func TestNamesAreSortedAndLiveSyncIsRemembered(t *testing.T) {
	each(t, func(t *testing.T, s *connector.Store) {
		ctx := t.Context()
		for _, name := range []string{"b", "a", "B"} {
			if _, err := s.Put(ctx, name, map[string]any{"enabled": true}); err != nil {
				t.Fatal(err)
			}
		}
		if names, err := s.Names(ctx); err != nil || !slices.Equal(names, []string{"B", "a", "b"}) {
			t.Errorf("the names are %v, %v", names, err)
		}
		var seen map[string]int
		if there, err := s.Seen(ctx, "a", "__ACCOUNT__", &seen); err != nil || there {
			t.Errorf("it was seen before it was: %v, %v", there, err)
		}
		for _, n := range []int{1, 2} {
			if err := s.PutSeen(ctx, "a", "__ACCOUNT__", map[string]int{"n": n}); err != nil {
				t.Fatal(err)
			}
		}
		if there, err := s.Seen(ctx, "a", "__ACCOUNT__", &seen); err != nil || !there || seen["n"] != 2 {
			t.Errorf("seen %v, %v, %v", seen, there, err)
		}
		if there, err := s.Seen(ctx, "a", "__GROUP__", &seen); err != nil || there {
			t.Errorf("another type was seen: %v, %v", there, err)
		}
		if err := s.Delete(ctx, "a"); err != nil {
			t.Fatal(err)
		}
		if there, err := s.Seen(ctx, "a", "__ACCOUNT__", &seen); err != nil || there {
			t.Errorf("it is remembered after it went: %v, %v", there, err)
		}
	})
}
