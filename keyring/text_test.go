package keyring

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rollcall/fault"
)

func TestAKeyFilesContentIsTheSameKeyAnywhere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	kept, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{string(text), strings.TrimSpace(string(text)), " " + string(text) + "\n"} {
		elsewhere, err := FromText(form)
		if err != nil || !bytes.Equal(elsewhere.PublicKey(), kept.PublicKey()) {
			t.Errorf("%v, another key", err)
		}
	}
}

func TestARandomTextIsAKey(t *testing.T) {
	text := strings.Repeat("x", minText)
	one, err := FromText(text)
	if err != nil {
		t.Fatal(err)
	}
	same, err := FromText(text + "\n")
	if err != nil || !bytes.Equal(one.PublicKey(), same.PublicKey()) {
		t.Errorf("%v, another key", err)
	}
	other, err := FromText(text + "x")
	if err != nil || bytes.Equal(one.PublicKey(), other.PublicKey()) {
		t.Errorf("%v, the same key", err)
	}
	for name, wrong := range map[string]string{
		"too short": text[1:], "nothing": "", "half a key file": fileFormat + "AAAA",
	} {
		if _, err := FromText(wrong); !fault.Is(err, fault.Invalid) || wrong != "" && strings.Contains(err.Error(), wrong) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
