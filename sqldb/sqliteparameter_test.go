package sqldb

import "testing"

func TestParametersInTheirOrderNeedNoName(t *testing.T) {
	for query, want := range map[string]string{
		"SELECT 1":                                       "SELECT 1",
		"SELECT a FROM t WHERE b = $1":                   "SELECT a FROM t WHERE b = ?",
		"INSERT INTO t VALUES ($1, $2), ($3, $4)":        "INSERT INTO t VALUES (?, ?), (?, ?)",
		"SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10": "SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?",
		"SELECT $2, $1":                                  "SELECT $2, $1",
		"SELECT $1, $1":                                  "SELECT $1, $1",
		"SELECT $1, $3":                                  "SELECT $1, $3",
		"SELECT $1, '$2'":                                "SELECT $1, '$2'",
		`SELECT "$1" FROM t WHERE b = $1`:                `SELECT "$1" FROM t WHERE b = $1`,
		"SELECT $1 -- and $2":                            "SELECT $1 -- and $2",
		"SELECT $1 /* and $2 */":                         "SELECT $1 /* and $2 */",
		"SELECT $1, ?":                                   "SELECT $1, ?",
		"SELECT $name":                                   "SELECT $name",
		"SELECT $1a":                                     "SELECT $1a",
		"SELECT $01":                                     "SELECT $01",
		"INSERT INTO t VALUES ($1, $2) ON CONFLICT DO UPDATE SET a = $1":  "INSERT INTO t VALUES ($1, $2) ON CONFLICT DO UPDATE SET a = $1",
		"SELECT a FROM t WHERE b = $1 AND c > $2 ORDER BY c LIMIT $3 + 0": "SELECT a FROM t WHERE b = ? AND c > ? ORDER BY c LIMIT ? + 0",
	} {
		if got := unnamed(query); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
}
