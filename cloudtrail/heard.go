package cloudtrail

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"rollcall/fault"
	"rollcall/identity"
)

// Heard is an event that AWS tells of, as far as it says where to look. It is a
// reason to look and never a fact: values are hidden in it (aws-contract 9.1),
// and it comes late, twice, in any order or not at all.
type Heard struct {
	ID      string // of the event; the same when it comes again
	Source  string // the service, one of [SourceIdentityStore], [SourceDirectory], [SourceSCIM] and others
	Name    string // "UpdateUser"
	At      time.Time
	Store   identity.StoreID // empty where the event does not say
	ARN     string           // of who did it; empty for SCIM
	By      string           // who did it, without the name of a person: "role Admin of 111122223333"
	Objects []Object         // that it is about; of a membership the group. Empty where it names none
	Wrote   bool             // it is about people or groups, was no read, and was not refused
}

// Object is a user or a group.
type Object struct {
	Kind identity.Kind
	ID   identity.ID
}

// heardRecord is what is looked at of a record of CloudTrail.
type heardRecord struct {
	EventID           string          `json:"eventID"`
	EventSource       string          `json:"eventSource"`
	EventName         string          `json:"eventName"`
	EventTime         time.Time       `json:"eventTime"`
	ErrorCode         string          `json:"errorCode"`
	ReadOnly          bool            `json:"readOnly"`
	UserIdentity      UserIdentity    `json:"userIdentity"`
	RequestParameters json.RawMessage `json:"requestParameters"`
	ResponseElements  json.RawMessage `json:"responseElements"`
}

// Hear reads an event as EventBridge delivers it (aws-contract 9.2). It is
// lenient with what it does not look at: AWS adds members. It fails with
// fault.Invalid for what is no such event; the error holds nothing of the text.
func Hear(text []byte) (Heard, error) {
	refuse := func(why string) (Heard, error) {
		return Heard{}, fault.Text(fault.Invalid, "read event", "", why)
	}
	var envelope struct {
		DetailType string      `json:"detail-type"`
		Detail     heardRecord `json:"detail"`
	}
	if json.Unmarshal(text, &envelope) != nil {
		return refuse("it is not the JSON of an event of EventBridge")
	}
	r := envelope.Detail
	switch {
	case envelope.DetailType != DetailType:
		return refuse(`its detail-type is not "` + DetailType + `"`)
	case r.EventID == "" || r.EventSource == "" || r.EventName == "":
		return refuse("its detail lacks eventID, eventSource or eventName")
	}
	h := Heard{ID: r.EventID, Source: r.EventSource, Name: r.EventName, At: r.EventTime, ARN: r.UserIdentity.ARN, By: r.UserIdentity.words()}
	h.Wrote = !r.ReadOnly && r.ErrorCode == "" && slices.Contains([]string{SourceIdentityStore, SourceDirectory, SourceSCIM}, h.Source) && !reads.MatchString(h.Name)
	for _, part := range []json.RawMessage{r.RequestParameters, r.ResponseElements} {
		h.look(part)
	}
	h.settle()
	return h, nil
}

// reads are the verbs of what changes nothing, for events without readOnly.
var reads = regexp.MustCompile(`^(Get|List|Describe|Search|IsMember|ServiceProviderConfig)`)

// look finds the ids in a request's parameters, or in its answer.
func (h *Heard) look(part json.RawMessage) {
	var in map[string]json.RawMessage
	if json.Unmarshal(part, &in) != nil {
		return
	}
	text := func(name string) (s string) {
		_ = json.Unmarshal(in[name], &s) // what is no text is no id
		return s
	}
	if store, err := identity.ParseStoreID(lastPart(text("identityStoreId"))); err == nil {
		h.Store = store
	}
	h.add(identity.KindUser, text("userId"))
	h.add(identity.KindGroup, text("groupId"))
	if h.Source == SourceSCIM {
		h.add(h.scimKind(), text("id"))
	}
	for _, nested := range []string{"member", "memberId"} {
		if inner := bytes.TrimSpace(in[nested]); bytes.HasPrefix(inner, []byte("{")) {
			h.look(inner)
			continue
		}
		h.add(identity.KindUser, text(nested))
	}
}

func (h *Heard) scimKind() identity.Kind {
	if strings.HasSuffix(h.Name, "Group") {
		return identity.KindGroup
	}
	return identity.KindUser
}

func (h *Heard) add(kind identity.Kind, text string) {
	id, err := identity.ParseID(kind, text)
	if one := (Object{kind, id}); err == nil && !slices.Contains(h.Objects, one) {
		h.Objects = append(h.Objects, one)
	}
}

// settle leaves the group of a membership alone: the user is as before.
func (h *Heard) settle() {
	isGroup := func(o Object) bool { return o.Kind == identity.KindGroup }
	if slices.ContainsFunc(h.Objects, isGroup) {
		h.Objects = slices.DeleteFunc(h.Objects, func(o Object) bool { return !isGroup(o) })
	}
}

// lastPart is the id at the end of an ARN, or the text as it is.
func lastPart(text string) string { return text[strings.LastIndexByte(text, '/')+1:] }

// words say who it was without naming a person: sessions are called after
// people, roles are not.
func (u UserIdentity) words() string {
	account := ""
	if u.AccountID != "" {
		account = " of " + u.AccountID
	}
	switch {
	case u.SessionContext != nil && u.SessionContext.SessionIssuer.UserName != "":
		return "role " + u.SessionContext.SessionIssuer.UserName + account
	case u.Type == "WebIdentityUser" && u.AccessKeyID != "":
		return "SCIM token " + u.AccessKeyID + account
	case u.Type != "":
		return u.Type + account
	}
	return "nobody known"
}
