package config

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"rollcall/fault"
)

// Secret is a reference to a secret, never the secret itself: "env:NAME",
// "file:/path", "aws-sm:NAME#KEY" or "aws-ssm:NAME". It may be printed.
type Secret struct{ reference, known string }

const (
	secretForms = `a secret is named, not written here: env:NAME, file:/PATH, aws-sm:NAME#KEY or aws-ssm:NAME`
	maxSecret   = 64 << 10 // bytes of a secret's file
)

func (s *Secret) setText(text string) error {
	scheme, rest, ok := strings.Cut(text, ":")
	switch scheme {
	case "file":
		if !filepath.IsAbs(rest) {
			return fmt.Errorf("a secret's file is named by its whole path: file:/run/secrets/NAME")
		}
		s.reference = text
		return nil
	case "env", SecretsManager, ParameterStore:
		if ok && strings.TrimSpace(rest) != "" {
			s.reference = text
			return nil
		}
	}
	return fmt.Errorf("%s", secretForms)
}

// Known is a secret that whoever asks has already: one that a client has sent.
// It prints as "(kept)".
func Known(text string) Secret { return Secret{"(kept)", text} }

// ParseSecret reads a reference as it stands in the file.
func ParseSecret(reference string) (s Secret, err error) {
	err = s.setText(reference)
	return s, err
}

// IsZero reports whether no secret was configured.
func (s Secret) IsZero() bool { return s.reference == "" }

// String is the reference.
func (s Secret) String() string { return s.reference }

// The schemes of AWS's stores.
const (
	SecretsManager = "aws-sm"
	ParameterStore = "aws-ssm"
)

// AWS returns where in AWS the secret is kept: the store, its name there, and
// the key in it if it is a JSON object. Ok is false for those that
// [Secret.Resolve] reads.
func (s Secret) AWS() (store, name, key string, ok bool) {
	store, rest, _ := strings.Cut(s.reference, ":")
	if store != SecretsManager && store != ParameterStore {
		return "", "", "", false
	}
	if store == SecretsManager {
		rest, key, _ = strings.Cut(rest, "#")
	}
	return store, rest, key, true
}

// Resolve reads a secret of this machine. One newline at the end of a file is
// not part of it. It fails with fault.Invalid for an unset variable, a file
// that is not there or an empty secret, and with fault.Unsupported for AWS's
// stores: see [Secret.AWS].
func (s Secret) Resolve() (string, error) {
	if s.known != "" {
		return s.known, nil
	}
	scheme, rest, _ := strings.Cut(s.reference, ":")
	switch scheme {
	case "env":
		value := os.Getenv(rest)
		if value == "" {
			return "", s.unreadable("the environment variable is not set")
		}
		return value, nil
	case "file":
		return s.readFile(rest)
	case SecretsManager, ParameterStore:
		return "", fault.Text(fault.Unsupported, "read secret", s.reference, "a secret of AWS cannot be used here; it can for SCIM tokens")
	}
	return "", s.unreadable("no secret is configured")
}

func (s Secret) readFile(path string) (string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", s.unreadable(err.Error())
	}
	text := string(bytes.TrimSuffix(bytes.TrimSuffix(raw, []byte("\n")), []byte("\r")))
	switch {
	case text == "":
		return "", s.unreadable("the file is empty")
	case len(text) > maxSecret:
		return "", s.unreadable("the file is too large for a secret")
	}
	return text, nil
}

func (s Secret) unreadable(why string) error {
	return fault.Text(fault.Invalid, "read secret", s.reference, why)
}
