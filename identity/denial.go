package identity

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"rollcall/fault"
)

// A denial is a statement in a policy that forbids one person everything, by
// the id of their user: also what a role session may do that was issued before.
// Each person has a statement of their own, known by its Sid, so that it can be
// taken out again beside those of others.

// denial is the statement that forbids a user everything.
type denial struct {
	Sid       string                       `json:"Sid"`
	Effect    string                       `json:"Effect"`
	Action    string                       `json:"Action"`
	Resource  string                       `json:"Resource"`
	Condition map[string]map[string]string `json:"Condition"`
}

func denialOf(user ID) denial {
	return denial{
		Sid: denialSid(user), Effect: "Deny", Action: "*", Resource: "*",
		Condition: map[string]map[string]string{"StringEquals": {"identitystore:userId": string(user)}},
	}
}

// denialSid names a person's statement; a Sid has letters and digits only.
func denialSid(user ID) string {
	return "RollcallDeny" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, string(user))
}

const policyVersion = "2012-10-17"

// DenialPolicy is a policy of its own that forbids a user everything: for a
// service control policy, where a permission set is not to be changed.
func DenialPolicy(user ID) string {
	document, _ := DenyUser("", user) // an empty document is always one
	return document
}

// DenyUser returns a policy document with the statement that forbids a user
// everything, and otherwise as it is: the statements of others keep every byte.
// An empty document is none yet. It fails with fault.Invalid for a text that is
// no policy document.
func DenyUser(document string, user ID) (string, error) {
	d, err := readPolicy(document)
	if err != nil {
		return "", err
	}
	ours, err := json.Marshal(denialOf(user))
	if err != nil {
		return "", fault.New(fault.Internal, "deny user", "", err)
	}
	d.statements = append(d.without(user), ours)
	return d.text(), nil
}

// AllowUser returns a policy document without the statement of [DenyUser]; it
// is empty if nothing else was in it. It fails as DenyUser does.
func AllowUser(document string, user ID) (string, error) {
	d, err := readPolicy(document)
	if err != nil {
		return "", err
	}
	if d.statements = d.without(user); len(d.statements) == 0 {
		return "", nil
	}
	return d.text(), nil
}

// DeniesUser reports whether a policy document has the statement of [DenyUser],
// all of it. A text that is no policy denies nobody.
func DeniesUser(document string, user ID) bool {
	d, err := readPolicy(document)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(d.statements, func(raw json.RawMessage) bool {
		var s denial
		return isDenial(raw, user) && json.Unmarshal(raw, &s) == nil && reflect.DeepEqual(s, denialOf(user))
	})
}

// HasDenial reports whether a document has a statement of the name that
// [DenyUser] gives it, also one that somebody has changed.
func HasDenial(document string, user ID) bool {
	d, err := readPolicy(document)
	return err == nil && slices.ContainsFunc(d.statements, func(raw json.RawMessage) bool { return isDenial(raw, user) })
}

func isDenial(raw json.RawMessage, user ID) bool {
	var s struct{ Sid string }
	return json.Unmarshal(raw, &s) == nil && s.Sid == denialSid(user)
}

// policyDocument is a policy whose parts keep their order and their bytes.
type policyDocument struct {
	keys       []string
	values     map[string]json.RawMessage
	statements []json.RawMessage
}

func readPolicy(document string) (*policyDocument, error) {
	d := &policyDocument{values: map[string]json.RawMessage{}}
	if document == "" {
		version, _ := json.Marshal(policyVersion) //nolint:errchkjson // a text is always JSON
		d.keys, d.values["Version"] = []string{"Version", "Statement"}, version
		return d, nil
	}
	in := json.NewDecoder(strings.NewReader(document))
	if start, err := in.Token(); err != nil || start != json.Delim('{') {
		return nil, noPolicy("want a JSON object")
	}
	for in.More() {
		key, err := in.Token()
		name, isText := key.(string)
		var value json.RawMessage
		if err != nil || !isText || in.Decode(&value) != nil {
			return nil, noPolicy("it is no JSON")
		}
		if _, twice := d.values[name]; twice {
			return nil, noPolicy("a part of it is there twice")
		}
		d.keys, d.values[name] = append(d.keys, name), value
	}
	if end, err := in.Token(); err != nil || end != json.Delim('}') || in.More() {
		return nil, noPolicy("it is no JSON")
	}
	statement := bytes.TrimSpace(d.values["Statement"])
	switch {
	case len(statement) == 0:
		d.keys = append(d.keys, "Statement")
	case statement[0] == '{':
		d.statements = []json.RawMessage{statement}
	case json.Unmarshal(statement, &d.statements) != nil:
		return nil, noPolicy("its Statement is neither one nor a list")
	}
	return d, nil
}

func noPolicy(why string) error { return fault.Text(fault.Invalid, "read policy", "", why) }

// without are the statements that are not a user's denial.
func (d *policyDocument) without(user ID) []json.RawMessage {
	return slices.DeleteFunc(slices.Clone(d.statements), func(raw json.RawMessage) bool { return isDenial(raw, user) })
}

func (d *policyDocument) text() string {
	var b bytes.Buffer
	for i, key := range d.keys {
		b.WriteByte("{,"[min(i, 1)])
		name, _ := json.Marshal(key) //nolint:errchkjson // a text is always JSON
		b.Write(name)
		b.WriteByte(':')
		if key != "Statement" {
			b.Write(d.values[key])
			continue
		}
		b.WriteByte('[')
		b.Write(bytes.Join(asBytes(d.statements), []byte(",")))
		b.WriteByte(']')
	}
	b.WriteByte('}')
	return b.String()
}

func asBytes(all []json.RawMessage) [][]byte {
	list := make([][]byte, len(all))
	for i, one := range all {
		list[i] = one
	}
	return list
}
