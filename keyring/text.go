package keyring

import (
	"crypto/sha256"
	"strings"
	"unicode/utf8"

	"rollcall/fault"
)

// minText is how many characters a secret has at least: as many as 32 random
// bytes in base64.
const minText = 43

// textLabel keeps keys made of a text apart from those of a file.
const textLabel = "rollcall/key/text/1\x00"

// FromText makes the keyring of a secret that is kept elsewhere, for replicas
// that share one state and no folder: the whole content of a key file, or any
// random text of at least 43 characters, such as `openssl rand -base64 32`
// prints. White space round it does not count. It fails with fault.Invalid for
// anything shorter.
func FromText(text string) (*Keyring, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, fileFormat) {
		seed, err := parse("the configured key", text+"\n")
		if err != nil {
			return nil, err
		}
		return derive(seed)
	}
	if utf8.RuneCountInString(text) < minText {
		return nil, fault.Text(fault.Invalid, "read key", "", "too short to be random; want a key file's content, or at least 43 characters, such as those of: openssl rand -base64 32")
	}
	seed := sha256.Sum256([]byte(textLabel + text))
	return derive(seed[:])
}
