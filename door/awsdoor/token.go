package awsdoor

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"slices"

	"rollcall/directory"
	"rollcall/emulate"
	"rollcall/fault"
)

// cut makes a page of all the items of a listing that no driver pages: those
// behind the token, by their keys, so that it is stable whatever is written
// meanwhile. Scope is what the token is good for.
func cut[T any](ctx context.Context, s *Server, scope string, all []T, key func(T) string, page directory.PageRequest) (found directory.Page[T], err error) {
	after, err := s.openToken(scope, page.Token)
	if err != nil {
		return found, err
	}
	all = slices.DeleteFunc(slices.Clone(all), func(item T) bool { return page.Token != "" && place(key(item)) <= after })
	slices.SortFunc(all, func(a, b T) int { return cmp.Compare(place(key(a)), place(key(b))) })
	if limit := emulate.PageLimit(ctx, page.Limit); len(all) > limit {
		all = all[:limit]
		found.Next = s.sealToken(scope, place(key(all[limit-1])))
	}
	found.Items = all
	return found, nil
}

// longestPlace keeps tokens below the 2048 characters that sso-admin takes.
const longestPlace = 1024

// place is where an item with that key is in a listing: the key, of which a
// long one is cut and told apart by its digest.
func place(key string) string {
	if len(key) <= longestPlace {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return key[:longestPlace] + string(sum[:])
}

// sealToken makes the place of a page's last item into the token of the next.
func (s *Server) sealToken(scope, last string) string {
	return base64.RawURLEncoding.EncodeToString(append(s.tokenMAC(scope, last), last...))
}

func (s *Server) openToken(scope, token string) (last string, err error) {
	if token == "" {
		return "", nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err == nil && len(raw) > sha256.Size {
		if last := string(raw[sha256.Size:]); hmac.Equal(raw[:sha256.Size], s.tokenMAC(scope, last)) {
			return last, nil
		}
	}
	return "", badToken(fault.Text(fault.Invalid, "list", "page token", "it is not one that this listing has given out"))
}

func (s *Server) tokenMAC(scope, last string) []byte {
	h := hmac.New(sha256.New, s.PageSecret)
	h.Write([]byte(scope + " " + last))
	return h.Sum(nil)
}
