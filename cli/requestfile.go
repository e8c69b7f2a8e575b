package cli

import (
	"path/filepath"
	"slices"
	"strings"

	"rollcall/spelling"
)

// requestKeys are what a file of people says beside attributes. In a CSV file
// they are columns, whose cells separate several by |.
var requestKeys = []string{"groups", "add_groups", "remove_groups", "give", "take", "role", "start"}

// requestForm is what a command takes from a file: which of the keys, and what
// the column is called that names the person.
type requestForm struct {
	who  string
	keys []string
}

var (
	joinerForm = requestForm{"userName", []string{"groups", "give", "role", "start"}}
	moverForm  = requestForm{"user", requestKeys}
)

// readRequests reads a file of people: YAML or JSON by its ending, CSV
// otherwise; "-" is CSV on standard input. Columns renames those of a CSV file.
func (a *app) readRequests(file string, form requestForm, columns map[string]string) (*requests, error) {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".yaml", ".yml", ".json":
		if len(columns) > 0 {
			return nil, usage("--column is for CSV files")
		}
		return a.readPeopleYAML(file, form)
	}
	f, err := a.readNamedRows(file, columns, form.who)
	if err != nil {
		return nil, err
	}
	for _, key := range requestKeys {
		if slices.Contains(f.columns, key) && !slices.Contains(form.keys, key) {
			return nil, usage("%s:1: column %s is not for this command%s", file, key, spelling.Hint(key, form.keys))
		}
	}
	rs := &requests{file: f}
	for _, row := range f.rows {
		r := &request{line: row.line, name: row.cells[form.who]}
		for _, column := range f.columns {
			if cell := row.cells[column]; cell != "" && column != form.who {
				r.take1(column, cell)
			}
		}
		rs.list = append(rs.list, r)
	}
	return rs, rs.some()
}

// take1 takes one cell in.
func (r *request) take1(column, cell string) {
	if slices.Contains(requestKeys, column) {
		r.put(column, cells(cell))
		return
	}
	r.texts = append(r.texts, attributeText{column, cell})
}

// cells are the values that one cell holds.
func cells(cell string) []string {
	var all []string
	for one := range strings.SplitSeq(cell, "|") {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	return all
}

// put sets what a key says.
func (r *request) put(key string, values []string) {
	switch key {
	case "groups":
		r.groups, r.exact = values, true
	case "add_groups":
		r.add = values
	case "remove_groups":
		r.remove = values
	case "give":
		r.give = values
	case "take":
		r.take = values
	case "role":
		r.role = strings.Join(values, "|")
	case "start":
		r.start = strings.Join(values, "|")
	}
}

// some is nil if the file names anybody.
func (rs *requests) some() error {
	if len(rs.list) == 0 && len(rs.file.problems) == 0 {
		return usage("%s: it names nobody", rs.file.name)
	}
	return nil
}
