package cli

import (
	"os/exec"
	"testing"

	"rollcall/emulate"
)

func TestQuotasAreAWSsOrNone(t *testing.T) {
	for quotas, want := range map[string]int{"none": 0, "aws": len(emulate.AWS().Rates)} {
		got, err := serve{quotas: quotas}.emulated()
		if err != nil || len(got.Rates) != want {
			t.Errorf("%s: %d rates, %v; want %d", quotas, len(got.Rates), err, want)
		}
	}
}

func TestAShellReadsWhatIsQuoted(t *testing.T) {
	for _, text := range []string{"", "plain", "it's", "a b", "$HOME `id` \\ \"", "''", "two\nlines"} {
		got, err := exec.CommandContext(t.Context(), "sh", "-c", "printf %s "+quoted(text)).Output()
		if err != nil || string(got) != text {
			t.Errorf("%q became %q, %v", text, got, err)
		}
	}
}
