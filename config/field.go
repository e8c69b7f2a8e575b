package config

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// field is what a struct's tags say about one key.
type field struct {
	index   int
	name    string
	doc     string
	raw     bool     // its texts are not expanded
	words   []string // the only values it may have
	each    []string // the only values its items may have
	of      []string // the kinds it belongs to; none: all
	decides bool     // its value is a kind: an unknown one makes the other keys unknown too
	typ     reflect.Type
}

func fieldsOf(t reflect.Type) []field {
	var fields []field
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		f := field{index: i, name: tag.Get("yaml"), doc: tag.Get("doc"), raw: tag.Get("raw") != "", of: words(tag.Get("of")), typ: t.Field(i).Type}
		if f.name == "" || f.name == "-" {
			continue
		}
		f.each = words(tag.Get("each"))
		f.words = words(tag.Get("enum"))
		if kinds := words(tag.Get("kind")); kinds != nil {
			f.words, f.decides = kinds, true
		}
		fields = append(fields, f)
	}
	return fields
}

// isOf reports whether a kind has the field.
func (f field) isOf(kind string) bool { return len(f.of) == 0 || slices.Contains(f.of, kind) }

func words(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

func itoa(n int) string { return strconv.Itoa(n) }
