package ldaptest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// StartPair starts two domain controllers of one domain for t alone, with these
// entries as [StartSamba] takes them. Both have everything; what one is told
// afterwards, the other has when the test says so, by [Samba.Pull]. One
// authority has issued the certificates of both. Joining the second one takes
// some twenty seconds, so the pair is kept like a domain is.
func StartPair(t testing.TB, ldif string) (one, two *Samba) {
	t.Helper()
	one, two, err := startPair(needSamba(t), ldif)
	for _, s := range []*Samba{one, two} {
		if s != nil && s.process != nil {
			t.Cleanup(s.Stop)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return one, two
}

func startPair(program, ldif string) (one, two *Samba, err error) {
	kept, err := pair(program, ldif)
	if err != nil {
		return nil, nil, err
	}
	one, err = copied(program, filepath.Join(kept, "dc1"), "dc1")
	if err == nil {
		two, err = copied(program, filepath.Join(kept, "dc2"), "dc2")
	}
	if err != nil {
		return nil, nil, err
	}
	return one, two, servePair(one, two)
}

// servePair starts two domain controllers that can copy from each other.
func servePair(both ...*Samba) error {
	ca, err := newAuthority()
	for _, s := range both {
		s.rpc = true
		if err == nil {
			err = s.configure(ca)
		}
		if err == nil {
			err = s.serve()
		}
	}
	return err
}

// pair returns the folder of two domain controllers, dc1 and dc2, of a domain
// with these entries, and makes it if it is not kept.
func pair(program, ldif string) (string, error) {
	first, err := domain(ldif)
	if err != nil {
		return "", err
	}
	making.Lock()
	defer making.Unlock()
	folder := strings.Replace(first, "domain-", "pair-", 1)
	return folder, keep(folder, func(dir string) error { return join(program, dir, first) })
}

// join makes a second domain controller beside the first one, lets each copy
// once from the other, and puts both into dir.
func join(program, dir, first string) error {
	one, err := copied(program, first, "dc1")
	if err == nil {
		err = servePair(one)
	}
	if err != nil {
		return err
	}
	defer one.Stop()
	empty, err := os.MkdirTemp("", "samba-")
	if err != nil {
		return err
	}
	two := placed(program, empty, "dc2")
	settings := filepath.Join(empty, "join.conf")
	err = os.WriteFile(settings, fmt.Appendf(nil, joinConf, strings.ToUpper(two.name), two.Address), 0o600)
	if err == nil {
		_, err = command("", "samba-tool", "domain", "join", sambaRealm, "DC", "-s", settings, "--server="+one.Address,
			"-U", sambaUser, "--use-kerberos=off", "--dns-backend=NONE", "--targetdir="+two.Dir, "--backend-store=mdb", "--backend-store-size=1Gb")
	}
	if err == nil {
		err = servePair(two)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(empty))
	}
	defer two.Stop()
	err = errors.Join(two.pull(one), one.pull(two))
	for _, s := range []*Samba{one, two} {
		to := filepath.Join(dir, s.name)
		if err == nil {
			err = errors.Join(s.kill(), os.RemoveAll(filepath.Join(s.Dir, "run")), os.Mkdir(to, 0o700), copyInto(to, s.Dir))
		}
	}
	return err
}

const (
	sambaUser = `CORP\Administrator%` + sambaPassword

	joinConf = `[global]
netbios name = %[1]s
realm = CORP.TEST
workgroup = CORP
interfaces = %[2]s/8
bind interfaces only = yes
ldb:nosync = true
`
)

// Pull gives this domain controller what another one of a pair has.
func (s *Samba) Pull(t testing.TB, from *Samba) {
	t.Helper()
	if err := s.pull(from); err != nil {
		t.Fatal(err)
	}
}

func (s *Samba) pull(from *Samba) error {
	_, err := command("", "samba-tool", "drs", "replicate", "--local", strings.ToUpper(s.name), from.Address, sambaBase,
		"-s", filepath.Join(s.Dir, "smb.conf"), "-U", sambaUser, "--use-kerberos=off")
	return err
}
