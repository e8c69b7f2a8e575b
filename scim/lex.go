package scim

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

type tokenKind int

const (
	tokenEnd        tokenKind = iota
	tokenWord                 // a name, an operator or a literal that is no string
	tokenString               // a string, its text unescaped
	tokenOpen                 // (
	tokenClose                // )
	tokenOpenItems            // [
	tokenCloseItems           // ]
)

type token struct {
	kind tokenKind
	text string
}

func (t token) isWord(word string) bool {
	return t.kind == tokenWord && strings.EqualFold(t.text, word)
}

// literal is the value that the token stands for as a filter's right side
// (RFC 7644 figure 1, compValue).
func (t token) literal() (any, error) {
	switch {
	case t.kind == tokenString:
		return t.text, nil
	case t.kind != tokenWord:
	case t.text == "true", t.text == "false":
		return t.text == "true", nil
	case t.text == "null":
		return nil, nil
	default:
		var n json.Number
		if json.Unmarshal([]byte(t.text), &n) == nil && n != "" {
			return n, nil
		}
	}
	return nil, errors.New("want a value: a string in double quotes, a number, true, false or null")
}

var punctuation = map[byte]tokenKind{'(': tokenOpen, ')': tokenClose, '[': tokenOpenItems, ']': tokenCloseItems}

// lex cuts a filter into tokens.
func lex(s string) ([]token, error) {
	if !utf8.ValidString(s) {
		return nil, errors.New("not valid UTF-8")
	}
	var all []token
	for s != "" {
		kind, mark := punctuation[s[0]]
		switch {
		case s[0] == ' ':
			s = s[1:]
		case mark:
			all = append(all, token{kind: kind, text: s[:1]})
			s = s[1:]
		case s[0] == '"':
			end := endOfString(s)
			var text string
			if end < 0 || json.Unmarshal([]byte(s[:end]), &text) != nil {
				return nil, errors.New("a string is not closed, or not written as in JSON")
			}
			all = append(all, token{tokenString, text})
			s = s[end:]
		default:
			end := strings.IndexAny(s, ` ()[]"`)
			if end < 0 {
				end = len(s)
			}
			all = append(all, token{tokenWord, s[:end]})
			s = s[end:]
		}
	}
	return all, nil
}

// endOfString returns where the string that s begins with ends, or -1.
func endOfString(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}
