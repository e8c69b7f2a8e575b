package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall/config"
	"rollcall/fault"
)

// vault is Secrets Manager and Parameter Store, and lets all else through to a
// server.
type vault struct {
	mu    sync.Mutex
	texts map[string]string // by the target's last word and the name
	asked int
	next  http.Handler
}

func (v *vault) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if operation != "GetSecretValue" && operation != "GetParameter" {
		v.next.ServeHTTP(w, r)
		return
	}
	var in struct {
		SecretID       string `json:"SecretId"`
		Name           string
		WithDecryption bool
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.asked++
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || operation == "GetParameter" && !in.WithDecryption {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	text, known := v.texts[in.SecretID+in.Name]
	switch {
	case !known:
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"__type":"ResourceNotFoundException","Message":"no such secret"}`)
	case operation == "GetParameter":
		_ = json.NewEncoder(w).Encode(map[string]any{"Parameter": map[string]any{"Name": in.Name, "Value": text}})
	default:
		_ = json.NewEncoder(w).Encode(map[string]any{"Name": in.SecretID, "SecretString": text})
	}
}

func (v *vault) put(name, text string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.texts[name] = text
}

// vaultBefore serves a vault in front of a server.
func vaultBefore(t *testing.T, server string, texts map[string]string) (v *vault, address string) {
	t.Helper()
	v = &vault{texts: texts, next: pass(t, server)}
	s := httptest.NewServer(v)
	t.Cleanup(s.Close)
	return v, s.URL
}

// scimAt is the SCIM endpoint of s by way of a vault, with these tokens.
func scimAt(address, server, scimURL, tokens string) string {
	return reach(address) + "scim: {url: '" + address + strings.TrimPrefix(scimURL, server) + "', " + tokens + "}\n"
}

func TestATokenIsReadFromAWSsStores(t *testing.T) {
	s := there(t)
	texts := map[string]string{
		"plain": s.SCIMToken, "object": `{"user":"x","token":"` + s.SCIMToken + `"}`, "/rollcall/scim": s.SCIMToken,
	}
	for name, c := range map[string]struct{ ref, wrong string }{
		"a secret":              {ref: "aws-sm:plain"},
		"a key of a secret":     {ref: "aws-sm:object#token"},
		"a parameter":           {ref: "aws-ssm:/rollcall/scim"},
		"a key that is missing": {ref: "aws-sm:object#tokens", wrong: "no such key"},
		"a key of plain text":   {ref: "aws-sm:plain#token", wrong: "not a JSON object"},
		"no such secret":        {ref: "aws-sm:other", wrong: "no such secret"},
	} {
		t.Run(name, func(t *testing.T) {
			_, address := vaultBefore(t, s.URL, texts)
			f := away(t, "api: none\n"+scimAt(address, s.URL, s.SCIMURL, "token: '"+c.ref+"'"))
			if c.wrong == "" {
				f.sees(t, "ann")
				return
			}
			_, err := f.users(t)
			if !fault.Is(err, fault.Unauthenticated) || !strings.Contains(err.Error(), c.wrong) || !strings.Contains(err.Error(), c.ref) || strings.Contains(err.Error(), s.SCIMToken) {
				t.Errorf("%v, want %s: %s", err, c.ref, c.wrong)
			}
		})
	}
}

func TestASecretIsKeptForAWhileAndThenReadAgain(t *testing.T) {
	s := there(t)
	v, address := vaultBefore(t, s.URL, map[string]string{"a": "1"})
	f := away(t, "api: none\n"+scimAt(address, s.URL, s.SCIMURL, "token: 'aws-sm:a'"))
	c, err := f.cloud(t.Context(), "aws", f.config.Directories["aws"])
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	c.secrets.now = func() time.Time { return at }
	ref := f.config.Directories["aws"].SCIM.Token
	read := func(want string, asked int) {
		t.Helper()
		got, err := c.secrets.read(t.Context(), ref)
		if err != nil || got != want || v.asked != asked {
			t.Errorf("read %q, %v, asked %d times; want %q, %d", got, err, v.asked, want, asked)
		}
	}
	read("1", 1)
	v.put("a", "2")
	at = at.Add(keepSecrets - 1)
	read("1", 1)
	at = at.Add(1)
	read("2", 2)
	if !c.secrets.forget(ref) || c.secrets.forget(ref) {
		t.Error("it is not forgotten once")
	}
	read("2", 3)
}

func TestAStoreOfSecretsThatIsAwayIsNoRefusal(t *testing.T) {
	s := there(t)
	dead := httptest.NewServer(http.NotFoundHandler())
	dead.Close()
	f := away(t, "api: none\n"+scimAt(dead.URL, s.URL, s.SCIMURL, "token: 'aws-sm:a'"))
	c, err := f.cloud(t.Context(), "aws", f.config.Directories["aws"])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.secrets.read(t.Context(), (config.Secret{})); !fault.Is(err, fault.Invalid) {
		t.Errorf("no reference: %v", err)
	}
	if _, err := c.secrets.read(t.Context(), f.config.Directories["aws"].SCIM.Token); !fault.Is(err, fault.Unavailable) {
		t.Errorf("nobody there: %v", err)
	}
}
