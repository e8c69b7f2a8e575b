package identity

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"rollcall/fault"
)

// Anchor is a source's immutable id of a person or group, in text: what links
// are keyed by and what a target holds as externalId. It has 1 to 256
// characters, none of them white space, and is compared byte by byte.
type Anchor string

// AnchorForm says how an attribute's bytes become an anchor's text.
type AnchorForm string

// The forms an anchor comes in.
const (
	AnchorText AnchorForm = "text" // as it stands, white space trimmed: employee number, uid
	AnchorUUID AnchorForm = "uuid" // entryUUID: lower case
	AnchorGUID AnchorForm = "guid" // AD's objectGUID: 16 bytes, the first three fields little-endian (MS-DTYP 2.3.4)
	AnchorSID  AnchorForm = "sid"  // AD's objectSid: binary (MS-DTYP 2.4.2) to S-1-5-…
)

const (
	maxAnchor = 256 // externalId's limit, aws-contract 3.4
	guidBytes = 16
	sidHeader = 8 // bytes: revision, number of sub-authorities, 48 bits of authority

	maxSubAuthorities = 15 // MS-DTYP 2.4.2.2
)

// FormOfAnchor returns the form that belongs to an LDAP attribute by its name.
func FormOfAnchor(attribute string) AnchorForm {
	switch strings.ToLower(attribute) {
	case "objectguid", "ms-ds-consistencyguid":
		return AnchorGUID
	case "objectsid":
		return AnchorSID
	case "entryuuid", "ipauniqueid":
		return AnchorUUID
	}
	return AnchorText
}

// ParseAnchor turns an attribute's raw value into the anchor's one text form.
// Values of objectGUID and objectSid may be binary or already in text. It
// fails with fault.Invalid.
func ParseAnchor(form AnchorForm, raw []byte) (Anchor, error) {
	var text string
	var err error
	switch form {
	case AnchorGUID:
		text, err = guidText(raw)
	case AnchorSID:
		text, err = sidText(raw)
	case AnchorUUID:
		text, err = uuidText(string(raw))
	default:
		text = strings.TrimSpace(string(raw))
	}
	if err != nil {
		return "", fault.New(fault.Invalid, "read anchor", "form "+string(form), err)
	}
	if problem := checkText(text, maxAnchor, graphic); problem != "" {
		return "", fault.Text(fault.Invalid, "read anchor", "form "+string(form), problem)
	}
	return Anchor(text), nil
}

func guidText(raw []byte) (string, error) {
	if len(raw) != guidBytes {
		return uuidText(strings.Trim(strings.TrimSpace(string(raw)), "{}"))
	}
	b := [guidBytes]byte(raw)
	b[0], b[1], b[2], b[3] = b[3], b[2], b[1], b[0]
	b[4], b[5] = b[5], b[4]
	b[6], b[7] = b[7], b[6]
	return uuid.UUID(b).String(), nil
}

func uuidText(s string) (string, error) {
	s = strings.TrimSpace(s)
	if len(s) != 36 {
		return "", fmt.Errorf("%d characters, a UUID has 36", len(s))
	}
	u, err := uuid.Parse(s)
	if err != nil {
		return "", fmt.Errorf("not a UUID")
	}
	return u.String(), nil
}

// sidText reads a SID in binary or in text. MS-DTYP 2.4.2.1 writes authorities
// of 2^32 and more in hex; none is in use.
func sidText(raw []byte) (string, error) {
	if s := strings.ToUpper(strings.TrimSpace(string(raw))); strings.HasPrefix(s, "S-1-") {
		return parseSID(s)
	}
	if len(raw) < sidHeader || raw[0] != 1 || len(raw) != sidHeader+4*int(raw[1]) {
		return "", fmt.Errorf("%d bytes that are no SID (revision 1, 8 bytes and 4 for each sub-authority)", len(raw))
	}
	var authority uint64
	for _, b := range raw[2:sidHeader] {
		authority = authority<<8 | uint64(b)
	}
	var subs []uint32
	for at := sidHeader; at < len(raw); at += 4 {
		subs = append(subs, binary.LittleEndian.Uint32(raw[at:]))
	}
	return formatSID(authority, subs)
}

func parseSID(s string) (string, error) {
	parts := strings.Split(s[len("S-1-"):], "-")
	var authority uint64
	var err error
	if digits, hex := strings.CutPrefix(parts[0], "0X"); hex {
		authority, err = strconv.ParseUint(digits, 16, 48)
	} else {
		authority, err = strconv.ParseUint(parts[0], 10, 48)
	}
	if err != nil {
		return "", fmt.Errorf("a SID whose authority is no number of 48 bits")
	}
	subs := make([]uint32, 0, len(parts))
	for _, part := range parts[1:] {
		n, err := strconv.ParseUint(part, 10, 32)
		if err != nil {
			return "", fmt.Errorf("a SID whose parts are not all numbers of 32 bits")
		}
		subs = append(subs, uint32(n))
	}
	return formatSID(authority, subs)
}

func formatSID(authority uint64, subs []uint32) (string, error) {
	if len(subs) < 1 || len(subs) > maxSubAuthorities {
		return "", fmt.Errorf("a SID of %d sub-authorities, want 1 to %d", len(subs), maxSubAuthorities)
	}
	var out strings.Builder
	if authority < 1<<32 {
		fmt.Fprintf(&out, "S-1-%d", authority)
	} else {
		fmt.Fprintf(&out, "S-1-0x%012X", authority)
	}
	for _, sub := range subs {
		fmt.Fprintf(&out, "-%d", sub)
	}
	return out.String(), nil
}
