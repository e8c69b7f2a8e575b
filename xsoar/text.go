package xsoar

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
)

// cell is a value in a table: an object has a line for each of its names.
func cell(v any) string {
	o, isObject := v.(Object)
	if !isObject {
		return flat(v)
	}
	lines := make([]string, len(o))
	for i, p := range o {
		lines[i] = p.Name + ": " + flat(p.Value)
	}
	return strings.Join(lines, "\n")
}

// flat is a value on one line, or a line for each item of a list.
func flat(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		items := make([]string, len(v))
		for i, one := range v {
			items[i] = pythonText(one)
		}
		return strings.Join(items, ",\n")
	}
	return dumped(v)
}

// pythonText is str(v) of Python.
func pythonText(v any) string {
	if s, is := v.(string); is {
		return s
	}
	return pythonForm(v)
}

// pythonForm is repr(v) of Python.
func pythonForm(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case string:
		return quotedText(v)
	case []any:
		items := make([]string, len(v))
		for i, one := range v {
			items[i] = pythonForm(one)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case Object:
		items := make([]string, len(v))
		for i, p := range v {
			items[i] = quotedText(p.Name) + ": " + pythonForm(p.Value)
		}
		return "{" + strings.Join(items, ", ") + "}"
	}
	return fmt.Sprint(v)
}

// quotedText is a text as repr quotes it: with ' unless that needs a backslash
// and " does not.
func quotedText(s string) string {
	quote := '\''
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	var out strings.Builder
	out.WriteRune(quote)
	for _, r := range s {
		switch {
		case r == quote || r == '\\':
			out.WriteByte('\\')
			out.WriteRune(r)
		case r == '\n':
			out.WriteString(`\n`)
		case r == '\r':
			out.WriteString(`\r`)
		case r == '\t':
			out.WriteString(`\t`)
		case r == ' ' || unicode.IsGraphic(r) && !unicode.IsSpace(r):
			out.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&out, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			fmt.Fprintf(&out, `\U%08x`, r)
		}
	}
	out.WriteRune(quote)
	return out.String()
}

// dumped is json.dumps(v, ensure_ascii=False) of Python.
func dumped(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return dumpedText(v)
	case []any:
		items := make([]string, len(v))
		for i, one := range v {
			items[i] = dumped(one)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case Object:
		items := make([]string, len(v))
		for i, p := range v {
			items[i] = dumpedText(p.Name) + ": " + dumped(p.Value)
		}
		return "{" + strings.Join(items, ", ") + "}"
	case json.Number:
		return v.String()
	}
	return fmt.Sprint(v)
}

var jsonEscapes = map[rune]string{'"': `\"`, '\\': `\\`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '\b': `\b`, '\f': `\f`}

func dumpedText(s string) string {
	var out strings.Builder
	out.WriteByte('"')
	for _, r := range s {
		switch escape := jsonEscapes[r]; {
		case escape != "":
			out.WriteString(escape)
		case r < 0x20:
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			out.WriteRune(r)
		}
	}
	out.WriteByte('"')
	return out.String()
}

// inCell keeps what would end a cell or begin code from doing so.
var inCell = strings.NewReplacer("\r\n", "<br>", "\r", "<br>", "\n", "<br>", "|", `\|`, "`", "\\`")

// Table is one row as the platform writes it in Markdown: the columns that are
// named, without those that are empty.
func Table(title string, row Object, columns []string) string {
	var heads, rules, cells []string
	for _, name := range columns {
		v := row.Get(name)
		if isEmpty(v) {
			continue
		}
		heads, rules = append(heads, name), append(rules, "---")
		cells = append(cells, inCell.Replace(cell(v)))
	}
	return "### " + title + "\n|" + strings.Join(heads, "|") + "|\n|" + strings.Join(rules, "|") + "|\n| " + strings.Join(cells, " | ") + " |\n"
}

// isEmpty reports whether a column of nothing but v is left out.
func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case Object:
		return len(v) == 0
	}
	return false
}
