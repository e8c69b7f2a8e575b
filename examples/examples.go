// Package examples carries the sample company inside the program, so that a
// newcomer has people and groups to work on before owning a directory.
// It only holds files; reading them is the business of a source.
package examples

import (
	"embed"
	"io/fs"
)

//go:generate go run company/generate.go company/cast.go company

// The files of the sample company, by their names in [Company].
const (
	Day1   = "day1.ldif"     // the whole company, 250 people and 40 groups
	Day2   = "day2.ldif"     // the whole company a day later: joiners, movers, leavers, a renamed group
	Config = "rollcall.yaml" // the sync that brings the company in line
	ReadMe = "README.md"     // what is in the two, person by person where they differ
)

//go:embed company/day1.ldif company/day2.ldif company/rollcall.yaml company/README.md
var files embed.FS

// Company returns the sample company: [Day1] and [Day2], each one
// complete export of base dc=example,dc=com, with [Config] and [ReadMe], flat. It suits [os.CopyFS].
func Company() fs.FS {
	company, err := fs.Sub(files, "company")
	if err != nil {
		panic(err) // only for a malformed name, and ours is a constant
	}
	return company
}
