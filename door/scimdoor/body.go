package scimdoor

import (
	"io"
	"mime"
	"net/http"

	"rollcall/fault"
)

// body reads what a request carries. Both content types that SCIM clients send
// are taken, and none at all.
func (r request) body() ([]byte, error) {
	if given := r.Header.Get("Content-Type"); given != "" {
		kind, _, err := mime.ParseMediaType(given)
		if err != nil || (kind != "application/scim+json" && kind != "application/json") {
			return nil, fault.Text(fault.Invalid, "read request", "", "Content-Type must be application/scim+json or application/json")
		}
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		// Whatever cut it short, this request cannot succeed as it stands.
		return nil, fault.New(fault.Invalid, "read request", "", err)
	}
	return raw, nil
}

func ok(body any) answer { return answer{http.StatusOK, body} }

func created(body any) answer { return answer{http.StatusCreated, body} }

func noContent() answer { return answer{http.StatusNoContent, nil} }
