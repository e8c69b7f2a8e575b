package plan

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"rollcall/fault"
)

// Format is the first line's "format" of a plan file.
const Format = "rollcall-plan/1"

// MaxLine is the longest line a plan file may have, in bytes: one group whose
// every member changes is one line.
const MaxLine = 256 << 20

// ID is the SHA-256 of a plan's file, in hex. It proves that a plan is whole
// and unaltered, not who made it.
type ID string

// Short is the id as people see it.
func (id ID) Short() string {
	if len(id) <= 12 {
		return string(id)
	}
	return string(id[:12])
}

// seal is the last line of a plan file: the SHA-256, in hex, of every byte
// before it. The file proves by itself, on any machine, that it is whole and
// as it was written.
type seal struct {
	SHA256 ID `json:"sha256"`
}

func sealOf(lines []byte) []byte { return fmt.Appendf(nil, "{\"sha256\":%q}\n", Sum(lines)) }

// Encode writes p as JSON Lines, the header first, then a change a line, then
// the seal, and returns the bytes with their id. The same plan gives the same
// bytes.
func Encode(p *Plan) ([]byte, ID, error) {
	if err := p.Check(); err != nil {
		return nil, "", fault.New(fault.Internal, "write plan", "", err)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	p.Format = Format
	if err := enc.Encode(p.Header); err != nil {
		return nil, "", fault.New(fault.Internal, "write plan", "", err)
	}
	for i := range p.Changes {
		if err := enc.Encode(&p.Changes[i]); err != nil {
			return nil, "", fault.New(fault.Internal, "write plan", fmt.Sprintf("change %d", i+1), err)
		}
	}
	out.Write(sealOf(out.Bytes()))
	return out.Bytes(), Sum(out.Bytes()), nil
}

// Sum returns the id of a plan file's bytes.
func Sum(file []byte) ID {
	sum := sha256.Sum256(file)
	return ID(hex.EncodeToString(sum[:]))
}

// Decode reads a plan file. It fails with fault.Stale if the bytes are not
// those that were written, and with fault.Invalid if it is no plan file or a
// part of one: unknown keys, a wrong order, a missing end, with the line.
func Decode(file []byte) (*Plan, error) {
	lines, err := unseal(file)
	if err != nil {
		return nil, err
	}
	p := new(Plan)
	in := bufio.NewReader(bytes.NewReader(lines))
	for line := 1; ; line++ {
		text, err := readLine(in)
		if errors.Is(err, io.EOF) && line > 1 {
			break
		}
		if err == nil {
			err = p.readLine(line, text)
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, "read plan", fmt.Sprintf("line %d", line), err)
		}
	}
	if err := p.Check(); err != nil {
		return nil, fault.New(fault.Invalid, "read plan", "", err)
	}
	return p, nil
}

// unseal returns the lines before the seal, if it is theirs.
func unseal(file []byte) ([]byte, error) {
	if len(file) == 0 || file[len(file)-1] != '\n' {
		return nil, fault.Text(fault.Invalid, "read plan", "", "the file is cut: its last line has no end")
	}
	at := bytes.LastIndexByte(file[:len(file)-1], '\n') + 1
	lines, last := file[:at], file[at:]
	var s seal
	dec := json.NewDecoder(bytes.NewReader(last))
	dec.DisallowUnknownFields()
	switch err := dec.Decode(&s); {
	case err != nil || s.SHA256 == "":
		return nil, fault.Text(fault.Invalid, "read plan", "", "the file is cut, or no plan: it does not end with the sum of what is in it")
	case !bytes.Equal(last, sealOf(lines)):
		return nil, fault.Text(fault.Stale, "read plan", "", "its bytes are not those that were written: somebody has altered the file; make a new plan")
	}
	return lines, nil
}

func readLine(in *bufio.Reader) ([]byte, error) {
	text, err := in.ReadBytes('\n')
	switch {
	case errors.Is(err, io.EOF) && len(text) > 0:
		return nil, errors.New("the file is cut: the last line has no end")
	case errors.Is(err, io.EOF):
		return nil, io.EOF
	case len(text) > MaxLine:
		return nil, fmt.Errorf("more than %d bytes", MaxLine)
	}
	return text, err
}

func (p *Plan) readLine(line int, text []byte) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if line > 1 {
		var c Change
		if err := dec.Decode(&c); err != nil {
			return err
		}
		p.Changes = append(p.Changes, c)
		return trailing(dec)
	}
	if err := dec.Decode(&p.Header); err != nil {
		return fmt.Errorf("not a plan: %w", err)
	}
	if p.Format != Format {
		return fmt.Errorf("format is %q, this release reads %q", p.Format, Format)
	}
	return trailing(dec)
}

func trailing(dec *json.Decoder) error {
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value on the line")
	}
	return nil
}
