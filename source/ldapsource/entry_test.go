package ldapsource

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"testing/iotest"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/fault"
)

// encoded is an entry as a server sends it, made by the library.
func encoded(id int64, e *ldap.Entry) []byte {
	message := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	message.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, id, ""))
	op := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationSearchResultEntry, nil, "")
	op.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, e.DN, ""))
	list := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	for _, a := range e.Attributes {
		one := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
		one.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, a.Name, ""))
		set := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
		for _, v := range a.Values {
			set.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, v, ""))
		}
		one.AppendChild(set)
		list.AppendChild(one)
	}
	op.AppendChild(list)
	message.AppendChild(op)
	return message.Bytes()
}

func decoder() *entries { return &entries{names: map[string]string{}} }

func TestWhatTheLibraryEncodesIsDecoded(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.StringN(100, 300, -1), rapid.Just(""))
	rapid.Check(t, func(t *rapid.T) {
		e := &ldap.Entry{DN: text.Draw(t, "dn")}
		for range rapid.IntRange(0, 5).Draw(t, "attributes") {
			a := &ldap.EntryAttribute{Name: text.Draw(t, "name"), Values: []string{}, ByteValues: [][]byte{}}
			for range rapid.IntRange(0, 5).Draw(t, "values") {
				v := text.Draw(t, "value")
				a.Values, a.ByteValues = append(a.Values, v), append(a.ByteValues, []byte(v))
			}
			e.Attributes = append(e.Attributes, a)
		}
		message := encoded(rapid.Int64Range(0, 1<<31-1).Draw(t, "id"), e)
		got, err := decoder().decode(message)
		if err != nil || !isEntry(message) {
			t.Fatal(err)
		}
		if diff := cmp.Diff(e, got); diff != "" {
			t.Error(diff)
		}
		for cut := range message {
			if _, err := decoder().decode(message[:cut:cut]); !fault.Is(err, fault.Incomplete) {
				t.Fatalf("cut to %d of %d bytes: %v", cut, len(message), err)
			}
		}
	})
}

func TestAValuesBytesCannotRunIntoTheNext(t *testing.T) {
	e := &ldap.Entry{DN: "x", Attributes: []*ldap.EntryAttribute{{Name: "a", Values: []string{"one", "two"}}}}
	got, err := decoder().decode(encoded(1, e))
	if err != nil {
		t.Fatal(err)
	}
	values := got.Attributes[0].ByteValues
	if longer := append(values[0], "two and more"...); string(longer) != "onetwo and more" || string(values[1]) != "two" {
		t.Errorf("%q, beside %q", longer, values[1])
	}
}

func FuzzEntry(f *testing.F) {
	f.Add(encoded(7, &ldap.Entry{DN: "uid=ann,dc=example", Attributes: []*ldap.EntryAttribute{{Name: "objectGUID", Values: []string{"\x00\xff", ""}}}}))
	f.Add([]byte{0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x02})
	f.Add([]byte{0x30, 0x80, 0x00, 0x00})
	f.Fuzz(func(t *testing.T, message []byte) {
		e, err := decoder().decode(message)
		if err != nil {
			return
		}
		again, err := decoder().decode(encoded(1, e))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(e, again); diff != "" {
			t.Error(diff)
		}
	})
}

// incoming is a connection from which these bytes come.
type incoming struct {
	net.Conn
	io.Reader
}

func (i incoming) Read(p []byte) (int, error) { return i.Reader.Read(p) }

func TestOnlyEntriesOfASearchAreTakenOffTheWire(t *testing.T) {
	entry := encoded(7, &ldap.Entry{DN: "uid=ann", Attributes: []*ldap.EntryAttribute{{Name: "cn", Values: []string{string(bytes.Repeat([]byte("x"), 70_000))}}}})
	done := []byte{0x30, 0x0c, 0x02, 0x01, 0x07, 0x65, 0x07, 0x0a, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00}
	stream := bytes.Join([][]byte{done, entry, entry, done, []byte("no LDAP"), entry}, nil)
	for name, reader := range map[string]io.Reader{"at once": bytes.NewReader(stream), "byte by byte": iotest.OneByteReader(bytes.NewReader(stream))} {
		w := newWire(incoming{Reader: reader})
		taken, give := w.take(t.Context())
		rest, err := io.ReadAll(w)
		give()
		if want := bytes.Join([][]byte{done, done, []byte("no LDAP"), entry}, nil); err != nil || !bytes.Equal(rest, want) {
			t.Errorf("%s: %d bytes passed, want %d, %v", name, len(rest), len(want), err)
		}
		if len(taken) != 2 || !bytes.Equal(<-taken, entry) {
			t.Errorf("%s: %d entries were taken", name, len(taken))
		}
		w = newWire(incoming{Reader: bytes.NewReader(stream)})
		if rest, err := io.ReadAll(w); err != nil || !bytes.Equal(rest, stream) {
			t.Errorf("without a search %d bytes passed, want %d, %v", len(rest), len(stream), err)
		}
	}
}

func TestAMessageIsBelievedAsFarAsItHasCome(t *testing.T) {
	for length, want := range map[uint32]error{longestMessage: io.ErrUnexpectedEOF, longestMessage + 1: nil} {
		head := binary.BigEndian.AppendUint32([]byte{tagSequence, 0x84}, length)
		_, err := io.ReadAll(newWire(incoming{Reader: bytes.NewReader(append(head, 1, 2, 3))}))
		if err == nil || want != nil && err != want { //nolint:errorlint // io.ReadFull's own
			t.Errorf("%d bytes are promised: %v", length, err)
		}
	}
}
