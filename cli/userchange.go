package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

type userCreate struct {
	change
	attributes *attributes
	disabled   bool
	ifExists   string
	from       string
	groups     []string
	outside    allowOutside
}

// ifExistsForms are what --if-exists takes. "ok" and "adopt" are one.
var ifExistsForms = []string{"error", "ok", "adopt", "update"}

const ifExistsUsage = "what to do if a name is taken: error, adopt (or ok: leave it), update"

func checkIfExists(form string) error {
	if !slices.Contains(ifExistsForms, form) {
		return usage("--if-exists is error, adopt or update, not %q", form)
	}
	return nil
}

func newUserCreate(a *app) *cobra.Command {
	o := userCreate{attributes: userAttributes()}
	c := &cobra.Command{
		Use: "create USERNAME", Short: "Create a user, or many from a file",
		Long: `Creates a user by hand. Such a user is nobody's: no sync changes or disables them.
Identity Center wants a given, a family and a display name; the last is made of the
other two if it is left out.

With --from, the users are the rows of a CSV file: the first line names the columns, userName and
any attributes (--set names them); an empty cell sets nothing. All become one plan, under the
brakes. If a row is wrong nothing is done, and every wrong row is named by its line.

With --group, the users are also put into that group, whether they are new or, with --if-exists
adopt or update, there already. A group that there is not is an error before anything is done.`,
		Example: "  rollcall user create ann --given-name Ann --family-name Example --email ann@example.com\n" +
			"  rollcall user create ann --given-name Ann --family-name Example --group night-shift --group oncall\n" +
			"  rollcall user create bot --given-name B --family-name Bot --if-exists adopt --set 'externalIds=[{\"issuer\":\"hr\",\"id\":\"7\"}]'\n" +
			"  rollcall user create --from users.csv --if-exists update --dry-run",
		Args: func(cmd *cobra.Command, args []string) error {
			if o.from != "" {
				return cobra.NoArgs(cmd, args)
			}
			return cobra.ExactArgs(1)(cmd, args)
		},
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			if o.from != "" {
				return runUsersCreate(ctx, h, o)
			}
			return runUserCreate(ctx, h, args[0], o)
		}),
	}
	o.flags(c)
	o.attributes.flags(c, false)
	o.outside.flags(c)
	c.Flags().BoolVar(&o.disabled, "disabled", false, "create the user disabled")
	c.Flags().StringVar(&o.ifExists, "if-exists", "error", ifExistsUsage)
	c.Flags().StringArrayVar(&o.groups, "group", nil, "put the user into this `group`; may be repeated")
	c.Flags().StringVar(&o.from, "from", "", "create the users of this CSV `file`; - is standard input")
	return c
}

func runUserCreate(ctx context.Context, h *house, userName string, o userCreate) error {
	if err := checkIfExists(o.ifExists); err != nil {
		return err
	}
	edits, err := o.attributes.edits()
	if err != nil {
		return err
	}
	d, err := h.draft(ctx)
	if err != nil {
		return err
	}
	groups, err := d.named(ctx, o.groups)
	if err != nil {
		return err
	}
	join, err := d.joining(ctx, groups, o.reason)
	if err != nil {
		return err
	}
	key := directory.Key{Attribute: directory.KeyUserName, Value: userName}
	there, err := d.directory.FindUser(ctx, key)
	switch {
	case err == nil:
		return d.exists(ctx, there, edits, join, o)
	case !fault.Is(err, fault.NotFound):
		return err
	}
	c, err := d.newUser(ctx, userName, edits, o)
	if err != nil {
		return err
	}
	join.newcomer(d.Add(c), c.Name)
	join.plan()
	if err := d.carryOut(ctx, "create user "+c.Name, o.change); err != nil || o.dryRun {
		return err
	}
	made, err := d.directory.FindUser(ctx, key)
	if err != nil {
		return err
	}
	return h.app.printUsers([]identity.User{made}, nil)
}

// newUser is the creation of a user.
func (d *draft) newUser(ctx context.Context, userName string, edits []identity.Edit, o userCreate) (plan.Change, error) {
	u := identity.User{UserName: userName, Active: !o.disabled}
	if err := u.Apply(edits); err != nil {
		return plan.Change{}, usageError{err}
	}
	if u.DisplayName == "" && u.Name.GivenName != "" && u.Name.FamilyName != "" {
		u.DisplayName = u.Name.GivenName + " " + u.Name.FamilyName
	}
	c, err := d.NewUser(ctx, u, o.reason)
	return c, invalid(err)
}

// exists does what --if-exists says about a userName that is taken.
func (d *draft) exists(ctx context.Context, u identity.User, edits []identity.Edit, join *joining, o userCreate) error {
	switch o.ifExists {
	case "error":
		return taken(u)
	case "update":
		if err := d.changeUser(ctx, u, edits, o.reason, o.outside); err != nil {
			return err
		}
	default:
		say(d.house.app.err, "User %s is there already, with id %s.", u.UserName, u.ID)
	}
	if err := join.there(ctx, u); err != nil {
		return err
	}
	join.plan()
	if d.plan.Empty() && o.ifExists != "update" {
		return nil
	}
	return d.carryOut(ctx, "update user "+u.UserName, o.change)
}

func taken(u identity.User) error {
	return fault.Text(fault.Conflict, "create user", u.UserName, "the userName is taken by "+string(u.ID)+"; --if-exists adopt or update makes that no failure")
}

type userUpdate struct {
	change
	attributes *attributes
	outside    allowOutside
}

func newUserUpdate(a *app) *cobra.Command {
	o := userUpdate{attributes: userAttributes()}
	c := &cobra.Command{
		Use: "update NAME", Short: "Change a user's attributes",
		Long: `Changes a user's attributes. An empty value takes the attribute away, as --unset does.
What a sync sets it will set again at its next run.

` + naming,
		Example: "  rollcall user update ann --set title=Lead --unset nickName\n  rollcall user update ann --set userName=ann.smith --email ann.smith@example.com --dry-run",
		Args:    cobra.ExactArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			edits, err := o.attributes.edits()
			if err != nil {
				return err
			}
			if len(edits) == 0 {
				return usage("nothing is said to change; say it with --set PATH=VALUE or --unset PATH")
			}
			d, err := h.draft(ctx)
			if err != nil {
				return err
			}
			u, err := d.directory.ResolveUser(ctx, args[0])
			if err != nil {
				return err
			}
			return h.updateUser(ctx, d, u, edits, o.change, o.outside)
		}),
	}
	o.flags(c)
	o.attributes.flags(c, true)
	o.outside.flags(c)
	return c
}

func (h *house) updateUser(ctx context.Context, d *draft, u identity.User, edits []identity.Edit, o change, outside allowOutside) error {
	if err := d.changeUser(ctx, u, edits, o.reason, outside); err != nil {
		return err
	}
	return d.carryOut(ctx, "update user "+u.UserName, o)
}

// changeUser plans the change of a user's attributes, if any differs.
func (d *draft) changeUser(ctx context.Context, u identity.User, edits []identity.Edit, reason string, outside allowOutside) error {
	return invalid(d.ChangeUser(ctx, u, edits, reason, func(differ []identity.Edit) error {
		return outside.check(u.UserName, u.ExternalIDs, differ)
	}))
}

// newUserSwitch makes "user enable" and "user disable".
func newUserSwitch(a *app, on bool) *cobra.Command {
	var o change
	c := &cobra.Command{
		Use: "disable NAME", Short: "Disable a user, and hold them out",
		Long: `Disables a user. Somebody who is linked to a source is also put on hold: no sync enables them
again until rollcall user release.

` + naming,
		Example: "  rollcall user disable ann --reason 'laptop stolen, ticket 42'",
		Args:    cobra.ExactArgs(1),
	}
	if on {
		c.Use, c.Short, c.Example = "enable NAME", "Enable a user", "  rollcall user enable ann"
		c.Long = "Enables a user. Somebody who is held stays out until rollcall user release.\n\n" + naming
	}
	c.RunE = a.inHouse(func(ctx context.Context, h *house, args []string) error {
		d, err := h.draft(ctx)
		if err != nil {
			return err
		}
		u, err := d.directory.ResolveUser(ctx, args[0])
		if err != nil {
			return err
		}
		return h.turn(ctx, d, u, on, o)
	})
	o.flags(c)
	return c
}

func (h *house) turn(ctx context.Context, d *draft, u identity.User, on bool, o change) error {
	verb := map[bool]string{true: "enable", false: "disable"}[on]
	if d.directory.Abilities().Status && u.Active == on {
		say(h.app.err, "User %s is %s already.", u.UserName, status(&u))
		return nil
	}
	if _, err := d.SwitchUser(ctx, u, on, o.reason); err != nil {
		return err
	}
	return d.carryOut(ctx, verb+" user "+u.UserName, o)
}
