package identity

import "slices"

// LastOfEach leaves one edit of each attribute, the last, in the order in which
// the attributes are first named: services refuse several of one, and however
// often a request sets one, all of it is few enough to be one write.
func LastOfEach(edits []Edit) []Edit {
	var out []Edit
	for _, e := range edits {
		at := slices.IndexFunc(out, func(o Edit) bool { return o.Path == e.Path })
		if at < 0 {
			out = append(out, e)
		} else {
			out[at] = e
		}
	}
	return out
}
