package spelling

import (
	"testing"

	"pgregory.net/rapid"
)

func TestTheWordMeantIsFound(t *testing.T) {
	known := []string{"userName", "displayName", "emails", "title", "kind"}
	for word, want := range map[string]string{
		"username":    "userName",
		"dispalyName": "displayName",
		"email":       "emails",
		"titel":       "title",
		"knd":         "kind",
		"kidn":        "kind",
		"shoe":        "",
		"":            "",
		"zz":          "",
	} {
		if got := Nearest(word, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestAHintIsTheEndOfASentenceOrNothing(t *testing.T) {
	if got := Hint("titel", []string{"title"}); got != `; did you mean "title"?` {
		t.Errorf("got %q", got)
	}
	if got := Hint("zzzz", []string{"title"}); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestDistanceIsSymmetricAndZeroOnlyForEquals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringOfN(rapid.RuneFrom([]rune("abcé")), 0, 6, -1)
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		there, back := distance(a, b), distance(b, a)
		if there != back {
			t.Fatalf("%d there, %d back", there, back)
		}
		if (there == 0) != (a == b) {
			t.Fatalf("distance %d", there)
		}
	})
}
