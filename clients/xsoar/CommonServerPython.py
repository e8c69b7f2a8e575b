"""As much of XSOAR's common code as the integration asks for, with its meaning."""

import sys

import demistomock as demisto


class EntryType:
    NOTE = 1
    ERROR = 4


class EntryFormat:
    JSON = "json"
    TEXT = "text"


def argToBoolean(value):
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("y", "yes", "true", "t", "on", "1"):
        return True
    if isinstance(value, str) and value.lower() in ("n", "no", "false", "f", "off", "0"):
        return False
    raise ValueError("Argument does not contain a valid boolean-like value")


def return_error(message):
    """Ends the script, as the platform's does; its test button shows the text."""
    if demisto.command() == "test-module":
        demisto.results(message)
    else:
        demisto.results({"Type": EntryType.ERROR, "ContentsFormat": EntryFormat.TEXT, "Contents": message})
    sys.exit(0)
