package ldapsource

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-ldap/ldap/v3"

	"rollcall/fault"
)

const (
	everything = "(objectClass=*)"
	noAttrs    = "1.1" // RFC 4511 section 4.5.1.8
	ahead      = 64    // entries that are decoded before they are asked for

	// maxEmptyPages ends a search that goes round in circles.
	maxEmptyPages = 1000
)

// search is a subtree to be read in pages.
type search struct {
	base       string
	filter     string
	attributes []string
	size       int // of a page
	each       func(*ldap.Entry) error
	pageDone   func() error // may be nil
	referrals  map[string]bool
	controls   []ldap.Control // beside that for pages
}

// run reads a subtree whole. It ends without an error only when the server has
// closed the last page. Each and pageDone may ask the server for more between
// pages only.
func (s *search) run(ctx context.Context, c *conn) error {
	paging := ldap.NewControlPaging(uint32(s.size))
	seen, empty := 0, 0
	for {
		count, cookie, err := s.page(ctx, c, paging)
		seen += count
		if err != nil {
			return s.fault(ctx, c, seen, err)
		}
		if s.pageDone != nil {
			if err := s.pageDone(); err != nil {
				return err
			}
		}
		if len(cookie) == 0 {
			return nil
		}
		if empty++; count > 0 {
			empty = 0
		}
		if empty > maxEmptyPages {
			return fault.Text(fault.Incomplete, "search", c.server+": "+s.base, fmt.Sprintf("%d pages in a row were empty, and the server promises more", empty))
		}
		paging.SetCookie(cookie)
	}
}

// errOpen is a page that ended without the server's word that it did.
var errOpen = errors.New("the answer ended in the middle of a page")

// receiving is a failure of whoever takes the entries; it is passed on as it is.
type receiving struct{ error }

func (s *search) page(ctx context.Context, c *conn, paging *ldap.ControlPaging) (count int, cookie []byte, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	request := ldap.NewSearchRequest(s.base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, 0, false, s.filter, s.attributes, append([]ldap.Control{paging}, s.controls...))
	entries, give := c.wire.take(ctx)
	defer give()
	answer := c.SearchAsync(ctx, request, ahead)
	ended := make(chan ending, 1)
	go func() { ended <- endingOf(answer) }()
	silence := c.timer()
	defer silence.Stop()
	take := func(message []byte) error {
		silence.Stop()
		e, err := c.decoder.decode(message)
		if err == nil {
			count++
			err = s.each(e)
		}
		silence.Reset(c.silence)
		return err
	}
	for {
		select {
		case message := <-entries:
			if err := take(message); err != nil {
				return count, nil, receiving{err}
			}
			continue
		case end := <-ended:
			for len(entries) > 0 { // they came before the end
				if err := take(<-entries); err != nil {
					return count, nil, receiving{err}
				}
			}
			for _, to := range end.referrals {
				s.referrals[to] = true
			}
			switch {
			case end.err != nil:
				return count, nil, end.err
			case !end.closed:
				return count, nil, errOpen
			}
			return count, end.cookie, nil
		}
	}
}

// ending is what comes beside the entries of a page, and after them.
type ending struct {
	referrals []string
	closed    bool // the server has said that the page ends here
	cookie    []byte
	err       error
}

func endingOf(answer ldap.Response) (end ending) {
	for answer.Next() {
		if to := answer.Referral(); to != "" {
			end.referrals = append(end.referrals, to)
		}
		if p, ok := ldap.FindControl(answer.Controls(), ldap.ControlTypePaging).(*ldap.ControlPaging); ok {
			end.closed, end.cookie = true, p.Cookie
		}
	}
	end.err = answer.Err()
	return end
}

// fault is what is said of a search that failed after some entries: whatever
// broke it, the read is not complete.
func (s *search) fault(ctx context.Context, c *conn, seen int, err error) error {
	if own, ok := errors.AsType[receiving](err); ok {
		return own.error
	}
	told := c.fault(ctx, "search", s.base, err)
	if seen > 0 && fault.Is(told, fault.Unavailable) {
		return fault.New(fault.Incomplete, "search", c.server+": "+s.base, fmt.Errorf("the answer broke off after %d entries: %w", seen, err))
	}
	return told
}

// read reads one entry by its name.
func (c *conn) read(ctx context.Context, name string, attributes ...string) (*ldap.Entry, error) {
	defer c.watch()()
	request := ldap.NewSearchRequest(name, ldap.ScopeBaseObject, ldap.NeverDerefAliases, 0, 0, false, everything, attributes, nil)
	answer, err := c.Search(request)
	if name == "" {
		name = "the root DSE, which says what the server is"
	}
	if err != nil {
		return nil, c.fault(ctx, "read entry", name, err)
	}
	if len(answer.Entries) != 1 {
		return nil, fault.Text(fault.Incomplete, "read entry", c.server+": "+name, "the server answers without it: the account may not read it")
	}
	return answer.Entries[0], nil
}
