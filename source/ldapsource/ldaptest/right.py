# Puts an entry in front of an object's access list, also of a deleted one:
# right.py SAM.LDB SMB.CONF OBJECT ACCOUNT ACE, with %s in ACE for the account.
import sys

import ldb
from samba.auth import system_session
from samba.dcerpc import security
from samba.ndr import ndr_pack, ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB

database, config, name, account, ace = sys.argv[1:]
lp = LoadParm()
lp.load(config)
db = SamDB(url=database, session_info=system_session(), lp=lp)
controls = ["show_deleted:1", "sd_flags:1:4"]
who = db.search(expression="(sAMAccountName=%s)" % ldb.binary_encode(account), attrs=["objectSid"])[0]
sid = ndr_unpack(security.dom_sid, who["objectSid"][0])
domain = security.dom_sid(db.get_domain_sid())
found = db.search(name, ldb.SCOPE_BASE, attrs=["nTSecurityDescriptor"], controls=controls)[0]
before = ndr_unpack(security.descriptor, found["nTSecurityDescriptor"][0]).as_sddl(domain)
flags, aces = before.split("(", 1)
after = security.descriptor.from_sddl(flags + ace.replace("%s", str(sid)) + "(" + aces, domain)
change = ldb.Message(found.dn)
change["acl"] = ldb.MessageElement(ndr_pack(after), ldb.FLAG_MOD_REPLACE, "nTSecurityDescriptor")
db.modify(change, controls=controls)
