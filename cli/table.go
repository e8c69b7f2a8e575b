package cli

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"
)

// gap is what stands between two columns of a table.
const gap = "  "

// columnsOf is how many characters a line of a terminal holds; 0 for what is no
// terminal, whose lines are as long as they need to be.
func columnsOf(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return columns
}

// printTable writes rows for people. Where a row is longer than a line, cells are
// broken between words; where that is not enough, each row becomes a record with
// a line for each value. A value without blanks, such as an id, is never broken:
// people copy it.
func printTable(w io.Writer, l listing, columns int) error {
	head, rows := shown(l.Columns), make([][]string, len(l.Rows))
	for i, r := range l.Rows {
		rows[i] = shown(r)
	}
	if columns > 0 {
		widths, fits := fit(append([][]string{head}, rows...), columns)
		if !fits && len(head) > 2 {
			return printRecords(w, head, rows, columns)
		}
		for _, r := range append(rows, head) {
			for i := range r {
				r[i] = broken(r[i], widths[i])
			}
		}
	}
	return printRows(w, head, rows)
}

func printRows(w io.Writer, head []string, rows [][]string) error {
	t := table.NewWriter()
	t.SetStyle(table.StyleDefault)
	t.Style().Options = table.OptionsNoBordersAndSeparators
	t.Style().Box.PaddingLeft = ""
	t.Style().Box.PaddingRight = gap
	t.Style().Format.Header = 0
	if len(head) > 0 {
		t.AppendHeader(row(head))
	}
	for _, r := range rows {
		t.AppendRow(row(r))
	}
	lines := strings.Split(t.Render(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}

// printRecords writes each row as lines of a name and a value, without those that
// are empty, and an empty line between two rows.
func printRecords(w io.Writer, head []string, rows [][]string, columns int) error {
	wide := widest(head)
	for i, r := range rows {
		var pairs [][]string
		for j, value := range r {
			if value != "" {
				name := head[j] + strings.Repeat(" ", wide-text.StringWidth(head[j]))
				pairs = append(pairs, []string{name, broken(value, columns-wide-len(gap))})
			}
		}
		if i > 0 {
			if _, err := fmt.Fprintln(w); err != nil {
				return err
			}
		}
		if err := printRows(w, nil, pairs); err != nil {
			return err
		}
	}
	return nil
}

// fit is how wide each column may be for rows to fit a line, and whether they do:
// what is longest is cut down first, and no column below its longest word.
func fit(rows [][]string, columns int) (widths []int, fits bool) {
	natural, least := []int{}, []int{}
	for _, r := range rows {
		for i, c := range r {
			if i == len(natural) {
				natural, least = append(natural, 0), append(least, 0)
			}
			natural[i] = max(natural[i], text.StringWidth(c))
			least[i] = max(least[i], widest(strings.Fields(c)))
		}
	}
	widths = slices.Clone(natural)
	for most := slices.Max(append(natural, 0)); lineWidth(widths) > columns; most-- {
		if most == 0 {
			return natural, false
		}
		for i := range widths {
			widths[i] = max(least[i], min(natural[i], most))
		}
	}
	return widths, true
}

func lineWidth(widths []int) int {
	sum := len(gap) * max(0, len(widths)-1)
	for _, w := range widths {
		sum += w
	}
	return sum
}

func widest(words []string) int {
	most := 0
	for _, w := range words {
		most = max(most, text.StringWidth(w))
	}
	return most
}

// broken is a value in lines of at most so many characters, broken between words.
func broken(value string, width int) string {
	if text.StringWidth(value) <= width {
		return value
	}
	var lines []string
	line := ""
	for _, word := range strings.Fields(value) {
		switch {
		case line == "":
			line = word
		case text.StringWidth(line)+1+text.StringWidth(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	return strings.Join(append(lines, line), "\n")
}

// shown is cells as a terminal may show them.
func shown(cells []string) []string {
	all := make([]string, len(cells))
	for i, c := range cells {
		all[i] = visible(c)
	}
	return all
}

func row(cells []string) table.Row {
	r := make(table.Row, len(cells))
	for i, c := range cells {
		r[i] = c
	}
	return r
}
