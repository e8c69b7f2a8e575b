"""Writes argparse_golden.json: what Python's own argparse says to command lines.

    COLUMNS=80 python3 argparse_golden.py > argparse_golden.json
"""

import argparse
import contextlib
import io
import json
import sys


def parser():
    top = argparse.ArgumentParser(prog="identitystore_operations.py")
    subs = top.add_subparsers()
    store = ("identitystoreid", True, "Identity Store Id for IAM Identity Center Directory Configuration")
    for name, *flags in [
        ("create_user", store, ("username", True, "User Name for the user"), ("givenname", True, "First Name for the user"),
         ("familyname", True, "Last Name for the user"),
         ("groupname", False, "if provided and valid, the newly created user will be added to group")),
        ("create_group", store, ("groupname", True, "Name of the Group"), ("description", True, "Group Description")),
        ("adduser_to_group", store, ("groupname", True, "Name of the group"), ("username", True, "Name of the user")),
        ("delete_group", store, ("groupname", True, "Name of the group")),
        ("list_members", store, ("groupname", True, "Name of the group")),
        ("list_membership", store, ("username", True, "Name of the user")),
    ]:
        sub = subs.add_parser(name)
        sub.set_defaults(command=name)
        for flag, required, text in flags:
            sub.add_argument("--" + flag, required=required, help=text)
    return top


LINES = [
    "-h", "--help", "--he", "nope", "--version", "-x create_user",
    *(f"{c} -h" for c in ("create_user", "create_group", "adduser_to_group", "delete_group", "list_members", "list_membership")),
    "create_user", "create_group --groupname G", "create_user --username johndoe",
    "create_user --identitystoreid d --username u --givenname g --familyname f",
    "create_user --identitystoreid=d --username=u --givenname=g --familyname=f --groupname=x",
    "create_user --ident d --user u --given g --fam f --group x",
    "create_user --ident d --user u --g x --fam f",
    "create_user --ident d --user u --given g --fam",
    "create_user --ident d --user --given g --fam f",
    "create_user --ident d --user u --given g --fam f extra more",
    "create_user --ident d --nope --user u --given g --fam f",
    "create_user --ident d --user u --given -1 --fam -1.5",
    "create_user --user= --ident= --given= --fam=",
    "create_user --user a=b --ident d --given g --fam f",
    "create_user --user a --user b --ident d --given g --fam f",
    "create_user extra --user a -h",
    "adduser_to_group --ident D --group G --user johndoe",
    "adduser_to_group --ident D --group G",
    "delete_group --ident D --groupname", "delete_group --help", "delete_group --i D --g G",
    "list_members --identitystoreid D --groupname G --groupname H", "list_membership --identitystoreid D", "list_membership --u nobody --i D",
]


def run(argv):
    out, err, status, values = io.StringIO(), io.StringIO(), 0, None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            values = {k: v for k, v in vars(parser().parse_args(argv)).items() if v is not None}
        except SystemExit as stop:
            status = stop.code
    return {"argv": argv, "status": status, "out": out.getvalue(), "err": err.getvalue(), "values": values}


cases = [line.split() for line in LINES] + [["create_group", "--i", "D", "--g", "two words", "--d", "-with a space"]]
json.dump([run(argv) for argv in cases], sys.stdout, indent=1)
print()
