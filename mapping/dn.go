package mapping

import (
	"encoding/hex"
	"strings"
)

// parent returns the distinguished name without its first part, or "" if there
// is no more than one.
func parent(dn string) string {
	_, rest := firstPart(dn, ',')
	return strings.TrimSpace(rest)
}

// nearestOU returns the value of the first organisational unit in a
// distinguished name, unescaped, or "".
func nearestOU(dn string) string {
	for rest := dn; rest != ""; {
		var rdn string
		rdn, rest = firstPart(rest, ',')
		for rdn != "" {
			var one string
			one, rdn = firstPart(rdn, '+')
			name, value, _ := strings.Cut(one, "=")
			if strings.EqualFold(strings.TrimSpace(name), "ou") {
				return unescape(trimValue(value))
			}
		}
	}
	return ""
}

// firstPart cuts s at the first separator that is not escaped (RFC 4514).
func firstPart(s string, separator byte) (part, rest string) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case separator:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// trimValue drops blanks round a value; an escaped one at its end stays.
func trimValue(s string) string {
	s = strings.TrimLeft(s, " ")
	trimmed := strings.TrimRight(s, " ")
	if strings.HasSuffix(trimmed, `\`) && len(trimmed) < len(s) && !strings.HasSuffix(trimmed, `\\`) {
		return trimmed + " "
	}
	return trimmed
}

// unescape reads `\,` and `\2C` (RFC 4514 section 2.4).
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			out.WriteByte(s[i])
			continue
		}
		if i+2 < len(s) {
			if b, err := hex.DecodeString(s[i+1 : i+3]); err == nil {
				out.Write(b)
				i += 2
				continue
			}
		}
		i++
		out.WriteByte(s[i])
	}
	return out.String()
}
