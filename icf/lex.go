package icf

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// token is a piece of a filter: a string's text without its quotes, or
// anything else as it stands.
type token struct {
	text   string
	quoted bool
	at     int // byte offset
}

// lexer cuts a filter into tokens. Only the space separates them, beside
// parentheses and quotes; "!" is a token of its own where one begins.
type lexer struct {
	text string
	at   int
}

// next returns the next token; ok is false at the end.
func (l *lexer) next() (t token, ok bool, err error) {
	for l.at < len(l.text) && l.text[l.at] == ' ' {
		l.at++
	}
	if l.at == len(l.text) {
		return token{at: l.at}, false, nil
	}
	start := l.at
	switch c := l.text[l.at]; c {
	case '(', ')', '!':
		l.at++
		return token{text: string(c), at: start}, true, nil
	case '"', '\'':
		text, err := l.quoted(c)
		return token{text, true, start}, true, err
	}
	for l.at < len(l.text) && !strings.ContainsRune(` ()"'`, rune(l.text[l.at])) {
		l.at++
	}
	return token{text: l.text[start:l.at], at: start}, true, nil
}

// quoted reads a string up to its closing quote.
func (l *lexer) quoted(quote byte) (string, error) {
	start := l.at
	l.at++
	var out strings.Builder
	for l.at < len(l.text) {
		c := l.text[l.at]
		l.at++
		switch c {
		case quote:
			return out.String(), nil
		case '\\':
			if err := l.escape(&out); err != nil {
				return "", err
			}
		default:
			out.WriteByte(c)
		}
	}
	return "", unreadable(start, "a string has no end")
}

var escapes = map[byte]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads what follows a backslash: JSON's escapes, and anything else as
// itself.
func (l *lexer) escape(out *strings.Builder) error {
	if l.at == len(l.text) {
		return unreadable(l.at, "a backslash stands at the end")
	}
	c := l.text[l.at]
	l.at++
	if plain, known := escapes[c]; known {
		out.WriteByte(plain)
		return nil
	}
	if c != 'u' {
		out.WriteByte(c)
		return nil
	}
	if l.at+4 > len(l.text) {
		return unreadable(l.at, `\u wants four hex digits`)
	}
	n, err := strconv.ParseUint(l.text[l.at:l.at+4], 16, 16)
	if err != nil {
		return unreadable(l.at, `\u wants four hex digits`)
	}
	l.at += 4
	var one [utf8.UTFMax]byte
	out.Write(one[:utf8.EncodeRune(one[:], rune(n))])
	return nil
}
