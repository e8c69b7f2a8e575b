package cloudtrail

import (
	"strings"
	"time"
)

// Envelope is a record as EventBridge delivers it (aws-contract 9.2).
type Envelope struct {
	Version    string    `json:"version"`
	ID         string    `json:"id"`
	DetailType string    `json:"detail-type"`
	Source     string    `json:"source"`
	Account    string    `json:"account"`
	Time       time.Time `json:"time"`
	Region     string    `json:"region"`
	Resources  []string  `json:"resources"` // always empty, as for every event that comes by CloudTrail
	Detail     Record    `json:"detail"`
}

// DetailType is that of every event that comes by CloudTrail.
const DetailType = "AWS API Call via CloudTrail"

// EventBridge puts a record into EventBridge's envelope. What SCIM's source is
// called there is not documented; like the others it is called after the event
// source.
func EventBridge(r Record) Envelope {
	return Envelope{
		Version: "0", ID: r.EventID, DetailType: DetailType, Source: "aws." + strings.TrimSuffix(r.EventSource, ".amazonaws.com"),
		Account: r.RecipientAccountID, Time: r.EventTime, Region: r.AWSRegion, Resources: []string{}, Detail: r,
	}
}
