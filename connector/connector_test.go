package connector_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"rollcall/connector"
	"rollcall/fault"
	"rollcall/keyring"
	"rollcall/sqldb"
)

func properties() map[string]any {
	return map[string]any{
		"accessKey": "AKIAIOSFODNN7EXAMPLE", "secretKey": "planted-secret", "roleArn": "arn:aws:iam::111122223333:role/R",
		"roleSessionName": "sess", "region": "us-east-1", "identityStoreId": "d-1234567890",
	}
}

func TestSecretsAreKeptSealedForTheirConnectorAlone(t *testing.T) {
	folder := t.TempDir()
	db, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(folder, "state.db"), connector.Migrations)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	keys, err := keyring.Open(filepath.Join(folder, "key"))
	if err != nil {
		t.Fatal(err)
	}
	s := connector.New(db, keys)
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
