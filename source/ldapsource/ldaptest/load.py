# Adds the entries of an LDIF file on standard input to a domain that no server
# has open: load.py SAM.LDB SMB.CONF
import sys

from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

lp = LoadParm()
lp.load(sys.argv[2])
# In batch mode the index is written once, at the end, not copied for each entry.
db = SamDB(
    url=sys.argv[1],
    session_info=system_session(),
    lp=lp,
    options=["batch_mode:1", "transaction_index_cache_size:200000"],
)
db.transaction_start()
db.add_ldif(sys.stdin.read())
db.transaction_commit()
