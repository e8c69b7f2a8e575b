package ldapsource

import (
	"context"
	"fmt"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"rollcall/dn"
)

// Finding is what one look at a directory found. Err is set when it is in the
// way of a read; Warning is for what a read can do without.
type Finding struct {
	Check   string
	Says    string
	Warning bool
	Err     error
}

// Examine looks at everything that a read needs, short of reading: whether a
// server answers and takes the user, what it is, the base and its subtrees, the
// canaries, how old copies are told, and in Active Directory the right to see
// what was deleted. It goes on after a failure where the next look can be
// taken.
func (d *Driver) Examine(ctx context.Context) []Finding {
	c, err := d.connect(ctx)
	if err != nil {
		return []Finding{{Check: "bind", Err: err}}
	}
	defer c.close()
	who := d.o.Bind.User
	if who == "" {
		who = "nobody in particular"
	}
	all := []Finding{{Check: "bind", Says: fmt.Sprintf("%s answers, a server of dialect %s, and takes %s", c.server, c.root.dialect, who)}}
	if !c.root.paging {
		all = append(all, Finding{Check: "pages", Err: errNoPaging(c)})
	}
	for check, names := range map[string][]string{"base": append([]string{d.o.Rules.Base}, d.o.Rules.Within...), "canary": d.o.Canaries} {
		for _, name := range names {
			_, err := c.read(ctx, name, noAttrs)
			all = append(all, Finding{Check: check, Says: name + " is there and can be read", Err: err})
		}
	}
	return append(all, d.examineCopy(ctx, c)...)
}

func (d *Driver) examineCopy(ctx context.Context, c *conn) []Finding {
	var all []Finding
	switch copied, err := c.replica(ctx, d.o.Rules.Base); {
	case err != nil:
		all = append(all, Finding{Check: "replica", Err: err})
	case len(copied.Marks) == 0:
		all = append(all, Finding{Check: "replica", Warning: true, Says: "the server does not say how far it has come with changes (AD: invocationId; OpenLDAP: contextCSN, by the overlay syncprov); " +
			"a run that reads another server than the last one takes nobody for gone"})
	default:
		all = append(all, Finding{Check: "replica", Says: fmt.Sprintf("it says how far it has come with the changes of %d servers", len(copied.Marks))})
	}
	if c.root.dialect == ActiveDirectory {
		all = append(all, c.examineDeleted(ctx, d.base, d.o.Bind.User))
	}
	return all
}

const checkDeleted = "deleted objects"

// examineDeleted looks whether a user of Active Directory may see what was
// deleted: the right to list and read the container, which is nobody's but an
// administrator's unless it is given.
func (c *conn) examineDeleted(ctx context.Context, base dn.DN, user string) Finding {
	container := "CN=Deleted Objects," + c.contextOf(base)
	defer c.watch()()
	answer, err := c.Search(ldap.NewSearchRequest(container, ldap.ScopeBaseObject, ldap.NeverDerefAliases, 0, 0, false,
		everything, []string{"objectClass"}, []ldap.Control{ldap.NewControlMicrosoftShowDeleted()}))
	// Its bare name is shown to whoever may list what is above it.
	if ctx.Err() == nil && (err != nil || len(answer.Entries) == 0 || len(answer.Entries[0].Attributes) == 0) {
		return Finding{Check: checkDeleted, Warning: true, Says: "the account may not see " + container + ", so that a watch learns of deletions only when it next lists all names, some seconds later; let an administrator type: " +
			`dsacls "` + container + `" /takeownership, then dsacls "` + container + `" /G "` + trustee(user) + `:LCRP"`}
	}
	return Finding{Check: checkDeleted, Says: container + " can be read"}
}

// trustee is how dsacls names an account: it takes no DNs.
func trustee(user string) string {
	if strings.ContainsAny(user, `@\`) && !strings.Contains(user, "=") {
		return user
	}
	return "ACCOUNT"
}
