package ldaptest

import (
	"crypto/rand"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Samba is a running Active Directory domain controller of the domain
// corp.test, whose ports are AD's own at an address of this machine that
// nobody else uses.
type Samba struct {
	Address    string // 127.x.y.z
	URL, LDAPS string // ldap:// with StartTLS, ldaps://; the certificate is for the address and for dc1.corp.test
	CA         string // a file: who issued its certificate
	Base       string // DC=corp,DC=test
	Admin      string // Administrator@corp.test
	Password   string // of the admin
	KRB5       string // a krb5.conf for its realm CORP.TEST
	Dir        string

	name    string // dc1
	rpc     bool   // others can copy from it
	program string
	process *process
}

const (
	sambaRealm    = "corp.test"
	sambaBase     = "DC=corp,DC=test"
	sambaPassword = "Passw0rd-1"
	// sambaVersion is part of what a cached domain is known by; count it up
	// when the making of one changes.
	sambaVersion = "2"
)

// SmallDomain is one person in one group, for tests that make what else they
// need: a domain that is kept costs a copy, and a new one ten seconds.
const SmallDomain = "dn: OU=AWS,DC=corp,DC=test\nobjectClass: organizationalUnit\n\n" +
	"dn: CN=Ann,OU=AWS,DC=corp,DC=test\nobjectClass: user\nsAMAccountName: ann\nuserPrincipalName: ann@corp.test\nuserAccountControl: 544\n\n" +
	"dn: CN=dev,OU=AWS,DC=corp,DC=test\nobjectClass: group\nsAMAccountName: dev\nmember: CN=Ann,OU=AWS,DC=corp,DC=test\n"

//go:embed load.py
var loader string

// StartSamba starts a domain controller for t alone, with these entries (LDIF,
// without changetype) beside those that every domain has. Making a domain
// takes some ten seconds and loading it longer, so both are kept in the user's
// cache folder, by what is in them.
func StartSamba(t testing.TB, ldif string) *Samba {
	t.Helper()
	s, err := startSamba(needSamba(t), ldif)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

// needSamba skips t where no domain controller can run, or fails it if that is
// required.
func needSamba(t testing.TB) (program string) {
	t.Helper()
	program = need(t, "samba", "apt-get install samba-ad-dc samba-ad-provision samba-dsdb-modules winbind ldap-utils")
	need(t, "samba-tool", "apt-get install samba-ad-dc")
	if os.Geteuid() != 0 {
		say := t.Skip
		if required() {
			say = t.Fatal
		}
		say("a domain controller's ports are below 1024, which takes root")
	}
	return program
}

// ServeSamba starts a domain controller with these entries, for a program that
// is no test; whoever calls it stops it.
func ServeSamba(ldif string) (*Samba, error) {
	program, err := find("samba")
	if err != nil {
		return nil, fmt.Errorf("%w: apt-get install samba-ad-dc", err)
	}
	return startSamba(program, ldif)
}

// Stop ends the server before its test ends.
func (s *Samba) Stop() { s.process.stop() }

func startSamba(program, ldif string) (*Samba, error) {
	kept, err := domain(ldif)
	if err != nil {
		return nil, err
	}
	s, err := copied(program, kept, "dc1")
	if err != nil {
		return nil, err
	}
	ca, err := newAuthority()
	if err == nil {
		err = s.configure(ca)
	}
	if err != nil {
		return nil, err
	}
	return s, s.serve()
}

// copied is a domain controller with what a folder holds.
func copied(program, from, name string) (*Samba, error) {
	dir, err := os.MkdirTemp("", "samba-")
	if err != nil {
		return nil, err
	}
	return placed(program, dir, name), copyInto(dir, from)
}

func copyInto(dir, from string) error {
	_, err := command("", "cp", "-r", "--sparse=always", from+"/.", dir)
	return err
}

// placed is a domain controller whose files are in dir, at an address of its
// own.
func placed(program, dir, name string) *Samba {
	var b [3]byte
	_, _ = rand.Read(b[:]) // never fails
	address := fmt.Sprintf("127.%d.%d.%d", 1+b[0]%250, b[1], 1+b[2]%250)
	return &Samba{
		Address: address, URL: "ldap://" + address, LDAPS: "ldaps://" + address, CA: filepath.Join(dir, "ca.pem"),
		Base: sambaBase, Admin: "Administrator@" + sambaRealm, Password: sambaPassword,
		KRB5: filepath.Join(dir, "krb5.conf"), Dir: dir, name: name, program: program,
	}
}

// serve starts the server with what its folder holds.
func (s *Samba) serve() error {
	p, err := run(s.Dir, s.program, "-F", "--no-process-group", "-M", "single", "-s", filepath.Join(s.Dir, "smb.conf"))
	if err != nil {
		return err
	}
	s.process = p.after(s.process)
	return s.process.up(s.Address + ":636")
}

const smbConf = `[global]
netbios name = %[3]s
realm = CORP.TEST
workgroup = CORP
server role = active directory domain controller
server services = %[4]s
dcerpc endpoint servers = %[5]s
interfaces = %[2]s/8
bind interfaces only = yes
private dir = %[1]s/private
state directory = %[1]s/state
lock directory = %[1]s
cache directory = %[1]s/cache
pid directory = %[1]s/run
ncalrpc dir = %[1]s/run/ncalrpc
ntp signd socket directory = %[1]s/run/ntp
winbindd socket directory = %[1]s/run/winbindd
log file = %[1]s/samba.log
binddns dir = %[1]s/bind-dns
tls enabled = yes
tls keyfile = %[1]s/key.pem
tls certfile = %[1]s/cert.pem
tls cafile = %[1]s/ca.pem
ldap server require strong auth = allow_sasl_over_tls
ldb:nosync = true
`

const krb5Conf = `[libdefaults]
default_realm = CORP.TEST
dns_lookup_kdc = false
dns_lookup_realm = false
udp_preference_limit = 1
[realms]
CORP.TEST = {
  kdc = %s:88
}
`

// configure writes what the server needs to know, with a certificate of ca.
func (s *Samba) configure(ca *authority) error {
	services, endpoints := "ldap, cldap, kdc", ""
	if s.rpc {
		services, endpoints = "rpc, "+services, "epmapper, drsuapi, lsarpc, samr, netlogon"
	}
	conf := fmt.Appendf(nil, smbConf, s.Dir, s.Address, strings.ToUpper(s.name), services, endpoints)
	return errors.Join(
		os.MkdirAll(filepath.Join(s.Dir, "run"), 0o755),
		os.MkdirAll(filepath.Join(s.Dir, "cache"), 0o755),
		os.WriteFile(filepath.Join(s.Dir, "smb.conf"), conf, 0o600),
		os.WriteFile(s.KRB5, fmt.Appendf(nil, krb5Conf, s.Address), 0o600),
		ca.write(s.Dir, time.Now().Add(24*time.Hour), s.Address, s.name+"."+sambaRealm),
	)
}

var making sync.Mutex

// domain returns the folder of a domain with these entries, and makes it if it
// is not kept.
func domain(ldif string) (string, error) {
	making.Lock()
	defer making.Unlock()
	caches, err := os.UserCacheDir()
	if err != nil {
		caches = os.TempDir()
	}
	caches = filepath.Join(caches, "rollcall-tests")
	if err := os.MkdirAll(caches, 0o700); err != nil {
		return "", err
	}
	base := filepath.Join(caches, "domain-"+digest(""))
	if err := keep(base, provision); err != nil || ldif == "" {
		return base, err
	}
	full := filepath.Join(caches, "domain-"+digest(ldif))
	return full, keep(full, func(dir string) error {
		if err := copyInto(dir, base); err != nil {
			return err
		}
		return load(dir, ldif)
	})
}

func digest(ldif string) string {
	sum := sha256.Sum256([]byte(sambaVersion + loader + smbConf + "\x00" + ldif))
	return hex.EncodeToString(sum[:8])
}

// keep makes a folder once. Another process may make it at the same time; who
// is done first wins.
func keep(folder string, make func(dir string) error) error {
	if _, err := os.Stat(folder); err == nil {
		return nil
	}
	dir, err := os.MkdirTemp(filepath.Dir(folder), "making-")
	if err != nil {
		return err
	}
	if err := make(dir); err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	if err := os.Rename(dir, folder); err != nil {
		if _, there := os.Stat(folder); there == nil {
			return os.RemoveAll(dir)
		}
		return err
	}
	return nil
}

func provision(dir string) error {
	_, err := command("", "samba-tool", "domain", "provision", "--realm="+sambaRealm, "--domain=CORP", "--server-role=dc", "--dns-backend=NONE",
		"--adminpass="+sambaPassword, "--targetdir="+dir, "--host-name=dc1", "--host-ip=127.0.0.1",
		"--backend-store=mdb", "--backend-store-size=1Gb", "--option=interfaces=lo", "--option=bind interfaces only=yes", "--option=ldb:nosync=true")
	if err != nil {
		return err
	}
	_, err = command("", "samba-tool", "domain", "passwordsettings", "set", "--complexity=off", "--min-pwd-length=1", "--history-length=0",
		"--min-pwd-age=0", "--max-pwd-age=0", "-H", filepath.Join(dir, "private/sam.ldb"), "-s", filepath.Join(dir, "etc/smb.conf"))
	return err
}

// load writes entries into a domain that nobody serves, in one transaction:
// many times faster than through the server.
func load(dir, ldif string) error {
	ca, err := newAuthority()
	if err == nil {
		err = placed("", dir, "dc1").configure(ca)
	}
	if err != nil {
		return err
	}
	_, err = command(strings.TrimRight(ldif, "\n")+"\n\n", "/usr/bin/python3", "-c", loader,
		filepath.Join(dir, "private/sam.ldb"), filepath.Join(dir, "smb.conf"))
	return err
}
