package sqldir

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestEveryRowIsHandedOverOnceAndInOrder(t *testing.T) {
	b := newBulk(1, 2, "store $1: ", ".", func(first int) string { return "(" + parameters(first, 2) + ")" })
	for _, n := range []int{0, 1, 3, 4, 5, 15, 16, 17, 36, 100} {
		rows := make([]int, n)
		for i := range rows {
			rows[i] = i
		}
		var got []any
		err := inBulk(&b, []any{"shared"}, rows, func(args []any, row int) []any { return append(args, row, -row) }, func(query string, args []any) error {
			if last := fmt.Sprintf("$%d).", len(args)); !strings.HasSuffix(query, last) || strings.Count(query, "$") != len(args) {
				t.Errorf("%d rows: %d arguments for %s", n, len(args), query)
			}
			if args[0] != "shared" {
				t.Errorf("%d rows: the first argument is %v", n, args[0])
			}
			got = append(got, args[1:]...)
			return nil
		})
		var want []any
		for _, row := range rows {
			want = append(want, row, -row)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%d rows: %v, %v", n, got, err)
		}
	}
}
