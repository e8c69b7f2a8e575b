package directorytest

import (
	"strings"
	"testing"
	"time"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

var userTests = []test{
	{"AUserIsStoredAsGiven", userStored},
	{"AUserWithOnlyWhatIsRequiredIsStoredAsGiven", leastUserStored},
	{"EveryAttributeOfAUserIsStored", fullUserStored},
	{"ACreatedUserSharesNoMemoryWithItsCaller", userNotShared},
	{"GivenIDAndMetaAreIgnoredOnCreation", ownFieldsIgnored},
	{"AnInvalidUserIsNotCreated", invalidUserRefused},
	{"ALimitOfAUserNameIsHeldOnCreation", userNameLimit},
	{"IDsHaveAWSForm", idsHaveForm},
	{"IDsAreUnique", idsUnique},
	{"CreationSaysWhenAndByWhom", creationStamped},
	{"AnUpdateSaysWhenAndByWhom", updateStamped},
	{"ADeletedUserIsGone", userDeleted},
	{"AUserCreatedAgainHasANewID", userCreatedAgain},
}

func userStored(t *testing.T, d directory.Driver) {
	made := addUser(t, d, User("ann"))
	wantSame(t, "what creation returned", User("ann"), made, given)
	wantSame(t, "what is stored", made, user(t, d, made.ID))
	wantSame(t, "what is listed", []identity.User{made}, everything(t, d).Users)
}

func leastUserStored(t *testing.T, d directory.Driver) {
	least := User("ann")
	least.Emails = nil
	made := addUser(t, d, least)
	wantSame(t, "what is stored", least, user(t, d, made.ID), given)
	addUser(t, d, identity.User{ // no e-mail address is no value that could be taken
		UserName: "ben", DisplayName: "Ben", Name: identity.Name{GivenName: "Ben", FamilyName: "Ben"}, Active: true,
	})
}

func fullUserStored(t *testing.T, d directory.Driver) {
	made := addUser(t, d, full(d, "zoë.müller"))
	wantSame(t, "what creation returned", full(d, "zoë.müller"), made, given)
	wantSame(t, "what is stored", made, user(t, d, made.ID))
}

func userNotShared(t *testing.T, d directory.Driver) {
	mine := full(d, "ann")
	made := addUser(t, d, mine)
	mine.Emails[0].Value, mine.PhoneNumbers[0].Value, made.Roles[0].Value = "changed@example.com", "changed", "changed"
	for i := range mine.Photos {
		mine.Photos[i].Value = "changed"
	}
	got := user(t, d, made.ID)
	wantSame(t, "what is stored after the caller changed its own", full(d, "ann"), got, given)
	got.Addresses[0].Country = "changed"
	wantSame(t, "what is stored after a reader changed its own", full(d, "ann"), user(t, d, made.ID), given)
}

func ownFieldsIgnored(t *testing.T, d directory.Driver) {
	u := User("ann")
	u.ID = nobody
	u.Meta = identity.Meta{Revision: "mine", CreatedBy: "me", UpdatedBy: "me", CreatedAt: time.Unix(1, 0), UpdatedAt: time.Unix(1, 0)}
	made := addUser(t, d, u)
	if made.ID == nobody || made.Revision == "mine" || made.CreatedBy == "me" || made.CreatedAt.Equal(time.Unix(1, 0)) {
		t.Errorf("what the caller gave was stored: id %s, %+v", made.ID, made.Meta)
	}
	g := Group("staff")
	g.ID, g.Meta = nobody, u.Meta
	if made, err := d.CreateGroup(ctx(t), g); err != nil || made.ID == nobody || made.CreatedBy == "me" {
		t.Errorf("what the caller gave was stored: %+v, %v", made, err)
	}
}

func invalidUserRefused(t *testing.T, d directory.Driver) {
	addUser(t, d, User("ann"))
	for what, spoil := range map[string]func(*identity.User){
		"no userName":            func(u *identity.User) { u.UserName = "" },
		"no displayName":         func(u *identity.User) { u.DisplayName = "" },
		"no given name":          func(u *identity.User) { u.Name.GivenName = "" },
		"no family name":         func(u *identity.User) { u.Name.FamilyName = "" },
		"a reserved userName":    func(u *identity.User) { u.UserName = "administrator" },
		"a blank in userName":    func(u *identity.User) { u.UserName = "b en" },
		"a colon in userName":    func(u *identity.User) { u.UserName = "b:en" },
		"two e-mails":            func(u *identity.User) { u.Emails = append(u.Emails, identity.Email{Value: "b@example.org"}) },
		"an e-mail of no value":  func(u *identity.User) { u.Emails = []identity.Email{{Type: "work"}} },
		"four photos":            func(u *identity.User) { u.Photos = make([]identity.Photo, 4) },
		"an invisible character": func(u *identity.User) { u.Title = "Chief\u200b" },
		"bytes that are no text": func(u *identity.User) { u.Title = "Chief\xff" },
	} {
		u := User("ben")
		spoil(&u)
		refused(t, d, what, fault.Invalid, func() error {
			_, err := d.CreateUser(ctx(t), u)
			return err
		})
	}
}

func userNameLimit(t *testing.T, d directory.Driver) {
	longest := User("ann")
	longest.UserName = strings.Repeat("ü", identity.MaxUserName)
	wantSame(t, "the longest userName", longest, addUser(t, d, longest), given)
	longer := User("ben")
	longer.UserName = strings.Repeat("ö", identity.MaxUserName+1)
	refused(t, d, "a userName one longer", fault.Invalid, func() error {
		_, err := d.CreateUser(ctx(t), longer)
		return err
	})
}

func idsHaveForm(t *testing.T, d directory.Driver) {
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	m := addMember(t, d, g.ID, u.ID)
	for what, id := range map[string]identity.ID{"user": u.ID, "group": g.ID, "membership": m.ID} {
		if what == "membership" && directory.LimitsOf(d).PairIDs {
			continue
		}
		if !identity.IsID(string(id)) || len(id) > 47 {
			t.Errorf("the %s's id is %q; want a UUID, with or without ten hex digits before it", what, id)
		}
	}
	if m.GroupID != g.ID || m.UserID != u.ID {
		t.Errorf("the membership is of user %s in group %s; want %s in %s", m.UserID, m.GroupID, u.ID, g.ID)
	}
}

func idsUnique(t *testing.T, d directory.Driver) {
	seen := map[identity.ID]bool{}
	g := addGroup(t, d, "staff")
	for _, u := range addUsers(t, d, "u", 20) {
		for _, id := range []identity.ID{u.ID, addMember(t, d, g.ID, u.ID).ID} {
			if seen[id] {
				t.Errorf("id %s was given twice", id)
			}
			seen[id] = true
		}
	}
}

func creationStamped(t *testing.T, d directory.Driver) {
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	m, l := addMember(t, d, g.ID, u.ID), directory.LimitsOf(d)
	by := tester.String()
	for what, meta := range map[string]identity.Meta{"user": u.Meta, "group": g.Meta, "membership": m.Meta} {
		if l.OtherActor {
			by = meta.CreatedBy
		}
		if meta.CreatedBy != by || meta.UpdatedBy != by {
			t.Errorf("%s: created by %q, updated by %q; want %q", what, meta.CreatedBy, meta.UpdatedBy, by)
		}
		if what == "membership" && l.PairIDs { // nothing is noted about one
			continue
		}
		if meta.CreatedAt.IsZero() || !meta.UpdatedAt.Equal(meta.CreatedAt) {
			t.Errorf("%s: created at %v, updated at %v; want one time", what, meta.CreatedAt, meta.UpdatedAt)
		}
		if meta.CreatedAt.Location() != time.UTC || meta.UpdatedAt.Location() != time.UTC {
			t.Errorf("%s: created at %v, updated at %v; want UTC", what, meta.CreatedAt, meta.UpdatedAt)
		}
	}
}

func updateStamped(t *testing.T, d directory.Driver) {
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	other := directory.Actor{Name: "other", Door: "suite"}
	by := directory.WithActor(t.Context(), other)
	u2, err := d.UpdateUser(by, u.ID, "", []identity.Edit{set(t, "title", "Chief")})
	wantNone(t, "update user", err)
	g2, err := d.UpdateGroup(by, g.ID, "", []identity.Edit{groupEdit(t, d, "new")})
	wantNone(t, "update group", err)
	wantSame(t, "the user as stored", u2, user(t, d, u.ID))
	wantSame(t, "the group as stored", g2, group(t, d, g.ID))
	for what, meta := range map[string][2]identity.Meta{"user": {u.Meta, u2.Meta}, "group": {g.Meta, g2.Meta}} {
		before, after := meta[0], meta[1]
		if after.CreatedBy != before.CreatedBy || !after.CreatedAt.Equal(before.CreatedAt) {
			t.Errorf("%s: the creation was %s by %q, now %s by %q", what, before.CreatedAt, before.CreatedBy, after.CreatedAt, after.CreatedBy)
		}
		want := other.String()
		if directory.LimitsOf(d).OtherActor {
			want = before.UpdatedBy
		}
		if after.UpdatedBy != want || after.UpdatedAt.Before(before.UpdatedAt) {
			t.Errorf("%s: updated at %s by %q; want %q, not before %s", what, after.UpdatedAt, after.UpdatedBy, want, before.UpdatedAt)
		}
	}
}

func userDeleted(t *testing.T, d directory.Driver) {
	u, other := addUser(t, d, User("ann")), addUser(t, d, User("ben"))
	wantNone(t, "delete user", d.DeleteUser(ctx(t), u.ID, ""))
	_, err := d.User(ctx(t), u.ID)
	wantKind(t, "describe a deleted user", err, fault.NotFound)
	_, err = d.FindUser(ctx(t), directory.Key{Attribute: directory.KeyUserName, Value: "ann"})
	wantKind(t, "find a deleted user", err, fault.NotFound)
	wantSame(t, "who is left", []identity.User{other}, everything(t, d).Users)
}

func userCreatedAgain(t *testing.T, d directory.Driver) {
	first := addUser(t, d, FullUser("ann"))
	wantNone(t, "delete user", d.DeleteUser(ctx(t), first.ID, ""))
	second := addUser(t, d, FullUser("ann"))
	if first.ID == second.ID {
		t.Errorf("the second ann has the first one's id %s", first.ID)
	}
}
