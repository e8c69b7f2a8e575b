package config

import (
	"time"

	"rollcall/work"
)

// Watch says that a sync is run whenever its source says that something has
// changed. In the file, the interval of full alone will do.
type Watch struct {
	Full Duration `yaml:"full" doc:"How often everything is read again though the source is followed, 1m to 30d, such as 6h. That must find nothing to do; what it finds is logged and counted."`
}

const (
	minFull = time.Minute
	maxFull = 30 * 24 * time.Hour
)

func (w *Watch) setText(text string) error { return w.Full.setText(text) }

// IsZero reports whether nothing is watched.
func (w Watch) IsZero() bool { return w == Watch{} }

// Build returns what the service watches by; nil if it does not.
func (w Watch) Build() *work.Watch {
	if w.IsZero() {
		return nil
	}
	return &work.Watch{Full: time.Duration(w.Full)}
}

func (d *decoder) checkWatch(c *Config, at path, s Sync) {
	if s.Watch.IsZero() {
		return
	}
	if source, known := c.Sources[s.Source]; known && source.Kind != KindLDAP {
		d.complainAt(at, "only a source of kind ldap tells what changes; give the sync a schedule")
		return
	}
	if full := time.Duration(s.Watch.Full); full < minFull || full > maxFull {
		if _, written := d.spots[at.with("full").key()]; written {
			at = at.with("full")
		}
		d.complainAt(at, "full is 1m to 30d, such as 6h")
	}
}
