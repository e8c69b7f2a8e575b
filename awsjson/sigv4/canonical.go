package sigv4

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// canonical writes the request the one way in which both sides hash it.
func canonical(r *http.Request, signed []string, content string) string {
	var b strings.Builder
	for _, part := range []string{r.Method, canonicalPath(r.URL), canonicalQuery(r.URL)} {
		b.WriteString(part + "\n")
	}
	for _, name := range signed {
		b.WriteString(name + ":" + headerValue(r, name) + "\n")
	}
	b.WriteString("\n" + strings.Join(signed, ";") + "\n" + content)
	return b.String()
}

// canonicalPath is the path as sent, escaped once more: every service but S3
// signs it so.
func canonicalPath(u *url.URL) string {
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	return escape(path, true)
}

// canonicalQuery sorts the parameters after escaping them, by name and then by
// value. It leaves out the signature itself.
func canonicalQuery(u *url.URL) string {
	type parameter struct{ name, value string }
	var all []parameter
	for name, values := range u.Query() {
		if name == querySignature {
			continue
		}
		for _, value := range values {
			all = append(all, parameter{escape(name, false), escape(value, false)})
		}
	}
	slices.SortFunc(all, func(a, b parameter) int {
		if by := strings.Compare(a.name, b.name); by != 0 {
			return by
		}
		return strings.Compare(a.value, b.value)
	})
	var b strings.Builder
	for i, p := range all {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p.name + "=" + p.value)
	}
	return b.String()
}

const upperHex = "0123456789ABCDEF"

// escape leaves RFC 3986's unreserved characters, and slashes if asked to.
func escape(s string, slashes bool) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if unreserved(c) || (slashes && c == '/') {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', upperHex[c>>4], upperHex[c&15]})
	}
	return b.String()
}

func unreserved(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return c == '-' || c == '_' || c == '.' || c == '~'
}

// headerValue is a header as it is signed: net/http keeps host and length
// apart from the others.
func headerValue(r *http.Request, name string) string {
	switch name {
	case "host":
		return squeeze(r.Host)
	case "content-length":
		return strconv.FormatInt(r.ContentLength, 10)
	}
	values := r.Header.Values(name)
	clean := make([]string, len(values))
	for i, v := range values {
		clean[i] = squeeze(v)
	}
	return strings.Join(clean, ",")
}

// squeeze trims white space and makes one space of several.
func squeeze(s string) string {
	s = strings.TrimSpace(s)
	for strings.Contains(s, "  ") {
		s = strings.ReplaceAll(s, "  ", " ")
	}
	return s
}

// hopHeaders may be changed or added on the way and are not signed.
var hopHeaders = []string{
	"authorization", "user-agent", "x-amzn-trace-id", "expect", "transfer-encoding", "connection", "accept-encoding",
}

// signable lists the names of the headers that a client signs, sorted.
func signable(h http.Header) []string {
	names := []string{"host"}
	for name := range h {
		if lower := strings.ToLower(name); lower != "host" && lower != "content-length" && !slices.Contains(hopHeaders, lower) {
			names = append(names, lower)
		}
	}
	slices.Sort(names)
	return names
}
