package ldaptest

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	ber "github.com/go-asn1-ber/asn1-ber"
)

// Fault is what a [Proxy] does to what passes through it. The zero value does
// nothing.
type Fault struct {
	CutAfter int // hangs up after this many entries
	// MaxValues gives at most so many values of member, as AD does: the others
	// by ranges (MS-ADTS 3.1.1.3.1.3.3).
	MaxValues int
	LoseRange bool   // answers a request for a later range without it
	Unclosed  bool   // takes the paged results control off the last page
	SizeLimit bool   // ends every answer with sizeLimitExceeded
	Hide      string // leaves out entries whose name contains it
}

// Proxy stands in front of a server that speaks LDAP without encryption.
type Proxy struct {
	URL string

	mu    sync.Mutex
	fault Fault
	to    string
	open  map[net.Conn]bool
}

// NewProxy starts a proxy that ends with t.
func NewProxy(t testing.TB, server string, f Fault) *Proxy {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	p := &Proxy{URL: "ldap://" + l.Addr().String(), fault: f, to: u.Host, open: map[net.Conn]bool{}}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(conn)
		}
	}()
	return p
}

// Set changes what the proxy does to connections from now on.
func (p *Proxy) Set(f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = f
}

func (p *Proxy) now() Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault
}

// Cut hangs up on everybody who is connected now.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn := range p.open {
		_ = conn.Close()
	}
}

// note keeps a connection to be cut, and returns what ends that.
func (p *Proxy) note(conn net.Conn) (forget func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open[conn] = true
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.open, conn)
	}
}

// passage is one connection through the proxy.
type passage struct {
	Fault
	mu      sync.Mutex
	from    map[int64]int // the value that a search asks for first, by message
	entries int
}

func (p *Proxy) serve(client net.Conn) {
	defer client.Close()
	defer p.note(client)()
	server, err := net.Dial("tcp", p.to)
	if err != nil {
		return
	}
	defer server.Close()
	pass := &passage{Fault: p.now(), from: map[int64]int{}}
	go func() {
		defer server.Close()
		pump(server, client, pass.request)
	}()
	pump(client, server, pass.answer)
}

// pump passes messages on until change refuses one or an end is reached.
func pump(to io.Writer, from io.Reader, change func(*ber.Packet) (keep, goOn bool)) {
	for {
		packet, err := ber.ReadPacket(from)
		if err != nil {
			return
		}
		keep, goOn := change(packet)
		if keep {
			if _, err := to.Write(rebuilt(packet).Bytes()); err != nil {
				return
			}
		}
		if !goOn {
			return
		}
	}
}

// rebuilt encodes a packet anew from its children.
func rebuilt(p *ber.Packet) *ber.Packet {
	if p.TagType != ber.TypeConstructed {
		return p
	}
	out := ber.Encode(p.ClassType, p.TagType, p.Tag, nil, "")
	for _, c := range p.Children {
		out.AppendChild(rebuilt(c))
	}
	return out
}

const (
	searchRequest = 3
	searchEntry   = 4
	searchDone    = 5

	resultSizeLimit = 4
)

// request notes which range a search asks for, and asks for all in its place.
func (p *passage) request(m *ber.Packet) (keep, goOn bool) {
	op := m.Children[1]
	if p.MaxValues == 0 || op.Tag != searchRequest || len(op.Children) < 8 {
		return true, true
	}
	for i, a := range op.Children[7].Children {
		name, first, ranged := strings.Cut(a.Data.String(), ";range=")
		if !ranged {
			continue
		}
		from, _ := strconv.Atoi(strings.TrimSuffix(first, "-*"))
		p.mu.Lock()
		p.from[m.Children[0].Value.(int64)] = from
		p.mu.Unlock()
		op.Children[7].Children[i] = text(name)
	}
	return true, true
}

func text(s string) *ber.Packet {
	return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, s, "")
}

func (p *passage) answer(m *ber.Packet) (keep, goOn bool) {
	op := m.Children[1]
	switch op.Tag {
	case searchEntry:
		if p.Hide != "" && strings.Contains(op.Children[0].Data.String(), p.Hide) {
			return false, true
		}
		p.entries++
		if p.CutAfter > 0 && p.entries > p.CutAfter {
			return false, false
		}
		return p.ranges(m, op), true
	case searchDone:
		if p.Unclosed {
			m.Children = m.Children[:2]
		}
		if p.SizeLimit && len(m.Children) > 2 { // those in pages
			op.Children[0] = ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, resultSizeLimit, "")
		}
	}
	return true, true
}

// ranges cuts member down to the values that AD would give.
func (p *passage) ranges(m, op *ber.Packet) bool {
	if p.MaxValues == 0 {
		return true
	}
	p.mu.Lock()
	from := p.from[m.Children[0].Value.(int64)]
	p.mu.Unlock()
	for _, a := range op.Children[1].Children {
		values := a.Children[1].Children
		if !strings.EqualFold(a.Children[0].Data.String(), "member") || len(values) <= p.MaxValues && from == 0 {
			continue
		}
		from = min(from, len(values))
		to, end := from+p.MaxValues, ""
		if to >= len(values) {
			to, end = len(values), "*"
		} else {
			end = strconv.Itoa(to - 1)
		}
		a.Children[1].Children = values[from:to]
		a.Children[0] = text(fmt.Sprintf("member;range=%d-%s", from, end))
		if p.LoseRange && from > 0 {
			a.Children[0] = text("description")
		}
	}
	return true
}
