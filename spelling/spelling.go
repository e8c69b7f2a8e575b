// Package spelling finds the word somebody meant, so that an error about an
// unknown name can say so.
package spelling

import "strings"

// Nearest returns the known word closest to the one given, or "" if none is
// close enough to be meant: at most one slip in three characters, case aside.
// Of equals the first wins.
func Nearest(word string, known []string) string {
	best, slips := "", len([]rune(word))/3+1
	for _, candidate := range known {
		if d := distance(strings.ToLower(word), strings.ToLower(candidate)); d < slips {
			best, slips = candidate, d
		}
	}
	return best
}

// Hint is [Nearest] as the end of a sentence: `; did you mean "email"?`, or "".
func Hint(word string, known []string) string {
	if near := Nearest(word, known); near != "" {
		return `; did you mean "` + near + `"?`
	}
	return ""
}

// distance counts the insertions, deletions, substitutions and swaps of
// neighbours between a and b (optimal string alignment).
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	before, last, row := make([]int, len(to)+1), make([]int, len(to)+1), make([]int, len(to)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(from); i++ {
		row[0] = i
		for j := 1; j <= len(to); j++ {
			cost := 1
			if from[i-1] == to[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && from[i-1] == to[j-2] && from[i-2] == to[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(to)]
}
