package sqldb

import (
	"strconv"
	"strings"
)

// unnamed writes a query whose parameters are $1, $2 … $n, each once and in
// order, with ? instead: to SQLite $1 is a name, and the driver looks the name
// of every parameter up, each time, from the first on. Any other query, and one
// with anything in it that could hide a parameter, stays as it is.
func unnamed(query string) string {
	if strings.ContainsAny(query, `'"?@:[`+"`") || strings.Contains(query, "--") || strings.Contains(query, "/*") {
		return query
	}
	var b strings.Builder
	for left, n := query, 1; ; n++ {
		before, rest, more := strings.Cut(left, "$")
		b.WriteString(before)
		if !more {
			return b.String()
		}
		number := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
		left = rest[len(number):]
		if number != strconv.Itoa(n) || (left != "" && !strings.ContainsRune(" ,)", rune(left[0]))) {
			return query
		}
		b.WriteByte('?')
	}
}
