// Package ldaptest gives tests real directories: OpenLDAP's slapd and Samba as
// an Active Directory domain controller, each thrown away with the process
// that started it, and a proxy that makes them as inconvenient as directories
// in the field are. There is no fake.
package ldaptest

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// SlapdOptions say how an OpenLDAP server is to be; the zero value is sensible.
type SlapdOptions struct {
	Access    string    // access rules of slapd.access(5); empty: everybody who binds reads everything
	SizeLimit string    // of slapd.conf's sizelimit; empty: 500, and none for paged reads
	ServerID  int       // in contextCSN; 0: 1
	NoSync    bool      // without the overlay that keeps contextCSN
	Unmarked  bool      // in a copy: without the contextCSN that came with it
	Expires   time.Time // when its certificate ends; zero: tomorrow
	Suffix    string    // empty: dc=example,dc=com
	Schema    string    // attribute types and object classes of slapd.conf(5) beside the usual ones
}

// Slapd is a running OpenLDAP server.
type Slapd struct {
	URL, LDAPS string // ldap://127.0.0.1:PORT with StartTLS, ldaps://127.0.0.1:PORT
	CA         string // a file: who issued its certificate
	Suffix     string
	Admin      string // the DN that may do all
	Password   string // of the admin
	Dir        string

	process *process
	program string
}

const slapdConf = `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/inetorgperson.schema
%[8]s
modulepath %[1]s
moduleload back_mdb
moduleload memberof
moduleload refint
moduleload syncprov
pidfile %[2]s/pid
serverID %[3]d
TLSCACertificateFile %[2]s/ca.pem
TLSCertificateFile %[2]s/cert.pem
TLSCertificateKeyFile %[2]s/key.pem
sizelimit %[4]s
%[5]s
database mdb
suffix %[6]s
rootdn cn=admin,%[6]s
rootpw secret
directory %[2]s/data
maxsize 2147483648
envflags nosync nometasync writemap
index objectClass,entryUUID,entryCSN,uid,member eq
overlay memberof
overlay refint
refint_attributes member
%[7]s
`

// StartSlapd starts a server for t alone, empty but for its base entry.
func StartSlapd(t testing.TB, o SlapdOptions) *Slapd {
	t.Helper()
	s := start(t, o, "")
	s.Modify(t, "dn: "+s.Suffix+"\nchangetype: add\nobjectClass: domain\ndc: "+strings.TrimPrefix(strings.SplitN(s.Suffix, ",", 2)[0], "dc=")+"\n")
	return s
}

// Copy starts another server with what this one has now, as a replica that
// hears of nothing afterwards.
func (s *Slapd) Copy(t testing.TB, o SlapdOptions) *Slapd {
	t.Helper()
	text := s.Slapcat(t)
	if o.Unmarked {
		text = contextCSN.ReplaceAllString(text, "")
	}
	return start(t, o, text)
}

var contextCSN = regexp.MustCompile(`(?m)^contextCSN: .*\n`)

// start starts a server with the entries of an export.
func start(t testing.TB, o SlapdOptions, export string) *Slapd {
	t.Helper()
	s, err := startSlapd(need(t, "slapd", "apt-get install slapd ldap-utils"), o, strings.NewReader(export))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

// ServeSlapd starts a server with the entries of an export, for a program that
// is no test; whoever calls it stops it.
func ServeSlapd(o SlapdOptions, export io.Reader) (*Slapd, error) {
	program, err := find("slapd")
	if err != nil {
		return nil, fmt.Errorf("%w: apt-get install slapd ldap-utils", err)
	}
	return startSlapd(program, o, export)
}

func startSlapd(program string, o SlapdOptions, export io.Reader) (*Slapd, error) {
	dir, err := os.MkdirTemp("", "slapd-")
	if err != nil {
		return nil, err
	}
	s := &Slapd{Suffix: "dc=example,dc=com", Password: "secret", Dir: dir, CA: filepath.Join(dir, "ca.pem")}
	if o.Suffix != "" {
		s.Suffix = o.Suffix
	}
	s.Admin = "cn=admin," + s.Suffix
	if err := s.configure(o); err != nil {
		return nil, err
	}
	if first := bufio.NewReader(export); !ended(first) {
		if _, err := commandFrom(first, strings.TrimSuffix(program, "slapd")+"slapadd", "-q", "-f", filepath.Join(dir, "slapd.conf")); err != nil {
			return nil, err
		}
	}
	ports, err := freePorts(2)
	if err != nil {
		return nil, err
	}
	s.URL, s.LDAPS = fmt.Sprintf("ldap://127.0.0.1:%d", ports[0]), fmt.Sprintf("ldaps://127.0.0.1:%d", ports[1])
	s.program = program
	return s, s.serve()
}

// serve starts the server with what its folder holds.
func (s *Slapd) serve() error {
	// With -d 0 it stays in the foreground.
	p, err := run(s.Dir, s.program, "-d", "0", "-f", filepath.Join(s.Dir, "slapd.conf"), "-h", s.URL+" "+s.LDAPS)
	if err != nil {
		return err
	}
	s.process = p.after(s.process)
	return s.process.up(strings.TrimPrefix(s.LDAPS, "ldaps://"))
}

// Restart ends the server and starts it again, with all that it holds.
func (s *Slapd) Restart(t testing.TB) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.Dir, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err == nil {
		err = syscall.Kill(pid, syscall.SIGTERM)
	}
	for err == nil && syscall.Kill(pid, 0) == nil {
		time.Sleep(time.Millisecond)
	}
	if err == nil {
		err = s.serve()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// DeleteAll deletes whatever lies below the base entry.
func (s *Slapd) DeleteAll(t testing.TB) {
	t.Helper()
	who := []string{"-x", "-H", s.URL, "-D", s.Admin, "-w", s.Password}
	out, err := command("", "ldapsearch", append(who, "-LLL", "-o", "ldif-wrap=no", "-b", s.Suffix, "-s", "one", "(objectClass=*)", "1.1")...)
	for line := range strings.SplitSeq(out, "\n") {
		if name, is := strings.CutPrefix(line, "dn: "); is && err == nil {
			_, err = command("", "ldapdelete", append(who, "-r", name)...)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

func ended(r *bufio.Reader) bool {
	_, err := r.Peek(1)
	return err != nil
}

func (s *Slapd) configure(o SlapdOptions) error {
	if err := os.Mkdir(filepath.Join(s.Dir, "data"), 0o700); err != nil {
		return err
	}
	ca, err := newAuthority()
	if err != nil {
		return err
	}
	until := o.Expires
	if until.IsZero() {
		until = time.Now().Add(24 * time.Hour)
	}
	if err := ca.write(s.Dir, until, "localhost", "127.0.0.1"); err != nil {
		return err
	}
	access, limit, overlay := o.Access, o.SizeLimit, "overlay syncprov\nsyncprov-checkpoint 1000 60\nsyncprov-sessionlog 10000"
	if access == "" {
		access = "access to attrs=userPassword by anonymous auth by * none\naccess to * by users read by anonymous auth"
	}
	if limit == "" {
		limit = "size.soft=500 size.hard=500 size.pr=none size.prtotal=unlimited"
	}
	if o.NoSync {
		overlay = ""
	}
	modules, err := filepath.Glob("/usr/lib*/ldap")
	if err != nil || len(modules) == 0 {
		modules = []string{"/usr/lib/ldap"}
	}
	conf := fmt.Sprintf(slapdConf, modules[0], s.Dir, max(o.ServerID, 1), limit, access, s.Suffix, overlay, o.Schema)
	return os.WriteFile(filepath.Join(s.Dir, "slapd.conf"), []byte(conf), 0o600)
}

// Stop ends the server before its test ends.
func (s *Slapd) Stop() { s.process.stop() }

// Modify carries out changes in LDIF (RFC 2849), as the admin.
func (s *Slapd) Modify(t testing.TB, ldif string) {
	t.Helper()
	if _, err := command(ldif, "ldapmodify", "-x", "-H", s.URL, "-D", s.Admin, "-w", s.Password); err != nil {
		t.Fatal(err)
	}
}

// Add adds entries, given in LDIF without changetype.
func (s *Slapd) Add(t testing.TB, ldif string) {
	t.Helper()
	if _, err := command(ldif, "ldapmodify", "-a", "-x", "-H", s.URL, "-D", s.Admin, "-w", s.Password); err != nil {
		t.Fatal(err)
	}
}

// Slapcat exports the whole directory, as slapcat does.
func (s *Slapd) Slapcat(t testing.TB) string {
	t.Helper()
	program := need(t, "slapcat", "apt-get install slapd")
	out, err := command("", program, "-f", filepath.Join(s.Dir, "slapd.conf"))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Relax adds entries with attributes that a server otherwise sets by itself,
// such as entryUUID (the Relax Rules control).
func (s *Slapd) Relax(t testing.TB, ldif string) {
	t.Helper()
	if _, err := command(ldif, "ldapmodify", "-a", "-e", "relax", "-x", "-H", s.URL, "-D", s.Admin, "-w", s.Password); err != nil {
		t.Fatal(err)
	}
}
