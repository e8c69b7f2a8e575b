package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Problem is one thing wrong with the file.
type Problem struct {
	Line    int    // from 1; 0 if it is about the whole file
	Column  int    // in characters, from 1
	Path    string // "syncs.corp.mapping.user.title"; may be empty
	Text    string // what is wrong and how to mend it
	Excerpt string // the line with a caret under the spot; may be empty
}

// Problems is everything wrong with a file, as an error.
type Problems struct {
	File string
	List []Problem
}

// Error shows every problem with its place: FILE:LINE:COLUMN, as editors jump
// to.
func (p *Problems) Error() string {
	var out strings.Builder
	if len(p.List) > 1 {
		fmt.Fprintf(&out, "%d problems\n", len(p.List))
	}
	for i, one := range p.List {
		if i > 0 {
			out.WriteByte('\n')
		}
		out.WriteString(p.File)
		if one.Line > 0 {
			fmt.Fprintf(&out, ":%d:%d", one.Line, one.Column)
		}
		out.WriteString(": ")
		if one.Path != "" {
			out.WriteString(one.Path + ": ")
		}
		out.WriteString(one.Text)
		if one.Excerpt != "" {
			out.WriteString("\n" + one.Excerpt)
		}
	}
	return out.String()
}

const maxExcerpt = 200 // characters of a line that are shown

// Values that may be secrets are not shown, whoever put them there.
var (
	secretValue = regexp.MustCompile(`(?i)([\w-]*(?:password|passwd|secret|token|credential|private_?key|access_?key)[\w-]*["']?\s*:\s*)(["']?)([^\s"'].*)$`)
	urlPassword = regexp.MustCompile(`(://[^/@\s:]*:)[^\s]*@`)
	reference   = regexp.MustCompile(`^(env|file|aws-sm|aws-ssm):`)
)

// excerpt shows a line with a caret under a column.
func excerpt(lines []string, line, column int) string {
	if line < 1 || line > len(lines) {
		return ""
	}
	text := []rune(masked(lines[line-1]))
	if column < 1 || len(text) > maxExcerpt {
		return ""
	}
	number := strconv.Itoa(line)
	var caret strings.Builder
	for _, r := range text[:min(column-1, len(text))] {
		if r != '\t' {
			r = ' '
		}
		caret.WriteRune(r)
	}
	return fmt.Sprintf("  %s | %s\n  %s | %s^", number, string(text), strings.Repeat(" ", len(number)), caret.String())
}

func masked(line string) string {
	line = urlPassword.ReplaceAllString(line, "${1}…@")
	m := secretValue.FindStringSubmatch(line)
	if m == nil || reference.MatchString(m[3]) {
		return line
	}
	return strings.TrimSuffix(line, m[2]+m[3]) + m[2] + "…"
}

// splitLines cuts a file into lines as YAML does.
func splitLines(raw []byte) []string {
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(raw))
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	return strings.Split(text, "\n")
}

func quoted(s string) string { return strconv.Quote(s) }

// listed writes "a, b or c".
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
