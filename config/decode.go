package config

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"rollcall/spelling"
)

// decoder fills a Config from the file's syntax tree. It goes on past every
// problem, and remembers where everything stood.
type decoder struct {
	lines    []string
	lookup   func(string) (string, bool)
	problems []Problem
	spots    map[string]spot
}

// spot is where something stands in the file.
type spot struct {
	key, value place
	node       ast.Node // the value's
}

type place struct{ line, column int }

// path leads from the top of the file to a value.
type path []string

func (p path) with(more ...string) path { return slices.Concat(p, more) }

func (p path) key() string { return strings.Join(p, "\x00") }

// String writes the path with dots, names that hold dots in quotes.
func (p path) String() string {
	parts := make([]string, len(p))
	for i, s := range p {
		if strings.ContainsAny(s, ". \"\n\t") || s == "" {
			s = quoted(s)
		}
		parts[i] = s
	}
	return strings.Join(parts, ".")
}

// texter takes its value as one text.
type texter interface{ setText(text string) error }

// parted takes its value in parts too, which are decoded like a struct.
type parted interface {
	parts() any
	setParts(parts any) error
}

// prefilled sets what holds where the file says nothing.
type prefilled interface{ prefill() }

func (d *decoder) complain(at path, where place, text string) {
	d.problems = append(d.problems, Problem{
		Line: where.line, Column: where.column, Path: at.String(), Text: text,
		Excerpt: excerpt(d.lines, where.line, where.column),
	})
}

// complainAt is complain at a value, or at what it is missing from.
func (d *decoder) complainAt(at path, text string) {
	for from := at; ; from = from[:len(from)-1] {
		if s, ok := d.spots[from.key()]; ok {
			where := s.value
			if _, scalar := scalarText(s.node); len(from) < len(at) && s.key.line > 0 && !scalar {
				where = s.key // a short form is a scalar, and itself at fault
			}
			d.complain(at, where, text)
			return
		}
		if len(from) == 0 {
			d.problems = append(d.problems, Problem{Path: at.String(), Text: text})
			return
		}
	}
}

// decode puts a node into v. Raw texts are not expanded.
func (d *decoder) decode(n ast.Node, v reflect.Value, at path, raw bool) {
	switch n := n.(type) {
	case nil, *ast.NullNode:
		return
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		d.complain(at, placeOf(n), "anchors, aliases and tags have no meaning here; write the value out")
		return
	}
	if p, ok := v.Addr().Interface().(parted); ok && isMapping(n) {
		d.decodeParts(p, n, at)
		return
	}
	if t, ok := v.Addr().Interface().(texter); ok && !isMapping(n) {
		d.decodeText(n, at, t)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.decodeStruct(n, v, at)
	case reflect.Map:
		d.decodeMap(n, v, at, raw)
	case reflect.Slice:
		d.decodeList(n, v, at)
	case reflect.Bool:
		if text, ok := d.text(n, at, false, "true or false", isFlag); ok {
			v.SetBool(text == "true")
		}
	case reflect.Int:
		if text, ok := d.text(n, at, false, "a whole number", isNumber); ok {
			number, err := strconv.Atoi(text)
			if err != nil {
				d.complain(at, placeOf(n), "want a whole number")
				return
			}
			v.SetInt(int64(number))
		}
	default:
		if text, ok := d.text(n, at, raw, "a text; put it in quotes", isText); ok {
			v.SetString(text)
		}
	}
}

func (d *decoder) decodeText(n ast.Node, at path, t texter) {
	_, secret := t.(*Secret)
	if literal, ok := t.(interface{ checkLiteral(text string) error }); ok {
		if text, ok := scalarText(n); ok {
			if err := literal.checkLiteral(text); err != nil {
				d.complain(at, placeOf(n), err.Error())
				return
			}
		}
	}
	fits := isText
	if _, length := t.(*Duration); length {
		// 0 needs no unit, and other numbers were refused above.
		fits = func(n ast.Node, raw bool) bool { return isText(n, raw) || isNumber(n, raw) }
	}
	if text, ok := d.text(n, at, secret, "a text; put it in quotes", fits); ok {
		if err := t.setText(text); err != nil {
			d.complain(at, placeOf(n), err.Error())
		}
	}
}

func (d *decoder) decodeParts(p parted, n ast.Node, at path) {
	parts := reflect.ValueOf(p.parts())
	before := len(d.problems)
	d.decodeStruct(n, parts.Elem(), at)
	if len(d.problems) > before {
		return
	}
	if err := p.setParts(parts.Interface()); err != nil {
		d.complainAt(at, err.Error())
	}
}

// text returns a scalar's text, expanded unless it is raw.
func (d *decoder) text(n ast.Node, at path, raw bool, want string, fits func(ast.Node, bool) bool) (string, bool) {
	text, ok := scalarText(n)
	if !ok || !fits(n, raw) && !(strings.Contains(text, "${") && !raw) {
		d.complain(at, placeOf(n), "want "+want)
		return "", false
	}
	if raw {
		return text, true
	}
	text, err := expand(text, d.lookup)
	if err != nil {
		d.complain(at, placeOf(n), err.Error())
		return "", false
	}
	return text, true
}

func (d *decoder) decodeList(n ast.Node, v reflect.Value, at path) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		if _, scalar := scalarText(n); !scalar {
			d.complain(at, placeOf(n), "want a list of texts")
			return
		}
		d.appendText(n, v, at)
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, len(list.Values)))
	for i, item := range list.Values {
		itemAt := at.with(strconv.Itoa(i))
		d.note(itemAt, place{}, item)
		d.appendText(item, v, itemAt)
	}
}

func (d *decoder) appendText(n ast.Node, v reflect.Value, at path) {
	item := reflect.New(v.Type().Elem()).Elem()
	before := len(d.problems)
	d.decode(n, item, at, false)
	if len(d.problems) == before && !item.IsZero() {
		v.Set(reflect.Append(v, item))
	}
}

func (d *decoder) decodeMap(n ast.Node, v reflect.Value, at path, raw bool) {
	entries, ok := d.entries(n, at)
	if !ok {
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, e := range entries {
		value := reflect.New(v.Type().Elem()).Elem()
		if p, ok := value.Addr().Interface().(prefilled); ok {
			p.prefill()
		}
		d.decode(e.value, value, at.with(e.name), raw)
		v.SetMapIndex(reflect.ValueOf(e.name), value)
	}
}

func (d *decoder) decodeStruct(n ast.Node, v reflect.Value, at path) {
	entries, ok := d.entries(n, at)
	if !ok {
		return
	}
	fields := fieldsOf(v.Type())
	if d.unknownKind(entries, fields, at) {
		return
	}
	valid := ofKind(kindOf(entries, fields), fields)
	for _, e := range entries {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == e.name })
		if i < 0 {
			d.complain(at.with(e.name), e.place, unknownKey(e.name, valid))
			continue
		}
		f := fields[i]
		before := len(d.problems)
		d.decode(e.value, v.Field(f.index), at.with(e.name), f.raw)
		if text := v.Field(f.index); len(f.words) > 0 && len(d.problems) == before && text.String() != "" && !slices.Contains(f.words, text.String()) {
			d.complain(at.with(e.name), placeOf(e.value), notOneOf(text.String(), f.name, f.words))
			text.SetString("")
		}
		d.checkEach(at.with(e.name), v.Field(f.index), f.each)
	}
}

// checkEach holds a list's items to the words they may be.
func (d *decoder) checkEach(at path, v reflect.Value, words []string) {
	if words == nil {
		return
	}
	for i, item := range v.Interface().(Strings) {
		if !slices.Contains(words, item) {
			d.complainAt(at.with(strconv.Itoa(i)), notOneOf(item, "attribute", words))
		}
	}
}

// unknownKind complains about a kind that this version does not have, and
// about nothing else: the other keys may well belong to that kind.
func (d *decoder) unknownKind(entries []entry, fields []field, at path) bool {
	for _, f := range fields {
		if !f.decides {
			continue
		}
		for _, e := range entries {
			if text, ok := scalarText(e.value); ok && e.name == f.name && !slices.Contains(f.words, text) && !strings.Contains(text, "${") {
				d.complain(at.with(f.name), placeOf(e.value), "kind "+quoted(text)+" is not in this version, which has "+listed(f.words)+spelling.Hint(text, f.words))
				return true
			}
		}
	}
	return false
}

// kindOf is what the entry that decides the kind says; empty if there is none.
func kindOf(entries []entry, fields []field) string {
	for _, f := range fields {
		for _, e := range entries {
			if text, ok := scalarText(e.value); ok && f.decides && e.name == f.name {
				return text
			}
		}
	}
	return ""
}

// ofKind are the fields that a thing of that kind may have; all of them while
// nobody says which kind it is.
func ofKind(kind string, fields []field) []field {
	return slices.DeleteFunc(slices.Clone(fields), func(f field) bool {
		return kind != "" && !strings.Contains(kind, "${") && !f.isOf(kind)
	})
}

func unknownKey(name string, fields []field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	if hint := spelling.Hint(name, names); hint != "" {
		return "unknown key" + hint
	}
	return "unknown key; there is " + listed(names)
}
