package keyring_test

import (
	"bytes"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"rollcall/fault"
	"rollcall/keyring"
)

func open(t *testing.T, path string) *keyring.Keyring {
	t.Helper()
	k, err := keyring.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestTheFirstOpenMakesAKeyThatStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	first := open(t, path)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %04o, want 0600", info.Mode().Perm())
	}
	if again := open(t, path); !again.PublicKey().Equal(first.PublicKey()) {
		t.Error("the second open has another key")
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 1 {
		t.Errorf("%d files in the folder, want the key alone", len(left))
	}
}

func TestOpensAtOnceAgreeOnOneKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	keys := make([]string, 16)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() {
			if k, err := keyring.Open(path); err == nil {
				keys[i] = string(k.PublicKey())
			}
		})
	}
	all.Wait()
	for i := range keys {
		if keys[i] == "" || keys[i] != keys[0] {
			t.Fatalf("open %d has another key or none", i)
		}
	}
}

func TestADraftLeftByAKilledProcessDoesNoHarm(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path+".0123456789abcdef.new", []byte("rollcall-key/1 AA"), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, path)
}

func TestBadKeyFilesAreRefused(t *testing.T) {
	good := "rollcall-key/1 " + base64.StdEncoding.EncodeToString(make([]byte, 32)) + "\n"
	cases := map[string]struct {
		text string
		mode os.FileMode
		kind fault.Kind
		says string
	}{
		"readable by the group":  {good, 0o640, fault.Denied, "chmod 600"},
		"writable by others":     {good, 0o602, fault.Denied, "chmod 600"},
		"empty":                  {"", 0o600, fault.Invalid, "backup"},
		"cut":                    {good[:len(good)-1], 0o600, fault.Invalid, "backup"},
		"one byte short":         {"rollcall-key/1 " + base64.StdEncoding.EncodeToString(make([]byte, 31)) + "\n", 0o600, fault.Invalid, "backup"},
		"one byte more":          {"rollcall-key/1 " + base64.StdEncoding.EncodeToString(make([]byte, 33)) + "\n", 0o600, fault.Invalid, "backup"},
		"something else":         {"-----BEGIN PRIVATE KEY-----\n", 0o600, fault.Invalid, "not a key file"},
		"a newer release's file": {strings.Replace(good, "/1", "/2", 1), 0o600, fault.Invalid, "not a key file"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "key")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, c.mode); err != nil {
				t.Fatal(err)
			}
			_, err := keyring.Open(path)
			if !fault.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("got %v, want %v saying %q", err, c.kind, c.says)
			}
			after, err := os.ReadFile(path)
			if err != nil || string(after) != c.text {
				t.Error("the file was changed")
			}
		})
	}
}

func TestTheChmodThatIsNamedMendsTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	open(t, path)
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := keyring.Open(path)
	if err == nil {
		t.Fatal("a file that others can read was taken")
	}
	_, command, _ := strings.Cut(err.Error(), "type: ")
	if out, err := exec.Command("sh", "-c", command).CombinedOutput(); err != nil {
		t.Fatalf("%s: %s", command, out)
	}
	open(t, path)
}

func TestAMissingFolderIsNamed(t *testing.T) {
	_, err := keyring.Open(filepath.Join(t.TempDir(), "none", "key"))
	if !fault.Is(err, fault.NotFound) {
		t.Fatalf("got %v", err)
	}
	_, err = keyring.Open(t.TempDir())
	if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Denied) {
		t.Fatalf("a folder: got %v", err)
	}
}

func TestSignaturesHoldForTheMessageAndTheKey(t *testing.T) {
	k, other := open(t, filepath.Join(t.TempDir(), "a")), open(t, filepath.Join(t.TempDir(), "b"))
	msg := []byte("head 1")
	sig := k.Sign(msg)
	if !keyring.Verify(k.PublicKey(), msg, sig) {
		t.Error("a true signature was refused")
	}
	for name, ok := range map[string]bool{
		"another message": keyring.Verify(k.PublicKey(), []byte("head 2"), sig),
		"another key":     keyring.Verify(other.PublicKey(), msg, sig),
		"a short key":     keyring.Verify(k.PublicKey()[:31], msg, sig),
		"a cut signature": keyring.Verify(k.PublicKey(), msg, sig[:63]),
		"nothing":         keyring.Verify(nil, nil, nil),
	} {
		if ok {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestSealedValuesOpenOnlyWhole(t *testing.T) {
	k, other := open(t, filepath.Join(t.TempDir(), "a")), open(t, filepath.Join(t.TempDir(), "b"))
	secret, place := []byte("s3cret"), []byte("token/1")
	sealed, err := k.Seal(secret, place)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := k.Open(sealed, place); err != nil || !bytes.Equal(got, secret) {
		t.Fatalf("got %q, %v", got, err)
	}
	if twice, _ := k.Seal(secret, place); bytes.Equal(twice, sealed) {
		t.Error("the same value sealed twice is the same: the nonce repeats")
	}
	for at := range sealed {
		bad := bytes.Clone(sealed)
		bad[at] ^= 1
		if _, err := k.Open(bad, place); !fault.Is(err, fault.Invalid) {
			t.Fatalf("byte %d flipped: %v", at, err)
		}
	}
	if _, err := k.Open(sealed, []byte("token/2")); !fault.Is(err, fault.Invalid) {
		t.Errorf("elsewhere: %v", err)
	}
	if _, err := other.Open(sealed, place); !fault.Is(err, fault.Invalid) {
		t.Errorf("another key: %v", err)
	}
	if _, err := k.Open(nil, place); !fault.Is(err, fault.Invalid) {
		t.Errorf("nothing: %v", err)
	}
}
