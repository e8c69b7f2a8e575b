package sqldir

import (
	"context"
	"strings"

	"rollcall/directory"
)

// callFields are the fields of a call in the order in which the column "call"
// has them, one a line. JSON would cost a write more than the statement that
// stores it. What is added comes last: shorter columns are read, too.
func callFields(c *directory.Call) []*string {
	return []*string{
		&c.ID, &c.Operation, &c.Source, &c.Agent, &c.Host, &c.TLS, &c.Cipher, &c.Region, &c.Account, &c.Key, &c.Tenant,
	}
}

// callColumn is the column "call" of a write's first event; empty without a
// call. What PostgreSQL takes for no text, and line ends, are blanks in it:
// headers can have the one, and nothing here has the other.
func callColumn(ctx context.Context) string {
	c := directory.CallOf(ctx)
	if c == (directory.Call{}) {
		return ""
	}
	fields := callFields(&c)
	size := len(fields)
	for _, at := range fields {
		*at = line(*at)
		size += len(*at)
	}
	var column strings.Builder
	column.Grow(size)
	for i, at := range fields {
		if i > 0 {
			column.WriteByte('\n')
		}
		column.WriteString(*at)
	}
	return column.String()
}

func line(text string) string {
	text = strings.ToValidUTF8(text, " ")
	if strings.ContainsAny(text, "\n\x00") {
		text = strings.NewReplacer("\n", " ", "\x00", " ").Replace(text)
	}
	return text
}

// callOf reads the column.
func callOf(column string) (c directory.Call) {
	if column == "" {
		return c
	}
	fields := callFields(&c)
	for i, text := range strings.Split(column, "\n") {
		if i < len(fields) {
			*fields[i] = text
		}
	}
	return c
}
