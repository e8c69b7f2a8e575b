import os, sys
os.execvp("rollcall", ["rollcall", "compat", "identitystore-operations", *sys.argv[1:]])
