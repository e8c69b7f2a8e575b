package caller

import "rollcall/openapi"

// The ways in which operators say who they are, as doors name them in their
// descriptions.
const (
	SchemeToken    = "operatorToken"
	SchemePassword = "operatorPassword"
)

// OperatorSchemes describes those ways; [OfRequest] takes both.
func OperatorSchemes() map[string]openapi.Scheme {
	return map[string]openapi.Scheme{
		SchemeToken:    {Type: "http", Scheme: "bearer", Says: "An operator's token: rollcall operator token"},
		SchemePassword: {Type: "http", Scheme: "basic", Says: "An operator's name and password: rollcall operator create"},
	}
}

// ByOperator is who may come in where [OfRequest] is asked; nobody in
// particular without a role.
func (r *Route) ByOperator() [][]string {
	if r.Role == "" {
		return nil
	}
	return [][]string{{SchemeToken}, {SchemePassword}}
}
