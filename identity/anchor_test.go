package identity_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"rollcall/fault"
	"rollcall/identity"
)

// raw reads hex with spaces in it.
func raw(t testing.TB, digits string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBinaryAnchorsBecomeText(t *testing.T) {
	for name, tt := range map[string]struct {
		form identity.AnchorForm
		raw  string
		want identity.Anchor
	}{
		// The first three fields are little-endian (MS-DTYP 2.3.4.2).
		"objectGUID": {identity.AnchorGUID, "33221100 5544 7766 8899 AABBCCDDEEFF", "00112233-4455-6677-8899-aabbccddeeff"},
		// MS-DTYP 2.4.2 and well-known SIDs (MS-DTYP 2.4.2.4).
		"everyone":             {identity.AnchorSID, "01 01 000000000001 00000000", "S-1-1-0"},
		"built-in admins":      {identity.AnchorSID, "01 02 000000000005 20000000 20020000", "S-1-5-32-544"},
		"a domain's user":      {identity.AnchorSID, "01 05 000000000005 15000000 A065CF7E 784B9B5F E77C8770 091C0100", "S-1-5-21-2127521184-1604012920-1887927527-72713"},
		"the largest parts":    {identity.AnchorSID, "01 02 0000FFFFFFFF FFFFFFFF 00000000", "S-1-4294967295-4294967295-0"},
		"an authority in hex":  {identity.AnchorSID, "01 01 000100000000 07000000", "S-1-0x000100000000-7"},
		"fifteen parts":        {identity.AnchorSID, "01 0F 000000000005" + strings.Repeat("01000000", 15), identity.Anchor("S-1-5" + strings.Repeat("-1", 15))},
		"a GUID of only zeros": {identity.AnchorGUID, strings.Repeat("00", 16), "00000000-0000-0000-0000-000000000000"},
	} {
		got, err := identity.ParseAnchor(tt.form, raw(t, tt.raw))
		if err != nil || got != tt.want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, tt.want)
		}
	}
}

func TestAnchorsInTextTakeOneForm(t *testing.T) {
	const u = "94482488-3041-7026-18f3-be45837cd0e4"
	for name, tt := range map[string]struct {
		form identity.AnchorForm
		text string
		want identity.Anchor
	}{
		"entryUUID":             {identity.AnchorUUID, strings.ToUpper(u), u},
		"entryUUID, trimmed":    {identity.AnchorUUID, " " + u + "\n", u},
		"objectGUID":            {identity.AnchorGUID, strings.ToUpper(u), u},
		"objectGUID in braces":  {identity.AnchorGUID, "{" + u + "}", u},
		"objectSid":             {identity.AnchorSID, "s-1-5-21-1-2-3-500", "S-1-5-21-1-2-3-500"},
		"objectSid, trimmed":    {identity.AnchorSID, " S-1-5-32-544 ", "S-1-5-32-544"},
		"objectSid, zeros":      {identity.AnchorSID, "S-1-05-032-0544", "S-1-5-32-544"},
		"an authority in hex":   {identity.AnchorSID, "S-1-0x000100000000-7", "S-1-0x000100000000-7"},
		"and one that is small": {identity.AnchorSID, "S-1-0x5-7", "S-1-5-7"},
		"employee number":       {identity.AnchorText, " 000701984\r\n", "000701984"},
		"a text keeps its case": {identity.AnchorText, "Zoë.M", "Zoë.M"},
		"the longest":           {identity.AnchorText, strings.Repeat("ü", 256), identity.Anchor(strings.Repeat("ü", 256))},
		"no form is text":       {"", "x1", "x1"},
	} {
		got, err := identity.ParseAnchor(tt.form, []byte(tt.text))
		if err != nil || got != tt.want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, tt.want)
		}
	}
}

func TestWhatIsNoAnchorIsRefused(t *testing.T) {
	const u = "94482488-3041-7026-18f3-be45837cd0e4"
	for name, tt := range map[string]struct {
		form identity.AnchorForm
		raw  string
	}{
		"nothing":                 {identity.AnchorText, ""},
		"only white space":        {identity.AnchorText, " \t"},
		"white space inside":      {identity.AnchorText, "7 1984"},
		"one character too long":  {identity.AnchorText, strings.Repeat("ü", 257)},
		"a control character":     {identity.AnchorText, "7\x001984"},
		"an invisible character":  {identity.AnchorText, "7\u200b1984"},
		"bytes that are no text":  {identity.AnchorText, "\xff\xfe"},
		"a UUID cut short":        {identity.AnchorUUID, u[:35]},
		"a UUID too long":         {identity.AnchorUUID, u + "0"},
		"a UUID with other signs": {identity.AnchorUUID, strings.ReplaceAll(u, "-", "x")},
		"a UUID in braces":        {identity.AnchorUUID, "{" + u + "}"},
		"a UUID without dashes":   {identity.AnchorUUID, strings.ReplaceAll(u, "-", "")},
		"15 bytes of a GUID":      {identity.AnchorGUID, strings.Repeat("\x01", 15)},
		"17 bytes of a GUID":      {identity.AnchorGUID, strings.Repeat("\x01", 17)},
		"a SID of revision 2":     {identity.AnchorSID, "\x02\x01\x00\x00\x00\x00\x00\x05\x00\x00\x00\x00"},
		"a SID cut short":         {identity.AnchorSID, "\x01\x02\x00\x00\x00\x00\x00\x05\x00\x00\x00\x00"},
		"a SID of nothing":        {identity.AnchorSID, "\x01\x00\x00\x00\x00\x00\x00\x05"},
		"a SID of sixteen parts":  {identity.AnchorSID, "\x01\x10\x00\x00\x00\x00\x00\x05" + strings.Repeat("\x01\x00\x00\x00", 16)},
		"a SID in text, likewise": {identity.AnchorSID, "S-1-5" + strings.Repeat("-1", 16)},
		"a SID without parts":     {identity.AnchorSID, "S-1-5"},
		"a SID with a letter":     {identity.AnchorSID, "S-1-5-21-x"},
		"a SID with an empty one": {identity.AnchorSID, "S-1-5--21"},
		"a part of 33 bits":       {identity.AnchorSID, "S-1-5-4294967296"},
		"an authority of 49 bits": {identity.AnchorSID, "S-1-281474976710656-1"},
	} {
		got, err := identity.ParseAnchor(tt.form, []byte(tt.raw))
		if !fault.Is(err, fault.Invalid) || got != "" {
			t.Errorf("%s: %q, %v; want invalid", name, got, err)
		}
	}
}

func TestAnchorErrorsDoNotQuoteTheValue(t *testing.T) {
	for _, form := range []identity.AnchorForm{identity.AnchorText, identity.AnchorUUID, identity.AnchorGUID, identity.AnchorSID} {
		for _, value := range []string{"secret person", "S-1-5-secret person"} {
			if _, err := identity.ParseAnchor(form, []byte(value)); err == nil || strings.Contains(strings.ToLower(err.Error()), "secret") {
				t.Errorf("%s: %v", form, err)
			}
		}
	}
}

func TestAttributesHaveTheirForms(t *testing.T) {
	for attribute, want := range map[string]identity.AnchorForm{
		"objectGUID": identity.AnchorGUID, "OBJECTGUID": identity.AnchorGUID, "mS-DS-ConsistencyGuid": identity.AnchorGUID,
		"objectSid": identity.AnchorSID, "entryUUID": identity.AnchorUUID, "ipaUniqueID": identity.AnchorUUID,
		"employeeNumber": identity.AnchorText, "uid": identity.AnchorText, "": identity.AnchorText,
	} {
		if got := identity.FormOfAnchor(attribute); got != want {
			t.Errorf("%s: %s, want %s", attribute, got, want)
		}
	}
}

// Whatever bytes come, an anchor is one that a target takes as externalId, and
// reading its text again gives the same.
func FuzzParseAnchor(f *testing.F) {
	forms := []identity.AnchorForm{identity.AnchorText, identity.AnchorUUID, identity.AnchorGUID, identity.AnchorSID}
	for form := range forms {
		f.Add(form, []byte("94482488-3041-7026-18f3-be45837cd0e4"))
		f.Add(form, []byte(" S-1-5-21-1-2-3-500"))
		f.Add(form, []byte("000701984\n"))
		f.Add(form, []byte("{"+strings.Repeat("0", 34)+"}"))
		f.Add(form, raw(f, "01 02 000000000005 20000000 20020000"))
		f.Add(form, raw(f, "33221100 5544 7766 8899 AABBCCDDEEFF"))
	}
	f.Fuzz(func(t *testing.T, form int, b []byte) {
		chosen := forms[(form%len(forms)+len(forms))%len(forms)]
		anchor, err := identity.ParseAnchor(chosen, b)
		if err != nil {
			if !fault.Is(err, fault.Invalid) || anchor != "" {
				t.Fatalf("%q, %v; want no anchor and invalid", anchor, err)
			}
			return
		}
		again, err := identity.ParseAnchor(chosen, []byte(anchor))
		if err != nil || again != anchor {
			t.Fatalf("%q read again is %q, %v", anchor, again, err)
		}
		g := identity.Group{DisplayName: "g", ExternalIDs: []identity.ExternalID{{Issuer: "i", ID: string(anchor)}}}
		if err := g.Validate(); err != nil {
			t.Fatalf("no target takes %q: %v", anchor, err)
		}
	})
}
