package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// picked is what --query picked as rows, for people and for CSV: a text is
// itself, a list has a line for each item, an object a line for each name.
func picked(v any) listing {
	switch v := v.(type) {
	case map[string]any:
		l := listing{Columns: []string{"Attribute", "Value"}}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			l.add(name, pickedCell(v[name]))
		}
		return l
	case []any:
		return pickedList(v)
	}
	return listing{Rows: [][]string{{pickedCell(v)}}}
}

// pickedList has a column for each name that one of the items has, if they are
// objects.
func pickedList(items []any) listing {
	names := map[string]bool{}
	for _, item := range items {
		object, _ := item.(map[string]any)
		for name := range object {
			names[name] = true
		}
	}
	l := listing{Columns: slices.Sorted(maps.Keys(names)), Names: true}
	for _, item := range items {
		l.Rows = append(l.Rows, pickedRow(item, l.Columns))
	}
	return l
}

func pickedRow(item any, columns []string) []string {
	if cells, ok := item.([]any); ok && len(columns) == 0 {
		row := make([]string, len(cells))
		for i, c := range cells {
			row[i] = pickedCell(c)
		}
		return row
	}
	object, ok := item.(map[string]any)
	if !ok {
		return []string{pickedCell(item)}
	}
	row := make([]string, len(columns))
	for i, name := range columns {
		row[i] = pickedCell(object[name])
	}
	return row
}

// pickedCell is a value in one cell: nothing for null, what has parts as JSON.
func pickedCell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64, bool:
		return fmt.Sprint(v)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
