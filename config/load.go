package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"rollcall/fault"
)

const maxFile = 1 << 20 // bytes of a configuration file

// Load reads a configuration file. It fails with fault.NotFound if there is
// none, and with fault.Invalid around [Problems]: everything that is wrong
// with it.
func Load(file string) (*Config, error) {
	raw, err := read(file)
	if err != nil {
		return nil, err
	}
	folder, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return nil, fault.New(fault.Invalid, "read configuration", file, err)
	}
	c, problems := parse(raw, os.LookupEnv)
	if len(problems) > 0 {
		return nil, fault.New(fault.Invalid, "read configuration", "", &Problems{File: file, List: problems})
	}
	c.Folder = folder
	return c, nil
}

// Check reports everything wrong with a configuration file; nothing if it is
// right.
func Check(file string) []Problem {
	_, err := Load(file)
	if problems, ok := errors.AsType[*Problems](err); ok {
		return problems.List
	}
	if err != nil {
		return []Problem{{Text: err.Error()}}
	}
	return nil
}

func read(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		kind := fault.Invalid
		if errors.Is(err, os.ErrNotExist) {
			kind = fault.NotFound
		}
		return nil, fault.New(kind, "read configuration", "", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fault.New(fault.Invalid, "read configuration", "", err)
	}
	if len(raw) > maxFile {
		return nil, fault.Text(fault.Invalid, "read configuration", file, fmt.Sprintf("larger than %d bytes; that is no configuration", maxFile))
	}
	if bytes.HasPrefix(raw, []byte("\xff\xfe")) || bytes.HasPrefix(raw, []byte("\xfe\xff")) { // as PowerShell's > writes
		return nil, fault.Text(fault.Invalid, "read configuration", file, "it is in UTF-16, not UTF-8; save it as UTF-8 (iconv -f UTF-16 -t UTF-8)")
	}
	return raw, nil
}

// parse reads a configuration. Problems come in the order of the file.
func parse(raw []byte, lookup func(string) (string, bool)) (*Config, []Problem) {
	d, c := newDecoder(raw, lookup), &Config{}
	return c, d.parse(raw, reflect.ValueOf(c).Elem(), c.fill, func() { d.check(c) })
}

func newDecoder(raw []byte, lookup func(string) (string, bool)) *decoder {
	return &decoder{lines: splitLines(raw), lookup: lookup, spots: map[string]spot{}}
}

// parse decodes a file into v, has what was left out filled in, and then has it
// checked. It returns all problems, in the order of the file.
func (d *decoder) parse(raw []byte, v reflect.Value, fill, check func()) []Problem {
	if root, ok := d.tree(raw); ok {
		if root != nil {
			d.decode(root, v, nil, false)
		}
		written := len(d.problems)
		fill()
		check()
		d.dropEchoes(written)
	}
	slices.SortStableFunc(d.problems, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return d.problems
}

// dropEchoes leaves out what check says about a value that could not be read
// in the first place.
func (d *decoder) dropEchoes(written int) {
	broken := map[string]bool{}
	for _, p := range d.problems[:written] {
		broken[p.Path] = true
	}
	kept := slices.Clone(d.problems[:written])
	for _, p := range d.problems[written:] {
		if !broken[p.Path] {
			kept = append(kept, p)
		}
	}
	d.problems = kept
}

// tree parses YAML. The root of an empty file is nil.
func (d *decoder) tree(raw []byte) (root ast.Node, ok bool) {
	defer func() {
		if r := recover(); r != nil { // the parser's own bugs are the file's problem
			d.problems = append(d.problems, Problem{Text: "this is not YAML"})
			root, ok = nil, false
		}
	}()
	file, err := parser.ParseBytes(bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF")), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		d.syntax(err)
		return nil, false
	}
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if root != nil {
			d.complain(nil, placeOf(doc.Body), "a second document; the configuration is one")
			return nil, false
		}
		root = doc.Body
	}
	return root, true
}

func (d *decoder) syntax(err error) {
	if e, ok := errors.AsType[*yaml.SyntaxError](err); ok && e.Token != nil {
		d.complain(nil, placeOfToken(e.Token), "not YAML: "+e.Message+"; "+remedy(e))
		return
	}
	d.problems = append(d.problems, Problem{Text: "this is not YAML"})
}

// remedy says what is mostly meant by a complaint of the YAML parser.
func remedy(e *yaml.SyntaxError) string {
	const columns = "lines that belong together begin in the same column, those below a key further right"
	const quotes = "an expression that holds quotes, colons or # goes into '…', or in lines of its own below a |"
	switch {
	case strings.Contains(e.Message, "'\t'"):
		return "lines are indented with blanks, not with tabs"
	case strings.Contains(e.Message, "must be specified"):
		return "a { or [ before it may never be closed, or a comma be missing"
	case strings.Contains(e.Message, "unexpected key name"), strings.Contains(e.Message, "non-map value"):
		return "a key and its value have a colon and a blank between them"
	case strings.Contains(e.Message, "mapping value"):
		return columns + "; " + quotes
	case e.Token.Prev == nil || e.Token.Prev.Position.Line < e.Token.Position.Line:
		return columns
	}
	return quotes
}
