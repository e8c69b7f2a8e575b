package caller

// Route is one request that a door answers. Doors list theirs from the tables
// by which they answer, for whoever tries every one of them.
type Route struct {
	Method string
	Path   string            // what a client has to fill in stays in braces
	Header map[string]string // without credentials
	Body   string
	Role   Role   // the least that an operator must be; empty where operators are not who comes in
	Signed string // the service that a signature must be for, by AWS's name; empty where none is wanted
	Writes bool   // a read-only access key may not; of signed requests alone
}
