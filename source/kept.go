package source

import "strings"

// Kept reports whether an attribute may be in a snapshot, by its name in lower
// case. Never: passwords, keys, certificates and pictures.
func Kept(name string) bool {
	return !strings.Contains(name, "password") && !strings.Contains(name, "passwd") && !strings.HasPrefix(name, "krb") && !dropped[name]
}

var dropped = map[string]bool{
	// Passwords and keys: AD's own, its trusts' and its old LAPS', the password
	// history of OpenLDAP and 389 Directory Server, one-time password seeds, FreeIPA's NT hash.
	"unicodepwd": true, "dbcspwd": true, "lmpwdhistory": true, "ntpwdhistory": true, "pwdhistory": true,
	"supplementalcredentials": true, "trustauthincoming": true, "trustauthoutgoing": true,
	"initialauthincoming": true, "initialauthoutgoing": true, "currentvalue": true, "priorvalue": true,
	"ms-mcs-admpwd": true, "oathsecret": true, "ipatokenotpkey": true, "ipanthash": true, "pwd": true,
	// Certificates and pictures.
	"usercertificate": true, "usersmimecertificate": true, "userpkcs12": true, "cacertificate": true,
	"crosscertificatepair": true, "certificaterevocationlist": true, "authorityrevocationlist": true,
	"jpegphoto": true, "photo": true, "thumbnailphoto": true, "thumbnaillogo": true, "audio": true,
}
