"""Runs scim2-tester against a SCIM endpoint and prints each result as a line of JSON.

scim2tester.py URL TOKEN
"""

import json
import random
import re
import sys

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

url, token = sys.argv[1:]
random.seed(20260101)  # which booleans and digits are sent: the same on every run


def steady(text):
    """Take out what differs from run to run."""
    text = re.sub(r"([0-9a-f]{10}-)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID", text or "")
    return re.sub(r"\s+", " ", text)


with Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=30) as http:
    for result in check_server(SyncSCIMClient(http)):
        print(json.dumps({
            "status": result.status.name,
            "check": result.title,
            "resource": result.resource_type or "",
            "reason": steady(result.reason),
        }))
