package cli

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"rollcall/spelling"
)

// fileRow is one line of a file that a command works through: its cells by their
// columns.
type fileRow struct {
	line  int
	cells map[string]string
}

// rowFile is such a file, and what is wrong in it.
type rowFile struct {
	name    string
	columns []string
	rows    []fileRow

	problems []rowProblem
}

type rowProblem struct {
	line int
	err  error
}

// readRows reads a CSV file; "-" is standard input. The first line names the
// columns, of which these must be there. A file of another program may begin
// with a byte order mark and have semicolons.
func (a *app) readRows(file string, must ...string) (*rowFile, error) {
	return a.readNamedRows(file, nil, must...)
}

// readNamedRows is readRows for a file that calls some columns otherwise.
func (a *app) readNamedRows(file string, columns map[string]string, must ...string) (*rowFile, error) {
	raw, err := a.readAll(file)
	if err != nil {
		return nil, usage("--from %s: %w", file, err)
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	in := csv.NewReader(bytes.NewReader(raw))
	head, _, _ := bytes.Cut(raw, []byte("\n"))
	if bytes.ContainsRune(head, ';') && !bytes.ContainsRune(head, ',') {
		in.Comma = ';'
	}
	f := &rowFile{name: file}
	if f.columns, err = in.Read(); err != nil {
		return nil, usage("%s: it has no line that names columns; want %s", file, strings.Join(must, ","))
	}
	for called, is := range columns {
		at := slices.Index(f.columns, called)
		if at < 0 {
			return nil, usage("%s:1: there is no column %s%s", file, called, spelling.Hint(called, f.columns))
		}
		f.columns[at] = is
	}
	for _, c := range must {
		if !slices.Contains(f.columns, c) {
			return nil, usage("%s:1: there is no column %s%s", file, c, spelling.Hint(c, f.columns))
		}
	}
	for i, c := range f.columns {
		if slices.Contains(f.columns[:i], c) {
			return nil, usage("%s:1: column %s is there twice", file, c)
		}
	}
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return f, nil
		}
		if err != nil {
			return nil, usage("%s: %w", file, err)
		}
		line, _ := in.FieldPos(0)
		r := fileRow{line, map[string]string{}}
		for i, c := range cells {
			r.cells[f.columns[i]] = strings.TrimSpace(c)
		}
		if lacks := slices.IndexFunc(must, func(c string) bool { return r.cells[c] == "" }); lacks >= 0 {
			f.complain(r, usage("%s is empty", must[lacks]))
			continue
		}
		f.rows = append(f.rows, r)
	}
}

func (a *app) readAll(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(a.in)
	}
	return os.ReadFile(file)
}

// column is what every row has in a column.
func (f *rowFile) column(name string) []string {
	all := make([]string, len(f.rows))
	for i, r := range f.rows {
		all[i] = r.cells[name]
	}
	return all
}

// complain keeps what is wrong with a row, so that all of it is said at once.
func (f *rowFile) complain(r fileRow, err error) {
	f.problems = append(f.problems, rowProblem{r.line, fmt.Errorf("%s:%d: %w", f.name, r.line, err)})
}

// complete is nil if no row is wrong.
func (f *rowFile) complete() error {
	if len(f.problems) == 0 {
		return nil
	}
	slices.SortFunc(f.problems, func(a, b rowProblem) int { return cmp.Compare(a.line, b.line) })
	all := make([]error, 0, len(f.problems)+1)
	for _, p := range f.problems {
		all = append(all, p.err)
	}
	return errors.Join(append(all, fmt.Errorf("%s: nothing was changed, since %s of it cannot be used", f.name, count(len(all), "row")))...)
}
