package sigv4

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// The parameters of a signature that is in the query: of a URL that was signed
// beforehand.
const (
	queryAlgorithm  = "X-Amz-Algorithm"
	queryCredential = "X-Amz-Credential"
	queryDate       = HeaderDate
	queryExpires    = "X-Amz-Expires"
	querySigned     = "X-Amz-SignedHeaders"
	querySignature  = "X-Amz-Signature"
	queryToken      = HeaderToken
)

// MaxLife is how long a signature in the query holds, if it does not say less:
// as long as STS lets one.
const MaxLife = 15 * time.Minute

// longestExpiry is the most that such a signature may say, a week, though it
// holds no longer than [MaxLife].
const longestExpiry = 7 * 24 * 60 * 60

// inQuery reports whether a request has a signature in its query, or wants to.
func inQuery(query url.Values) bool { return query.Has(queryAlgorithm) || query.Has(querySignature) }

// readQuery finds the signature in the query.
func readQuery(r *http.Request, query url.Values) (*Claim, error) {
	if r.Header.Get(HeaderAuthorization) != "" {
		return nil, Refuse(CodeInvalid, "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.")
	}
	if err := onceEach(query); err != nil {
		return nil, err
	}
	if query.Get(queryAlgorithm) != Algorithm {
		return nil, Refuse(CodeIncomplete, "AWS query-string parameter 'X-Amz-Algorithm' must be '"+Algorithm+"'.")
	}
	a, err := authorization(query.Get(queryCredential), query.Get(querySigned), query.Get(querySignature))
	if err != nil {
		return nil, err
	}
	c := &Claim{Authorization: a, SessionToken: query.Get(queryToken), request: r, date: query.Get(queryDate), life: MaxLife}
	if query.Has(queryExpires) {
		seconds, err := strconv.Atoi(query.Get(queryExpires))
		if err != nil || seconds < 1 || seconds > longestExpiry {
			return nil, Refuse(CodeIncomplete, "X-Amz-Expires must be a number of seconds, a week's at most.")
		}
		c.life = min(c.life, time.Duration(seconds)*time.Second)
	}
	return c, c.dated("AWS query-string parameter 'X-Amz-Date' must have the form " + timeFormat)
}

// onceEach refuses a query that lacks a part of the signature, saying all it
// lacks, or has one twice.
func onceEach(query url.Values) error {
	var problems []string
	for _, name := range []string{queryAlgorithm, queryCredential, querySignature, querySigned, queryDate} {
		if query.Get(name) == "" {
			problems = append(problems, "AWS query-string parameters must include '"+name+"'.")
		}
	}
	for name, values := range query {
		if strings.HasPrefix(name, "X-Amz-") && len(values) > 1 {
			problems = append(problems, "AWS query-string parameters must be there once each.")
			break
		}
	}
	if problems == nil {
		return nil
	}
	return Refuse(CodeIncomplete, strings.Join(problems, " ")+" Re-examine the query-string parameters.")
}
