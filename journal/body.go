package journal

import (
	"bytes"
	"compress/flate"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"

	"rollcall/fault"
	"rollcall/identity"
)

// Effect is what a change did to one object, or what a read found done.
type Effect struct {
	Kind    identity.Kind    `json:"kind"`
	Object  identity.ID      `json:"object"`
	Name    string           `json:"name,omitempty"`    // userName or displayName, after
	Record  *identity.Record `json:"record,omitempty"`  // where it belongs to one
	Body    json.RawMessage  `json:"body,omitempty"`    // all attributes after, as [UserBody] writes them; nil: unchanged
	Deleted bool             `json:"deleted,omitempty"` // its memberships end with it
	Joined  []identity.ID    `json:"joined,omitempty"`  // of a group: users
	Left    []identity.ID    `json:"left,omitempty"`    // of a group: users
}

// body is the erasable part of an entry.
type body struct {
	Revision string   `json:"revision,omitempty"`
	Fault    string   `json:"fault,omitempty"`
	Text     string   `json:"text,omitempty"` // of a begin: why brakes were overridden
	Effects  []Effect `json:"effects,omitempty"`
}

func (b *body) empty() bool {
	return b.Revision == "" && b.Fault == "" && b.Text == "" && len(b.Effects) == 0
}

// A body is stored as 16 random bytes, a byte that says how the rest is kept,
// and its JSON. The random bytes go when the body is erased: without them its
// digest could be compared with guesses.
const (
	saltBytes   = 16
	keptPlain   = 0
	keptDeflate = 1
	// deflateFrom is the size in bytes from which compressing is worth while.
	deflateFrom = 1024
)

// seal returns b as stored and its digest; both nil if there is nothing in it.
func (b *body) seal() (stored, digest []byte, err error) {
	if b.empty() {
		return nil, nil, nil
	}
	text, err := json.Marshal(b)
	if err != nil {
		return nil, nil, fault.New(fault.Internal, "write journal entry", "", err)
	}
	stored = make([]byte, saltBytes, saltBytes+1+len(text))
	if _, err := rand.Read(stored); err != nil {
		return nil, nil, fault.New(fault.Internal, "write journal entry", "", err)
	}
	kept := byte(keptPlain)
	if len(text) >= deflateFrom {
		if text, err = deflate(text); err != nil {
			return nil, nil, fault.New(fault.Internal, "write journal entry", "", err)
		}
		kept = keptDeflate
	}
	stored = append(append(stored, kept), text...)
	sum := sha256.Sum256(stored)
	return stored, sum[:], nil
}

// openBody reads a body as stored.
func openBody(stored []byte) (b body, err error) {
	if len(stored) < saltBytes+1 {
		return b, errors.New("not a body: too short")
	}
	kept, text := stored[saltBytes], stored[saltBytes+1:]
	if kept == keptDeflate {
		if text, err = inflate(text); err != nil {
			return b, err
		}
	}
	return b, json.Unmarshal(text, &b)
}

func deflate(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.DefaultCompression)
	if err != nil {
		return nil, err
	}
	_, err = w.Write(b)
	if err := errors.Join(err, w.Close()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func inflate(b []byte) ([]byte, error) {
	return io.ReadAll(flate.NewReader(bytes.NewReader(b)))
}

// UserBody writes every attribute of u that is set, by its path and in the one
// order, for [Effect] and [Observed]: the same user gives the same bytes.
func UserBody(u *identity.User) (json.RawMessage, error) {
	return attributes(identity.UserPaths(), func(path string) (identity.Value, error) { return identity.UserValue(u, path) })
}

// GroupBody is [UserBody] for groups. Members are not part of it.
func GroupBody(g *identity.Group) (json.RawMessage, error) {
	return attributes(identity.GroupPaths(), func(path string) (identity.Value, error) { return identity.GroupValue(g, path) })
}

func attributes(paths []string, value func(string) (identity.Value, error)) (json.RawMessage, error) {
	out := []byte{'{'}
	for _, path := range paths {
		v, err := value(path)
		if err != nil {
			return nil, err
		}
		if v == nil {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, '"'), path...), '"', ':')
		out = append(out, v...)
	}
	return append(out, '}'), nil
}
