package cli

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/goccy/go-yaml"
)

// listing is data for any output: rows for people and CSV, values for
// machines.
type listing struct {
	Columns []string // headings of the table, none without; their lower-case form heads the CSV
	Names   bool     // the headings are names already, and stay as they are
	Rows    [][]string
	Values  any // what json and yaml show, and --query asks
}

// print writes data to stdout in the form asked for.
func (a *app) print(l listing) error {
	if a.output == "json" || a.output == "yaml" {
		return a.printValues(l.Values)
	}
	if a.query != "" {
		v, err := a.search(l.Values)
		if err != nil {
			return err
		}
		l = picked(v)
	}
	if a.output == "csv" {
		return printCSV(a.out, l)
	}
	if len(l.Rows) == 0 {
		say(a.err, "Nothing to show.")
		return nil
	}
	return printTable(a.out, l, columnsOf(a.out))
}

// forPeople reports whether data goes to people's eyes.
func (a *app) forPeople() bool { return a.output == "table" && a.query == "" }

// printValues is print for data that has no rows: JSON where it is not YAML,
// but for what --query picks.
func (a *app) printValues(v any) error {
	if a.query != "" {
		if a.output == "table" || a.output == "csv" {
			return a.print(listing{Values: v})
		}
		var err error
		if v, err = a.search(v); err != nil {
			return err
		}
	}
	if a.output == "yaml" {
		ordered, err := inOrder(v)
		if err != nil {
			return err
		}
		text, err := yaml.Marshal(ordered)
		if err != nil {
			return err
		}
		_, err = a.out.Write(text)
		return err
	}
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// plainValues turns structs into what JMESPath walks, by their JSON names.
func plainValues(v any) (any, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var generic any
	return generic, json.Unmarshal(text, &generic)
}

// inOrder is a value with the names of its JSON, in the order that JSON has
// them. Numbers without a fraction are integers: JSON knows one kind of number,
// YAML two.
func inOrder(v any) (any, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	read := json.NewDecoder(bytes.NewReader(text))
	read.UseNumber()
	return nextInOrder(read)
}

func nextInOrder(read *json.Decoder) (any, error) {
	token, err := read.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Number:
		if n, err := token.Int64(); err == nil {
			return n, nil
		}
		return token.Float64()
	case json.Delim:
		if token == '{' {
			return objectInOrder(read)
		}
		list := []any{}
		for read.More() {
			item, err := nextInOrder(read)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		_, err := read.Token() // its end
		return list, err
	}
	return token, nil
}

func objectInOrder(read *json.Decoder) (any, error) {
	object := yaml.MapSlice{}
	for read.More() {
		name, err := read.Token()
		if err != nil {
			return nil, err
		}
		value, err := nextInOrder(read)
		if err != nil {
			return nil, err
		}
		object = append(object, yaml.MapItem{Key: name, Value: value})
	}
	_, err := read.Token() // its end
	return object, err
}

// cell writes a value for a table; nothing for a number that is not set.
func cell(v any) string {
	if v == 0 {
		return ""
	}
	return fmt.Sprint(v)
}

// visible keeps one cell on one line, and control characters off terminals.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

func printCSV(w io.Writer, l listing) error {
	out := csv.NewWriter(w)
	head := make([]string, len(l.Columns))
	for i, c := range l.Columns {
		if head[i] = c; !l.Names {
			head[i] = strings.ReplaceAll(strings.ToLower(c), " ", "_")
		}
	}
	if len(head) > 0 {
		if err := out.Write(head); err != nil {
			return err
		}
	}
	for _, r := range l.Rows {
		cells := make([]string, len(r))
		for i, c := range r {
			cells[i] = inert(c)
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// inert keeps a spreadsheet from taking a value for a formula.
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
