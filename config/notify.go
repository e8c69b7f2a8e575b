package config

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"rollcall/webhook"
)

// Receiver is somebody who is told when something needs a person.
type Receiver struct {
	Kind   string  `yaml:"kind" kind:"webhook,slack,teams" doc:"What it takes: webhook is JSON with a signature, slack and teams are what these show."`
	URL    Secret  `yaml:"url" doc:"A reference to the URL, which is a secret where it lets people in: env:SLACK_URL, file:/run/secrets/url."`
	Secret Secret  `yaml:"secret" of:"webhook" doc:"A reference to the secret that signs: whsec_ and base64, or any text of 16 bytes or more."`
	About  Strings `yaml:"about" each:"run_failed,brake_tripped,approval_needed,sync_stale,token_expiring,drift" doc:"What it is told of. Left out: everything."`
}

func (d *decoder) checkReceivers(c *Config) {
	checkNames(d, "notify", c.Notify)
	for _, n := range slices.Sorted(maps.Keys(c.Notify)) {
		r, at := c.Notify[n], path{"notify", n}
		if r.Kind == "" {
			if _, written := d.spots[at.with("kind").key()]; !written {
				d.complainKey(at, "kind is missing: webhook, slack or teams")
			}
			continue
		}
		if d.lacks(at.with("url"), r.URL) {
			d.complainAt(at.with("url"), "url is missing: a reference to it, such as env:WEBHOOK_URL")
		}
		switch signed := r.Kind == string(webhook.Signed); {
		case signed && d.lacks(at.with("secret"), r.Secret):
			d.complainAt(at.with("secret"), "secret is missing: a reference to what signs, such as env:WEBHOOK_SECRET")
		case !signed && !r.Secret.IsZero():
			d.complainKey(at.with("secret"), r.Kind+" takes no signature; its URL is the secret")
		}
		for key, s := range map[string]Secret{"url": r.URL, "secret": r.Secret} {
			if _, _, _, inAWS := s.AWS(); inAWS {
				d.complainAt(at.with(key), "a secret of AWS cannot be used here; write env:NAME or file:/PATH")
			}
		}
	}
}

// Date is a day, as 2027-03-31; the zero value is none. It ends at midnight
// UTC.
type Date struct{ time.Time }

func (d *Date) setText(text string) error {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return fmt.Errorf("not a date; write it as 2027-03-31")
	}
	*d = Date{day}
	return nil
}
