package config

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"rollcall/governor"
	"rollcall/identity"
)

// AccessKey is a static key.
type AccessKey struct {
	ID           Secret `yaml:"id" doc:"The access key's id."`
	Secret       Secret `yaml:"secret" doc:"Its secret."`
	SessionToken Secret `yaml:"session_token" doc:"The session's token, for temporary credentials."`
}

// IsZero reports whether no key is said.
func (k AccessKey) IsZero() bool {
	return k.ID.IsZero() && k.Secret.IsZero() && k.SessionToken.IsZero()
}

// AssumeRole is the role that Rollcall works in.
type AssumeRole struct {
	Role        string   `yaml:"role" doc:"The role's ARN."`
	SessionName string   `yaml:"session_name" doc:"What CloudTrail calls the session, 2 to 64 characters. Left out: rollcall."`
	ExternalID  string   `yaml:"external_id" doc:"What the role's trust policy asks for, 2 to 1224 characters."`
	Duration    Duration `yaml:"duration" doc:"How long a session lasts, 15m to 1h; it is renewed before it ends. Left out: 1h."`
}

// SCIM is the endpoint that provisions the store.
type SCIM struct {
	URL       string `yaml:"url" doc:"The endpoint as the console shows it; /scim/v2 and a slash at the end may be left out, and with tenant also the rest of the path."`
	Tenant    string `yaml:"tenant" doc:"The tenant's id, where url does not have it."`
	Token     Secret `yaml:"token" doc:"The bearer token."`
	NextToken Secret `yaml:"next_token" doc:"Another token, used when the first is refused: so that one can be rotated while the other works."`

	TokenExpires Date `yaml:"token_expires" doc:"When the token ends, as the console says: 2027-03-31. Nobody else knows, so without it nobody is told."`
}

// IsZero reports whether no endpoint is said.
func (s SCIM) IsZero() bool {
	return s.URL == "" && s.Tenant == "" && s.Token.IsZero() && s.NextToken.IsZero()
}

// Network is how connections are made.
type Network struct {
	Proxy          string   `yaml:"proxy" doc:"An HTTP or HTTPS proxy, such as http://proxy.example.com:3128. Left out: what the environment says."`
	ProxyUser      string   `yaml:"proxy_user" doc:"The user at the proxy."`
	ProxyPassword  Secret   `yaml:"proxy_password" doc:"The user's password."`
	CA             string   `yaml:"ca" doc:"A file of certificates (PEM) that are trusted beside the system's. Relative to this configuration file."`
	ConnectTimeout Duration `yaml:"connect_timeout" doc:"How long a connection may take to be there. Left out: 10s."`
	RequestTimeout Duration `yaml:"request_timeout" doc:"How long an answer may take, from the first byte to the last. Left out: 30s."`
	Connections    int      `yaml:"connections" doc:"How many connections may be open at one time, 1 to 1000. Left out: 64."`
}

// Events is where AWS's events arrive.
type Events struct {
	Queue string `yaml:"queue" doc:"The URL of an SQS queue to which an EventBridge rule sends the directory's CloudTrail events, and that nobody else reads. Left out: changes by others are noticed by full runs alone."`
}

// Rates are how much of AWS's budget is used.
type Rates struct {
	Limit Rate `yaml:"limit" doc:"What AWS takes for each service from all callers together, where support has raised it. Left out: 20/sec."`
	Read  Rate `yaml:"read" doc:"The most reads of each service, such as 20/sec or 600/min. Left out: no limit of its own, beside that of all calls."`
	Write Rate `yaml:"write" doc:"The most writes of each service. Left out: no limit of its own, beside that of all calls."`
	Share int  `yaml:"share" doc:"How much of the budget is used, in per cent, 10 to 100; the rest is left to others. Left out: 85."`
}

// Rate is so many in a second or a minute.
type Rate struct{ governor.Rate }

func (r *Rate) setText(text string) (err error) {
	r.Rate, err = governor.ParseRate(text)
	return err
}

const (
	// KindAWS is a real Identity Center.
	KindAWS = "aws"
	// KindEmbedded is the embedded one.
	KindEmbedded = "embedded"

	// SCIMIssuer is the issuer of what SCIM calls externalId, where none is
	// configured.
	SCIMIssuer = "scim"

	apiUse, apiNone = "use", "none"

	usualShare       = 85 // per cent
	usualConnections = 64

	maxExternalID          = 1224 // characters of a trust policy's condition
	minSession, maxSession = 15 * time.Minute, time.Hour
)

// UsesAPI reports whether a directory of kind aws uses AWS's API beside SCIM.
func (d Directory) UsesAPI() bool { return d.API != apiNone }

// fillAWS puts in what was left out of a directory of kind aws.
func (d *Directory) fillAWS() {
	if d.API == "" {
		d.API = apiUse
	}
	if d.Issuer == "" {
		d.Issuer = SCIMIssuer
	}
	if d.Rate.Share == 0 {
		d.Rate.Share = usualShare
	}
	if d.Network.Connections == 0 {
		d.Network.Connections = usualConnections
	}
}

var (
	// So many repetitions take a while to read: they wait for their use.
	roleForm = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^arn:[a-z-]{3,20}:iam::\d{12}:role/[\w+=,.@/-]{1,512}$`)
	})
	sessionName = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)
	externalID  = regexp.MustCompile(`^[\w+=,.@:/-]{2,}$`)
)

func (d *decoder) checkAWS(at path, dir Directory) {
	if dir.Instance != "" && !identity.IsInstanceARN(dir.Instance) {
		d.complainAt(at.with("instance"), "not an instance's ARN, such as arn:aws:sso:::instance/ssoins-1234567890abcdef")
	}
	d.checkURL(at.with("endpoint_url"), dir.Endpoint, "http", "https")
	d.checkIssuer(at.with("issuer"), dir.Issuer)
	switch {
	case dir.API != apiNone:
	case dir.SCIM.IsZero():
		d.complainKey(at, "with api: none a directory is reached by SCIM alone, and scim is missing")
	case dir.Store == "":
		d.complainKey(at, "with api: none nobody can be asked for the store's id, and store is missing")
	}
	d.checkKeys(at, dir)
	d.checkRole(at.with("assume_role"), dir.AssumeRole)
	d.checkSCIM(at.with("scim"), dir.SCIM)
	d.checkNetwork(at.with("network"), dir.Network)
	d.checkURL(at.with("events", "queue"), dir.Events.Queue, "http", "https")
	d.within(at.with("network", "connections"), dir.Network.Connections, 1, 1000)
	d.within(at.with("rate", "share"), dir.Rate.Share, 10, 100)
}

// within refuses a number outside of its limits; 0 only where it is written.
func (d *decoder) within(at path, n, least, most int) {
	if n < least || n > most {
		d.complainAt(at, fmt.Sprintf("want %d to %d", least, most))
	}
}

func (d *decoder) checkKeys(at path, dir Directory) {
	k := dir.AccessKey
	switch {
	case k.IsZero():
	case k.ID.IsZero() || k.Secret.IsZero():
		d.complainKey(at.with("access_key"), "an access key has an id and a secret")
	case dir.Profile != "":
		d.complainKey(at.with("profile"), "access_key says who signs; leave out profile, or access_key")
	}
}

func (d *decoder) checkRole(at path, r AssumeRole) {
	if r == (AssumeRole{}) {
		return
	}
	if !roleForm().MatchString(r.Role) {
		d.complainAt(at.with("role"), "want a role's ARN, such as arn:aws:iam::111122223333:role/Rollcall")
	}
	if r.SessionName != "" && !sessionName.MatchString(r.SessionName) {
		d.complainAt(at.with("session_name"), "want 2 to 64 letters, digits and _+=,.@-")
	}
	if r.ExternalID != "" && (!externalID.MatchString(r.ExternalID) || len(r.ExternalID) > maxExternalID) {
		d.complainAt(at.with("external_id"), "want 2 to 1224 letters, digits and _+=,.@:/-")
	}
	if t := time.Duration(r.Duration); t != 0 && (t < minSession || t > maxSession) {
		d.complainAt(at.with("duration"), "a session lasts 15m to 1h")
	}
}

func (d *decoder) checkSCIM(at path, s SCIM) {
	if s.IsZero() {
		return
	}
	if s.URL == "" {
		d.complainKey(at, "url is missing: the endpoint as the console shows it")
	}
	if d.lacks(at.with("token"), s.Token) {
		d.complainKey(at, "token is missing: a reference to the bearer token, such as env:SCIM_TOKEN")
	}
	d.checkURL(at.with("url"), s.URL, "http", "https")
}

func (d *decoder) checkNetwork(at path, n Network) {
	d.checkURL(at.with("proxy"), n.Proxy, "http", "https")
	if (n.ProxyUser == "") != n.ProxyPassword.IsZero() {
		d.complainKey(at, "proxy_user and proxy_password go together")
	}
	if n.ProxyUser != "" && n.Proxy == "" {
		d.complainKey(at, "proxy_user is said, and proxy is not")
	}
}

// checkURL refuses what is no URL of one of these schemes; a password does not
// stand in it.
func (d *decoder) checkURL(at path, text string, schemes ...string) {
	if wrong := wrongURL(text, schemes...); wrong != "" {
		d.complainAt(at, wrong)
	}
}

// wrongURL says what is wrong with a URL; empty if nothing is, and for none.
func wrongURL(text string, schemes ...string) string {
	u, err := url.Parse(text)
	switch {
	case text == "":
		return ""
	case err != nil || u.Host == "":
		return "not a URL with a host"
	case !slices.Contains(schemes, u.Scheme):
		return "want a URL that begins with " + strings.Join(schemes, ":// or ") + "://"
	case u.User != nil:
		return "no user or password is written into a URL here"
	}
	return ""
}

// Properties describe a real Identity Center as a client of the OpenICF door
// does: in texts that were checked, secrets in the clear.
type Properties struct {
	Region, Store, Endpoint                        string
	AccessKey, Secret, Role, SessionName, Session  string // Session in seconds
	ProxyHost, ProxyPort, ProxyUser, ProxyPassword string
	ConnectTimeout, Connections, Reads, Writes     string // ConnectTimeout in seconds
}

// AWSOf is the directory that properties describe. What they leave out is as in
// a configuration file.
func AWSOf(p Properties) Directory {
	seconds := func(text string) Duration {
		n, _ := strconv.Atoi(text)
		return Duration(time.Duration(n) * time.Second)
	}
	d := Directory{
		Kind: KindAWS, Region: p.Region, Store: identity.StoreID(p.Store), Endpoint: p.Endpoint,
		AccessKey:  AccessKey{ID: Known(p.AccessKey), Secret: Known(p.Secret)},
		AssumeRole: AssumeRole{Role: p.Role, SessionName: p.SessionName, Duration: seconds(p.Session)},
		Network:    Network{ProxyUser: p.ProxyUser, ConnectTimeout: seconds(p.ConnectTimeout)},
	}
	d.Network.Connections, _ = strconv.Atoi(p.Connections)
	if p.ProxyHost != "" {
		port := p.ProxyPort
		if port == "" {
			port = "8080"
		}
		d.Network.Proxy = "http://" + net.JoinHostPort(p.ProxyHost, port)
	}
	if p.ProxyPassword != "" {
		d.Network.ProxyPassword = Known(p.ProxyPassword)
	}
	_ = d.Rate.Read.setText(p.Reads)
	_ = d.Rate.Write.setText(p.Writes)
	d.fillAWS()
	return d
}
