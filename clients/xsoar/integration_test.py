"""The integration of deploy/xsoar against a server, as XSOAR runs it."""

import http.server
import os
import runpy
import threading
import unittest

import demistomock

INTEGRATION = os.environ["INTEGRATION"]
USER = {"username": "py", "givenname": "P", "surname": "Y", "displayname": "Py", "email": "py@example.com"}


def run(command, args=None, **params):
    """Gives a command to an instance and returns the one entry that comes."""
    demistomock.state.update(command=command, args=args or {}, results=[], params={
        "url": os.environ["ROLLCALL_URL"] + "/", "credentials": {"identifier": "AWS-ILM_instance_1", "password": os.environ["OPERATOR_TOKEN"]},
        "create_user_enabled": True, "mapper_in": "User Profile - SCIM (Incoming)", "mapper_out": "User Profile - SCIM (Outgoing)",
        **params,
    })
    try:
        runpy.run_path(INTEGRATION, run_name="__main__")
    except SystemExit:
        pass
    (entry,) = demistomock.state["results"]
    return entry


class Integration(unittest.TestCase):
    def test_button(self):
        self.assertEqual(run("test-module"), "ok")

    def test_mapping_fields(self):
        self.assertIn("userName", run("get-mapping-fields")["User Profile"])

    def test_users_and_groups(self):
        entry = run("iam-create-user", {"user-profile": USER})
        self.assertEqual((entry["Type"], entry["ContentsFormat"]), (1, "json"))
        self.assertTrue(entry["HumanReadable"].startswith("### Create User Results (AWS-ILM)\n|brand|instanceName|success|"))
        made = entry["Contents"]
        self.assertEqual((made["action"], made["success"], made["active"], made["instanceName"]), ("create", True, True, "AWS-ILM_instance_1"))
        key = "IAM.Vendor(val.instanceName && val.instanceName == obj.instanceName && val.email && val.email == obj.email)"
        self.assertEqual(entry["EntryContext"][key], made)
        again = run("iam-update-user", {"user-profile": '{"username": "py", "title": "Lead"}', "allow-enable": "true"})
        self.assertEqual(again["Contents"]["details"]["title"], "Lead")
        group = run("iam-create-group", {"scim": '{"displayName": "pythons"}'})["Contents"]["id"]
        self.assertTrue(run("iam-update-group", {"scim": {"id": group}, "memberIdsToAdd": made["id"], "memberIdsToDelete": None})["Contents"]["success"])
        members = run("iam-get-group", {"scim": {"id": group}})["EntryContext"]["GetGroup(val.id && val.id == obj.id)"]["members"]
        self.assertEqual(members, [{"value": made["id"], "display": "Py"}])
        self.assertTrue(run("iam-delete-group", {"scim": {"id": group}})["Contents"]["success"])
        self.assertFalse(run("iam-disable-user", {"user-profile": USER})["Contents"]["active"])
        self.assertEqual(run("iam-get-user", {"user-profile": USER})["Contents"]["active"], False)

    def test_switches(self):
        for name, command in (("create_user_enabled", "iam-create-user"), ("update_user_enabled", "iam-update-user"), ("disable_user_enabled", "iam-disable-user")):
            made = run(command, {"user-profile": {"username": "nobody"}}, **{name: "false"})["Contents"]
            self.assertEqual((made["skipped"], made["reason"]), (True, "Command is disabled."))
        made = run("iam-update-user", {"user-profile": {"username": "nobody"}}, create_if_not_exists=False)["Contents"]
        self.assertEqual((made["skipped"], made["reason"]), (True, "User does not exist"))

    def test_failures(self):
        for args, params, says in (
            ({"user-profile": "{"}, {}, "user-profile is not JSON"),
            ({"user-profile": USER}, {"credentials": {"identifier": "AWS-ILM_instance_1", "password": "wrong"}}, "the bearer token is no operator's"),
            ({"user-profile": USER}, {"credentials": {"identifier": "nowhere", "password": os.environ["OPERATOR_TOKEN"]}}, "names an instance"),
            ({"user-profile": USER}, {"mapper_out": "Another"}, "there is no mapper of this name"),
            ({"user-profile": USER}, {"url": "http://127.0.0.1:1"}, "Failed to execute iam-get-user command. Error: "),
            ({"user-profile": USER}, {"url": os.environ["ROLLCALL_URL"] + "/x"}, "Base URL"),
        ):
            entry = run("iam-get-user", args, **params)
            self.assertEqual(entry["Type"], 4, entry)
            self.assertIn(says, entry["Contents"])
            self.assertNotIn(os.environ["OPERATOR_TOKEN"], entry["Contents"])
        self.assertIn("bearer token", run("test-module", credentials={"identifier": "", "password": "wrong"}))

    def test_certificates(self):
        self.assertIn("certificate", run("test-module", url=os.environ["TLS_URL"], insecure=False))
        answer = run("test-module", url=os.environ["TLS_URL"], insecure=True)
        self.assertIn("bearer token", answer)  # it is another server, which knows no such token

    def test_proxy(self):
        seen = []

        class Proxy(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                seen.append(self.path)
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b'{"Contents": "from the proxy"}')

            def log_message(self, *args):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        os.environ["http_proxy"] = "http://127.0.0.1:%d" % server.server_port
        try:
            self.assertEqual(run("test-module", proxy=False), "ok")
            self.assertEqual(seen, [])
            self.assertEqual(run("test-module", proxy=True), "from the proxy")
            self.assertEqual(seen, [os.environ["ROLLCALL_URL"] + "/xsoar/test-module"])
        finally:
            del os.environ["http_proxy"]
            server.shutdown()

    def test_redirects_are_not_followed(self):
        seen = []

        class Elsewhere(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                seen.append(self.path)
                self.send_response(302)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *args):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.assertIn("Base URL", run("test-module", url="http://127.0.0.1:%d" % server.server_port))
        self.assertEqual(seen, ["/xsoar/test-module"])
        server.shutdown()


if __name__ == "__main__":
    unittest.main()
