package identity

import "testing"

func TestTextsAreReachedByPathAndListsAreNot(t *testing.T) {
	for _, path := range UserPaths() {
		at, ok := UserText(path)
		switch path {
		case "emails", "addresses", "phoneNumbers", "photos", "roles", PathActive, PathExternalIDs:
			if ok {
				t.Errorf("%s is no text", path)
			}
			continue
		}
		if !ok {
			t.Errorf("%s cannot be reached", path)
			continue
		}
		var u User
		*at(&u) = "x"
		if v, err := UserValue(&u, path); err != nil || string(v) != `"x"` {
			t.Errorf("%s holds %s, %v", path, v, err)
		}
	}
	for path, want := range map[string]bool{"displayName": true, "description": true, PathExternalIDs: false, "title": false} {
		if _, ok := GroupText(path); ok != want {
			t.Errorf("group's %s: %v", path, ok)
		}
	}
}
