import demistomock as demisto  # noqa: F401
from CommonServerPython import *  # noqa: F401,F403
from CommonServerUserPython import *  # noqa: F401,F403

import json
import ssl
import urllib.error
import urllib.request

TIMEOUT = 300  # seconds: a command may wait for its turn at AWS
SWITCHES = ("create_user_enabled", "update_user_enabled", "enable_user_enabled", "disable_user_enabled", "create_if_not_exists")
MAPPERS = ("mapper_in", "mapper_out")


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Whoever redirects is not the server that the token is for."""

    def redirect_request(self, *args):
        return None


class Client:
    def __init__(self, url, token, insecure, proxy):
        self.url, self.token = url.strip("/"), token
        context = ssl.create_default_context()
        if insecure:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        proxies = urllib.request.ProxyHandler() if proxy else urllib.request.ProxyHandler({})
        self.opener = urllib.request.build_opener(proxies, NoRedirect, urllib.request.HTTPSHandler(context=context))

    def command(self, name, arguments):
        """Gives a command; returns whether it was understood, and the answer."""
        request = urllib.request.Request(
            self.url + "/xsoar/" + name,
            data=json.dumps(arguments).encode(),
            headers={"Authorization": "Bearer " + self.token, "Content-Type": "application/json", "Accept": "application/json"},
            method="POST",
        )
        try:
            with self.opener.open(request, timeout=TIMEOUT) as response:
                return True, json.load(response)
        except urllib.error.HTTPError as error:
            try:
                return False, json.load(error)
            except ValueError:
                return False, {"HumanReadable": "The server answers with HTTP status {}. Is the Base URL that of Rollcall?".format(error.code)}


def settings(params, tenant):
    """What the instance is set to, as the server wants it."""
    said = {"tenant_id": tenant, "instance": demisto.integrationInstance()}
    said.update({name: argToBoolean(params[name]) for name in SWITCHES if params.get(name) is not None})
    said.update({name: params[name] for name in MAPPERS if params.get(name)})
    return said


def main():
    name, params = demisto.command(), demisto.params()
    try:
        credentials = params.get("credentials") or {}
        tenant = credentials.get("identifier") or params.get("tenant_id") or ""
        token = credentials.get("password") or params.get("authentication_token") or ""
        client = Client(params["url"], token, argToBoolean(params.get("insecure") or False), argToBoolean(params.get("proxy") or False))
        arguments = {key: value for key, value in demisto.args().items() if value is not None}
        arguments["params"] = settings(params, tenant)
        understood, answer = client.command(name, arguments)
    except Exception as error:
        return return_error("Failed to execute {} command. Error: {}".format(name, error))
    if not understood:
        return return_error(answer["HumanReadable"])
    if name in ("test-module", "get-mapping-fields"):
        return demisto.results(answer["Contents"])
    return demisto.results({
        "Type": EntryType.NOTE,
        "ContentsFormat": EntryFormat.JSON,
        "Contents": answer["Contents"],
        "HumanReadable": answer["HumanReadable"],
        "EntryContext": answer["EntryContext"],
    })


if __name__ in ("__main__", "__builtin__", "builtins"):
    main()
