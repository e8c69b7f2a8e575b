package cloudtrail

import (
	"crypto/tls"
	"net"
	"net/http"
	"strings"
	"unicode/utf8"

	"rollcall/directory"
)

// Received is what an HTTP request tells of itself; its door adds the rest.
func Received(r *http.Request) directory.Call {
	c := directory.Call{Source: r.RemoteAddr, Agent: cut(r.UserAgent()), Host: cut(r.Host)}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		c.Source = host
	}
	if r.TLS != nil {
		c.TLS = strings.Replace(tls.VersionName(r.TLS.Version), "TLS ", "TLSv", 1)
		c.Cipher = tls.CipherSuiteName(r.TLS.CipherSuite)
	}
	return c
}

// cut keeps as much of a header as a log should, in whole characters.
func cut(text string) string {
	if len(text) <= directory.MaxCallText {
		return text
	}
	text = text[:directory.MaxCallText]
	for text != "" {
		if r, size := utf8.DecodeLastRuneInString(text); r != utf8.RuneError || size != 1 {
			return text
		}
		text = text[:len(text)-1]
	}
	return text
}
