package plan

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"rollcall/fault"
	"rollcall/identity"
)

// sample has a bit of everything that a plan file can say.
func sample() *Plan {
	r := &identity.Record{Source: "corp", Kind: identity.KindUser, Anchor: "E1"}
	return &Plan{
		Header: Header{
			Origin: FromSync, Sync: "corp", Source: "corp", Directory: "local", Store: "d-1234567890",
			Made: time.Date(2026, 3, 1, 9, 0, 0, 5, time.UTC), By: Actor{Name: "ann", Door: "cli"},
			Sealed: Sealed{User: []string{"userName"}}, Brakes: []Brake{{Rule: RuleUsersOff, Text: "x", Names: []string{"a"}}},
			Attention: []Attention{{Situation: "taken", Kind: identity.KindUser, Name: "<zoë>", Record: r, Text: "t"}},
		},
		Changes: []Change{
			{
				Number: 1, Kind: UserCreate, Subject: New(1), Name: "ann", Record: r, Reason: "joined",
				Edits: []identity.Edit{{Path: "userName", New: identity.Value(`"<ann>"`)}},
			},
			{
				Number: 2, Kind: GroupMembers, Subject: "g-1", Name: "dev", Reason: "r", Needs: []int{1},
				Add: []Member{{User: New(1), Name: "ann", Anchor: "E1", Path: []identity.Anchor{"g"}}},
			},
			{
				Number: 3, Kind: UserDelete, Subject: "u-2", Name: "bob", Reason: "left", Ends: []Tie{{Object: "g-2", Name: "ops"}},
				Expect: Seal{Revision: "1", Digest: "d", Members: "m"}, Edits: []identity.Edit{{Path: "active", Old: identity.Value("true")}},
			},
		},
	}
}

func encoded(t testing.TB, p *Plan) []byte {
	t.Helper()
	file, id, err := Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	if id != Sum(file) {
		t.Fatalf("the id is %s, and the sum of the file %s", id, Sum(file))
	}
	return file
}

func TestAPlanComesBackFromItsFile(t *testing.T) {
	file := encoded(t, sample())
	p, err := Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	if again := encoded(t, p); !bytes.Equal(again, file) {
		t.Errorf("written again:\n%s\nwas:\n%s", again, file)
	}
}

func TestOneAlteredByteAnywhereIsRefused(t *testing.T) {
	file := encoded(t, sample())
	for at := range file {
		for _, other := range []byte{file[at] ^ 1, file[at] ^ 0x20, ' ', '\n', 0} {
			if other == file[at] {
				continue
			}
			altered := bytes.Clone(file)
			altered[at] = other
			if _, err := Decode(altered); !fault.Is(err, fault.Stale) && !fault.Is(err, fault.Invalid) {
				t.Fatalf("byte %d changed from %q to %q: %v", at, file[at], other, err)
			}
		}
	}
}

func TestAFileCutOrLengthenedAnywhereIsRefused(t *testing.T) {
	file := encoded(t, sample())
	for at := range file {
		if _, err := Decode(file[:at]); !fault.Is(err, fault.Invalid) {
			t.Fatalf("cut after %d of %d bytes: %v", at, len(file), err)
		}
	}
	for _, more := range []string{"\n", " ", "{}\n", "x"} {
		if _, err := Decode(append(bytes.Clone(file), more...)); err == nil {
			t.Errorf("with %q behind it", more)
		}
	}
	lines := bytes.SplitAfter(file, []byte("\n"))
	for drop := range len(lines) - 1 {
		short := bytes.Join(append(append([][]byte{}, lines[:drop]...), lines[drop+1:]...), nil)
		if _, err := Decode(short); err == nil {
			t.Errorf("without line %d", drop+1)
		}
	}
}

// resealed puts the right sum under lines, as somebody would who knows how.
func resealed(lines string) []byte { return append([]byte(lines), sealOf([]byte(lines))...) }

func TestASealedFileThatIsNoPlanIsRefusedWithTheLine(t *testing.T) {
	file := string(encoded(t, sample()))
	body := file[:strings.LastIndexByte(file[:len(file)-1], '\n')+1]
	lines := strings.SplitAfter(body, "\n")
	for name, c := range map[string]struct{ lines, says string }{
		"nothing":            {"", "line 1"},
		"no JSON":            {"plan\n", "line 1"},
		"another format":     {strings.Replace(body, "plan/1", "plan/9", 1), "this release reads"},
		"an unknown key":     {strings.Replace(body, `"reason"`, `"raison"`, 1), "line 2"},
		"two on a line":      {strings.TrimSuffix(lines[0], "\n") + lines[1], "line 1"},
		"an empty line":      {lines[0] + "\n" + lines[1], "line 2"},
		"the wrong order":    {lines[0] + lines[2] + lines[1] + lines[3], "has number"},
		"a change too few":   {lines[0] + lines[2] + lines[3], "has number"},
		"an unknown kind":    {strings.Replace(body, "user.delete", "user.remove", 1), "does not know"},
		"a need that comes":  {strings.Replace(body, `"needs":[1]`, `"needs":[3]`, 1), "not before it"},
		"nobody's creation":  {strings.Replace(body, `"user":"new:1"`, `"user":"new:9"`, 1), "no earlier change creates"},
		"a subject too many": {strings.Replace(body, `"subject":"new:1"`, `"subject":"new:2"`, 1), "not new:1"},
		"no subject":         {strings.Replace(body, `"subject":"u-2"`, `"subject":""`, 1), "names no object"},
	} {
		_, err := Decode(resealed(c.lines))
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want it to say %q", name, err, c.says)
		}
	}
}

// Whatever lines a file holds under the right sum: what is read from it is
// written and read again as the same.
func FuzzDecode(f *testing.F) {
	file := encoded(f, sample())
	f.Add(file[:bytes.LastIndexByte(file[:len(file)-1], '\n')+1])
	f.Add([]byte("{\"format\":\"rollcall-plan/1\"}\n"))
	f.Fuzz(func(t *testing.T, lines []byte) {
		if _, err := Decode(lines); err == nil {
			_ = encodedAgain(t, lines) // somebody's own seal
		}
		p, err := Decode(resealed(string(lines)))
		if err != nil {
			return
		}
		first := encoded(t, p)
		if second := encodedAgain(t, first); !bytes.Equal(first, second) {
			t.Errorf("written again:\n%s\nwas:\n%s", second, first)
		}
	})
}

func encodedAgain(t testing.TB, file []byte) []byte {
	t.Helper()
	p, err := Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	return encoded(t, p)
}
