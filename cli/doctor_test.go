package cli

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rollcall/caller"
	"rollcall/config"
	"rollcall/directory"
	"rollcall/fault"
)

// levels are what a doctor found, a word each.
func levels(d *doctor) string {
	all := make([]string, len(d.found))
	for i, f := range d.found {
		all[i] = f.Level
	}
	return strings.Join(all, " ")
}

func TestTheWorstFindingIsHowItEnds(t *testing.T) {
	denied, wrong := fault.Text(fault.Denied, "a", "b", "c"), configError{fault.Text(fault.Invalid, "a", "b", "c")}
	for name, c := range map[string]struct {
		find func(*doctor)
		want int
	}{
		"nothing":                {func(*doctor) {}, exitDone},
		"all well":               {func(d *doctor) { d.ok("x", "", "") }, exitDone},
		"a warning":              {func(d *doctor) { d.warn("x", "", ""); d.ok("x", "", "") }, exitPartial},
		"an error, then warning": {func(d *doctor) { d.fail("x", "", fault.Text(fault.Unavailable, "a", "b", "c")); d.warn("x", "", "") }, exitError},
		"two errors":             {func(d *doctor) { d.fail("x", "", denied); d.fail("x", "", wrong) }, exitDenied},
		"configuration":          {func(d *doctor) { d.warn("x", "", ""); d.fail("x", "", wrong) }, exitUsage},
	} {
		d := &doctor{now: time.Now}
		c.find(d)
		if got := d.worst(); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestAClockThatIsOffIsSeenBeforeAWSRefusesIt(t *testing.T) {
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	for off, want := range map[time.Duration]string{
		0: levelOK, skewNoticed - time.Second: levelOK, skewNoticed: levelWarning, -skewNoticed: levelWarning,
		skewAllowed - time.Second: levelWarning, skewAllowed: levelError, -skewAllowed: levelError,
	} {
		d := &doctor{now: func() time.Time { return at }}
		d.checkClock("aws", at.Add(off).Format(http.TimeFormat))
		if levels(d) != want {
			t.Errorf("%s off: %s, want %s", off, levels(d), want)
		}
	}
	d := &doctor{now: time.Now}
	if d.checkClock("aws", ""); levels(d) != levelWarning {
		t.Errorf("no date: %s", levels(d))
	}
}

func TestWhoElseMayUseTheKeyIsSeen(t *testing.T) {
	for mode, want := range map[os.FileMode]string{0o600: levelOK, 0o640: levelWarning, 0o604: levelWarning} {
		folder := filepath.Join(t.TempDir(), "state")
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "key"), nil, mode); err != nil {
			t.Fatal(err)
		}
		d := &doctor{app: &app{state: folder}, now: time.Now}
		if d.checkFolder(); levels(d) != levelOK+" "+want {
			t.Errorf("%o: %s", mode, levels(d))
		}
	}
}

func TestTheWayIsCheckedStepByStep(t *testing.T) {
	s := there(t)
	secure, ca := overTLS(t, pass(t, s.URL))
	trusted := "network: {ca: '" + ca + "'}\n"
	for name, c := range map[string]struct{ url, keys, want string }{
		"no encryption, this machine": {s.URL, "", "ok ok ok"},
		"a certificate that is known": {secure, trusted, "ok ok ok"},
		"one that is not":             {secure, "", "ok error"},
		"a name that nobody has":      {"https://nobody.invalid", "", "error"},
		"a proxy that is not there":   {s.URL, "network: {proxy: 'http://127.0.0.1:1'}\n", "ok error"},
	} {
		t.Run(name, func(t *testing.T) {
			f := away(t, reach(c.url)+c.keys)
			cloud, err := f.cloud(t.Context(), "aws", f.config.Directories["aws"])
			if err != nil {
				t.Fatal(err)
			}
			d := &doctor{app: f.app, house: f.house, now: time.Now}
			if d.checkWay(t.Context(), "aws", cloud, c.url); levels(d) != c.want {
				t.Errorf("%s, want %s: %+v", levels(d), c.want, d.found)
			}
		})
	}
}

func TestACertificateThatEndsSoonIsAWarning(t *testing.T) {
	s := there(t)
	secure, ca := overTLS(t, pass(t, s.URL))
	f := away(t, reach(secure)+"network: {ca: '"+ca+"'}\n")
	cloud, err := f.cloud(t.Context(), "aws", f.config.Directories["aws"])
	if err != nil {
		t.Fatal(err)
	}
	end := time.Date(2084, 1, 29, 16, 0, 0, 0, time.UTC) // of httptest's own certificate
	for before, want := range map[time.Duration]string{certNotice: levelOK, certNotice - time.Second: levelWarning} {
		d := &doctor{app: f.app, house: f.house, now: func() time.Time { return end.Add(-before) }}
		d.checkWay(t.Context(), "aws", cloud, secure)
		if got := d.found[1]; got.Check != "TLS" || got.Level != want {
			t.Errorf("%s before its end: %+v", before, got)
		}
	}
}

func TestTokensOfAnEmbeddedDirectoryAreWarnedAboutInTime(t *testing.T) {
	f := away(t, "store: d-1234567890\n") // for its house alone
	f.config.Directories["here"] = config.Default().Directories[config.LocalDirectory]
	opened, err := f.openDirectory(t.Context(), "here")
	if err != nil {
		t.Fatal(err)
	}
	store, err := opened.Store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	center, err := f.center(t.Context(), f.config.Directories["here"])
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := center.Tokens.Create(directory.WithActor(t.Context(), directory.Actor{Name: "test"}), store.ID, "test"); err != nil {
		t.Fatal(err)
	}
	tokens, err := center.Tokens.List(t.Context(), store.ID)
	if err != nil || len(tokens) != 1 {
		t.Fatal(tokens, err)
	}
	const day = 24 * time.Hour
	for left, want := range map[time.Duration]string{caller.NoticeDays * day: levelOK, caller.NoticeDays*day - 1: levelWarning, 0: levelWarning} {
		d := &doctor{app: f.app, house: f.house, now: func() time.Time { return tokens[0].ExpiresAt.Add(-left) }}
		if d.checkDirectory(t.Context(), "here"); levels(d) != "ok ok "+want {
			t.Errorf("%s left: %+v", left, d.found)
		}
	}
}

func TestATokenOfAWSIsWarnedAboutAsTheConfigurationSays(t *testing.T) {
	const day = 24 * time.Hour
	end := time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC)
	for left, want := range map[time.Duration]string{
		caller.NoticeDays * day: levelOK + " 90 days left", caller.NoticeDays*day - 1: levelWarning + " ends in 89 days, on 2027-03-31",
		20 * day: levelWarning + " ends in 20 days", 1: levelWarning + " ends in 0 days", 0: levelWarning + " it has ended on 2027-03-31",
	} {
		d := &doctor{now: func() time.Time { return end.Add(-left) }}
		d.tokenEnds("aws env:SCIM_TOKEN", end)
		level, says, _ := strings.Cut(want, " ")
		if levels(d) != level || !strings.Contains(d.found[0].Says, says) {
			t.Errorf("%s left: %+v, want %s", left, d.found, want)
		}
	}
	d := &doctor{now: time.Now}
	if d.tokenEnds("aws env:SCIM_TOKEN", time.Time{}); levels(d) != levelOK {
		t.Errorf("without a day: %+v", d.found)
	}
}
