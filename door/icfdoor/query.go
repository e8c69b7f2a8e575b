package icfdoor

import (
	"context"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/icf"
	"rollcall/identity"
)

// search is a query, read.
type search struct {
	filter  icf.Filter
	fields  []icf.Pointer
	onlyIDs bool
	page    int // 0: everything
	offset  int
	cookie  icf.Cookie
	sort    []icf.SortKey
	query   string // what its cookies belong to
}

// filterOf reads the filter of a query, whichever parameter has it.
func (r *request) filterOf() (icf.Filter, string, error) {
	if id := r.param("_queryId"); r.has("_queryId") {
		if id != "query-all-ids" {
			return icf.Filter{}, "", badRequest("Unsupported _queryId: %s", id)
		}
		return icf.Filter{Op: icf.OpTrue}, id, nil
	}
	name := "_queryFilter"
	if r.has("_queryExpression") {
		name = "_queryExpression"
	}
	text := r.param(name)
	f, err := icf.ParseFilter(text)
	if err != nil {
		return f, "", badRequest("The value '%s' for parameter '%s' could not be parsed as a valid query filter", text, name)
	}
	if err := f.Check(r.objectType); err != nil {
		return f, "", err
	}
	if r.connector.Strict {
		if err := strictly(f); err != nil {
			return f, "", err
		}
	}
	return f, text, nil
}

// strictly refuses what the original does not evaluate: anything but eq on
// __NAME__, and pointers into attributes.
func strictly(f icf.Filter) error {
	for _, p := range f.Parts {
		if err := strictly(p); err != nil {
			return err
		}
	}
	switch {
	case len(f.Pointer) > 1:
		return badRequest("Attribute %s does not exist", f.Pointer)
	case f.Pointer != nil && f.Pointer[0] == icf.AttrName && f.Op != icf.OpEqual:
		return badRequest("The attribute __NAME__ supports only the equal filter")
	}
	return nil
}

func (r *request) searchOf() (search, error) {
	s := search{onlyIDs: r.has("_queryId")}
	var text string
	var err error
	if s.filter, text, err = r.filterOf(); err != nil {
		return s, err
	}
	if s.fields, err = icf.ParseFields(r.param("_fields")); err != nil {
		return s, err
	}
	if r.param("_sortKeys") != "" {
		if s.sort, err = icf.ParseSortKeys(r.param("_sortKeys"), r.objectType); err != nil {
			return s, err
		}
	}
	if s.page, err = r.number("_pageSize"); err != nil {
		return s, err
	}
	if s.page > icf.MaxPage {
		if r.connector.Strict {
			return s, badRequest("The value '%d' for parameter '_pageSize' is more than %d", s.page, icf.MaxPage)
		}
		s.page = icf.MaxPage
	}
	if s.offset, err = r.number("_pagedResultsOffset"); err != nil {
		return s, err
	}
	if policy := r.param("_totalPagedResultsPolicy"); policy != "" && !slices.Contains([]string{"NONE", "ESTIMATE", "EXACT"}, strings.ToUpper(policy)) {
		return s, badRequest("The value '%s' for parameter '_totalPagedResultsPolicy' could not be parsed as a valid count policy", policy)
	}
	s.query = icf.QueryOf(r.place.String(), text, r.param("_sortKeys"))
	if cookie := r.param("_pagedResultsCookie"); cookie != "" {
		if s.offset > 0 {
			return s, badRequest("The parameters _pagedResultsOffset and _pagedResultsCookie are mutually exclusive")
		}
		if once, err := url.QueryUnescape(cookie); err == nil {
			cookie = once
		}
		if s.cookie, err = icf.ParseCookie(cookie, s.query); err != nil {
			return s, err
		}
	}
	s.cookie.Query = s.query
	return s, nil
}

func (r *request) number(name string) (int, error) {
	text := r.param(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, badRequest("The value '%s' for parameter '%s' could not be parsed as a valid integer", text, name)
	}
	return n, nil
}

// wantsGroups reports whether a query has to know who is in which group.
func (s *search) wantsGroups() bool {
	sorted := slices.ContainsFunc(s.sort, func(k icf.SortKey) bool { return k.Pointer[0] == icf.AttrGroups })
	return sorted || s.filter.Uses(icf.AttrGroups) || !s.onlyIDs && icf.Wants(s.fields, icf.AttrGroups)
}

// found is an object of a listing, with where to go on after it.
type found struct {
	object icf.Object
	next   icf.Cookie
}

func (d *Door) query(r *request) (*answer, error) {
	s, err := r.searchOf()
	if err != nil {
		return nil, err
	}
	ctx := r.Context()
	next, stop := iter.Pull2(r.results(ctx, &s))
	first, err, more := next()
	if err != nil {
		stop()
		return nil, err
	}
	e := &envelope{search: &s, next: next, stop: stop, first: first, more: more, log: d.Log}
	return &answer{stream: e.writer(r)}, nil
}

// results yields what matches, from the cookie or offset on.
func (r *request) results(ctx context.Context, s *search) iter.Seq2[found, error] {
	all := r.matching(ctx, s)
	if s.sort != nil {
		all = sorted(all, s)
	}
	skip := s.offset
	if s.sort != nil {
		skip += s.cookie.Skip
	}
	return func(yield func(found, error) bool) {
		for f, err := range all {
			if err == nil && skip > 0 {
				skip--
				continue
			}
			if !yield(f, err) {
				return
			}
		}
	}
}

// sorted reads everything before it yields anything: there is no other way.
func sorted(all iter.Seq2[found, error], s *search) iter.Seq2[found, error] {
	return func(yield func(found, error) bool) {
		var list []icf.Object
		for f, err := range all {
			if err != nil {
				yield(f, err)
				return
			}
			list = append(list, f.object)
		}
		icf.Sort(list, s.sort)
		for i, o := range list {
			if !yield(found{o, icf.Cookie{Skip: i + 1, Query: s.query}}, nil) {
				return
			}
		}
	}
}

// matching yields what matches: found by one lookup where the filter names one
// object, otherwise out of the listing.
func (r *request) matching(ctx context.Context, s *search) iter.Seq2[found, error] {
	if attribute, value, ok := s.filter.Key(); ok && s.cookie.Page == "" {
		if objects, one, err := r.lookup(ctx, s, attribute, value); one {
			return some(objects, err, s)
		}
	}
	if s.filter.Op == icf.OpFalse {
		return some(nil, nil, s)
	}
	return func(yield func(found, error) bool) {
		for _, l := range r.listings(s) {
			for f, err := range l(ctx) {
				if err != nil {
					yield(f, err)
					return
				}
				if s.filter.Matches(f.object) && !yield(f, nil) {
					return
				}
			}
		}
	}
}

// some yields objects that are known already.
func some(objects []icf.Object, err error, s *search) iter.Seq2[found, error] {
	return func(yield func(found, error) bool) {
		if err != nil {
			yield(found{}, err)
			return
		}
		for i, o := range objects {
			before := s.sort == nil && i < s.cookie.Skip
			if !before && !yield(found{o, icf.Cookie{Skip: i + 1, Query: s.query}}, nil) {
				return
			}
		}
	}
}

// lookup finds the objects whose attribute has a value; one is false where the
// directory has to be listed after all.
func (r *request) lookup(ctx context.Context, s *search, attribute, value string) (objects []icf.Object, one bool, err error) {
	if value == "" {
		return nil, false, nil
	}
	for _, objectType := range []string{icf.Account, icf.Group} {
		if r.objectType != objectType && r.objectType != icf.All {
			continue
		}
		o, err := r.findOne(ctx, s, objectType, attribute, value)
		switch {
		case fault.Is(err, fault.NotFound):
			continue
		case fault.Is(err, fault.Conflict), fault.Is(err, fault.Invalid), fault.Is(err, fault.Unsupported):
			return nil, false, nil // several, or not to be asked so: the listing tells
		case err != nil:
			return nil, true, err
		}
		if s.filter.Matches(o) {
			objects = append(objects, o)
		}
	}
	return objects, true, nil
}

func (r *request) findOne(ctx context.Context, s *search, objectType, attribute, value string) (icf.Object, error) {
	d := r.connector.Desk.Directory()
	none := fault.Text(fault.NotFound, "find", objectType, "there is none")
	if objectType == icf.Group {
		var g identity.Group
		var err error
		switch attribute {
		case icf.AttrID:
			if !identity.IsID(value) {
				return nil, none
			}
			g, err = d.Group(ctx, identity.ID(value))
		case icf.AttrName:
			g, err = d.FindGroup(ctx, directory.Key{Attribute: directory.KeyDisplayName, Value: value})
		case "externalIds":
			g, err = d.FindGroup(ctx, directory.Key{Attribute: directory.KeyExternalID, Value: value})
		default:
			return nil, none // groups have no such attribute
		}
		return r.connector.Style.Group(&g), err
	}
	var u identity.User
	var err error
	switch attribute {
	case icf.AttrID:
		if !identity.IsID(value) {
			return nil, none
		}
		u, err = d.User(ctx, identity.ID(value))
	default:
		key := map[string]string{icf.AttrName: directory.KeyUserName, "emails": directory.KeyEmail, "externalIds": directory.KeyExternalID}[attribute]
		u, err = d.FindUser(ctx, directory.Key{Attribute: key, Value: value})
	}
	if err != nil {
		return nil, err
	}
	if !s.wantsGroups() {
		return r.connector.Style.Account(&u, nil), nil
	}
	o, err := r.account(ctx, u)
	if err != nil {
		return nil, err
	}
	return o.sent, nil
}
