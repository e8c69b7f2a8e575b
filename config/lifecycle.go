package config

import "rollcall/lifecycle"

// Lifecycle says how single people come and leave.
type Lifecycle struct {
	TimeZone string   `yaml:"time_zone" doc:"The time zone of first and last days, by its IANA name, such as Europe/Berlin. Left out: UTC."`
	Grace    Duration `yaml:"grace" doc:"How long somebody who is put out by rollcall leaver with mode delete is kept, disabled and without access, before they are deleted, such as 30d. Left out: not at all."`

	DenySessions      bool    `yaml:"deny_sessions" doc:"Whether whoever is put out by rollcall leaver is denied everything by the inline policies of the permission sets they reach, until no role session of theirs can live."`
	PoliciesElsewhere Strings `yaml:"policies_elsewhere" doc:"The permission sets, by name or ARN, whose policies are managed elsewhere and are not changed for that: what to deny is printed instead. * is all."`
}

func (d *decoder) checkLifecycle(l Lifecycle) {
	if _, err := lifecycle.Zone(l.TimeZone); err != nil {
		d.complainAt(path{"lifecycle", "time_zone"}, "no time zone has this name; want one such as Europe/Berlin")
	}
}

// LengthOf reads a length of time as the file has it: 720h, or 30d. It fails
// with an error that says how it is written.
func LengthOf(text string) (Duration, error) {
	var d Duration
	err := d.setText(text)
	return d, err
}
