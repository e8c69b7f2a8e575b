package main

import (
	"maps"
	"testing"
)

// A client of identity management systems that others made lists, reads,
// creates, updates and deletes through the connector.
func TestFrodoWorksThroughTheConnector(t *testing.T) {
	t.Parallel()
	node := installed(t, "node", "--eval", `require("@rockcarver/frodo-lib")`)
	c := openicf(t, "")
	s := &stand{env: maps.Clone(c.behind.env)}
	delete(s.env, "PWD") // that is the shell's
	s.env["OPERATOR_TOKEN"] = c.token
	s.run(t, node, "--test", "clients/js/frodo.js")
}
