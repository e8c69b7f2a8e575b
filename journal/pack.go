package journal

import (
	"bytes"
	"compress/flate"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"sync"

	"rollcall/fault"
)

// A body is stored as 16 random bytes, a byte that says how the rest is kept,
// and its JSON so. The random bytes go when the body is erased: without them
// its digest could be compared with guesses.
const (
	saltBytes      = 16
	keptDictionary = 1 // DEFLATE (RFC 1951) with dictionary as its preset window
)

// dictionary is what bodies are made of, the commonest last. Stored bodies
// depend on every byte of it: one that is better gets a number of its own.
const dictionary = `{"fault":"unavailable","text":"","effects":[{"kind":"group","object":"","deleted":true,"joined":[""],"left":[""]}]}` +
	`"nickName":"","profileUrl":"https://","addresses":[{"streetAddress":"","locality":"","region":"","postalCode":"","country":"","formatted":"",` +
	`"type":"work","primary":true}],"phoneNumbers":[{"value":"+","type":"work","primary":true}],"userType":"","preferredLanguage":"en",` +
	`"locale":"en-US","timezone":"Europe/","photos":[{"value":"","display":""}],"website":"","birthdate":"","roles":[],"name.formatted":"",` +
	`"name.middleName":"","name.honorificPrefix":"","name.honorificSuffix":"","aws:identitystore:enterprise.costCenter":"",` +
	`"aws:identitystore:enterprise.organization":"","aws:identitystore:enterprise.division":"","aws:identitystore:enterprise.manager":"",` +
	`"effects":[{"kind":"group","object":"","name":"","record":{"source":"corp","kind":"group","anchor":"-4000-8000-"},` +
	`"body":{"displayName":"","description":"","externalIds":[{"issuer":"rollcall:corp","id":""}]},"joined":[""]}]}` +
	`{"revision":"2","effects":[{"kind":"user","object":"","name":"@example.com","record":{"source":"corp","kind":"user","anchor":""},` +
	`"body":{"userName":"@example.com","displayName":"","name.givenName":"","name.familyName":"","title":"",` +
	`"emails":[{"value":"@example.com","type":"work","primary":true}],"externalIds":[{"issuer":"rollcall:corp","id":""}],` +
	`"aws:identitystore:enterprise.employeeNumber":"","aws:identitystore:enterprise.department":"","active":true}}]}`

// packer turns bodies into what is stored, and back. Compressors are costly to
// make and cheap to use again.
type packer struct{ writers, readers sync.Pool }

// seal returns b as stored and its digest; both nil if there is nothing in it.
func (p *packer) seal(b *body) (stored, digest []byte, err error) {
	if b.empty() {
		return nil, nil, nil
	}
	text, err := json.Marshal(b)
	if err != nil {
		return nil, nil, fault.New(fault.Internal, "write journal entry", "", err)
	}
	var out bytes.Buffer
	out.Grow(saltBytes + 1 + len(text)/2)
	if _, err := io.CopyN(&out, rand.Reader, saltBytes); err != nil {
		return nil, nil, fault.New(fault.Internal, "write journal entry", "", err)
	}
	out.WriteByte(keptDictionary)
	if err := p.pack(&out, text); err != nil {
		return nil, nil, fault.New(fault.Internal, "write journal entry", "", err)
	}
	sum := sha256.Sum256(out.Bytes())
	return out.Bytes(), sum[:], nil
}

func (p *packer) pack(out *bytes.Buffer, text []byte) error {
	w, ready := p.writers.Get().(*flate.Writer)
	if !ready {
		var err error
		if w, err = flate.NewWriterDict(out, flate.DefaultCompression, []byte(dictionary)); err != nil {
			return err
		}
	} else {
		w.Reset(out)
	}
	_, err := w.Write(text)
	if err := errors.Join(err, w.Close()); err != nil {
		return err
	}
	p.writers.Put(w)
	return nil
}

// open reads a body as stored.
func (p *packer) open(stored []byte) (b body, err error) {
	if len(stored) < saltBytes+1 {
		return b, errors.New("not a body: too short")
	}
	if stored[saltBytes] != keptDictionary {
		return b, errors.New("not a body of this release")
	}
	text, err := p.unpack(stored[saltBytes+1:])
	if err != nil {
		return b, err
	}
	return b, json.Unmarshal(text, &b)
}

func (p *packer) unpack(packed []byte) ([]byte, error) {
	r, ready := p.readers.Get().(io.Reader)
	if !ready {
		r = flate.NewReaderDict(bytes.NewReader(packed), []byte(dictionary))
	} else if err := r.(flate.Resetter).Reset(bytes.NewReader(packed), []byte(dictionary)); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(r)
	if err == nil {
		p.readers.Put(r)
	}
	return text, err
}

// deflate is for what is large, and differs too much for the dictionary.
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
