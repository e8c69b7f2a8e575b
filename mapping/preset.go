package mapping

import "slices"

// Preset is a set of rules that ships with the program.
type Preset struct {
	Name    string // what the configuration calls it
	Summary string // one sentence
	Rules   Rules
}

// Presets lists the shipped rules by name. The maps are the caller's own.
func Presets() []Preset {
	return []Preset{
		{
			Name:    "ad",
			Summary: "Active Directory's user and group classes; userPrincipalName is the userName.",
			Rules: Rules{
				User: map[string]string{
					"userName":       `person.userPrincipalName`,
					"displayName":    `person.displayName != "" ? person.displayName : person.cn`,
					"givenName":      `person.givenName`,
					"familyName":     `person.sn`,
					"email":          `person.mail != "" ? person.mail : person.userPrincipalName`,
					"phone":          `person.telephoneNumber`,
					"title":          `person.title`,
					"department":     `person.department`,
					"division":       `person.division`,
					"organization":   `person.company`,
					"employeeNumber": `person.employeeNumber != "" ? person.employeeNumber : person.employeeID`,
					"userType":       `person.employeeType`,
					"active":         `enabled(person.userAccountControl) && !expired(person.accountExpires)`,
				},
				Group: map[string]string{
					"displayName": `group.cn`,
					"description": `first(all.description)`,
				},
				// AD's computers and service accounts are users too.
				ScopePeople: `!all.objectClass.exists(c, c.lowerAscii() == "computer")`,
			},
		},
		{
			Name:    "csv",
			Summary: "CSV files whose columns are called as the attributes here: userName, givenName, familyName, email, …",
			Rules: Rules{
				User: map[string]string{
					"userName":       `person.userName != "" ? person.userName : person.email`,
					"displayName":    `person.displayName != "" ? person.displayName : clean(person.givenName + " " + person.familyName)`,
					"givenName":      `person.givenName`,
					"familyName":     `person.familyName`,
					"email":          `person.email`,
					"phone":          `person.phone`,
					"title":          `person.title`,
					"department":     `person.department`,
					"division":       `person.division`,
					"organization":   `person.organization`,
					"costCenter":     `person.costCenter`,
					"employeeNumber": `person.employeeNumber`,
					"userType":       `person.userType`,
					// Any other word works out to nothing: the account stays as it is.
					"active": `{"": true, "true": true, "yes": true, "1": true, "active": true, ` +
						`"false": false, "no": false, "0": false, "inactive": false}[clean(person.active).lowerAscii()]`,
				},
				Group: map[string]string{
					"displayName": `group.name != "" ? group.name : anchor`,
					"description": `group.description`,
				},
			},
		},
		{
			Name:    "seed-002",
			Summary: "What AWS's sample iam-identity-center-scim-sync sends from Active Directory; with anchor objectSid. Of mail and userPrincipalName, mail is the e-mail address.",
			Rules: Rules{
				User: map[string]string{
					"userName":       `person.userPrincipalName`,
					"displayName":    `person.displayName != "" ? person.displayName : person.cn`,
					"givenName":      `person.givenName`,
					"familyName":     `person.sn`,
					"name.formatted": `clean(person.givenName + " " + person.sn)`,
					"email":          `person.mail != "" ? person.mail : person.userPrincipalName`,
					"title":          `person.title`,
					"department":     `person.department`,
					"organization":   `person.company`,
					"active":         `enabled(person.userAccountControl) && !expired(person.accountExpires)`,
				},
				Group: map[string]string{
					"displayName": `group.cn`,
				},
				ScopePeople: `!all.objectClass.exists(c, c.lowerAscii() == "computer")`,
			},
		},
		{
			Name:    "inetorgperson",
			Summary: "inetOrgPerson (RFC 2798) with groupOfNames or posixGroup; uid is the userName.",
			Rules: Rules{
				User: map[string]string{
					"userName":          `person.uid`,
					"displayName":       `person.displayName != "" ? person.displayName : first(all.cn)`,
					"givenName":         `first(all.givenName)`,
					"familyName":        `first(all.sn)`,
					"email":             `first(all.mail)`,
					"phone":             `first(all.telephoneNumber)`,
					"title":             `first(all.title)`,
					"department":        `first(all.ou + all.departmentNumber)`,
					"organization":      `first(all.o)`,
					"employeeNumber":    `person.employeeNumber`,
					"userType":          `first(all.employeeType)`,
					"preferredLanguage": `person.preferredLanguage`,
					// 389 Directory Server and Oracle set the first; the second,
					// at the year 0, is how OpenLDAP's policy overlay locks for
					// good (any other time is a lock that ends by itself).
					"active": `person.nsAccountLock.lowerAscii() != "true" && person.pwdAccountLockedTime != "000001010000Z"`,
				},
				Group: map[string]string{
					"displayName": `first(all.cn)`,
					"description": `first(all.description)`,
				},
			},
		},
	}
}

func presetNames() []string {
	var names []string
	for _, p := range Presets() {
		names = append(names, p.Name)
	}
	return names
}

// presetRules finds a preset's rules; the empty name has none.
func presetRules(name string) (Rules, bool) {
	if name == "" {
		return Rules{}, true
	}
	all := Presets()
	i := slices.IndexFunc(all, func(p Preset) bool { return p.Name == name })
	if i < 0 {
		return Rules{}, false
	}
	return all[i].Rules, true
}
