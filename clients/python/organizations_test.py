"""Accounts and who asks, by boto3."""

import datetime
import os
import unittest

import boto3
from botocore.exceptions import ClientError

import server

organizations = server.calm("organizations")
sts = boto3.client("sts")


class Accounts(unittest.TestCase):
    def test_are_found_from_the_root_down(self):
        (root,) = organizations.list_roots()["Roots"]
        (workloads,) = organizations.list_organizational_units_for_parent(ParentId=root["Id"])["OrganizationalUnits"]
        (production,) = organizations.list_organizational_units_for_parent(ParentId=workloads["Id"])["OrganizationalUnits"]
        inside = organizations.list_accounts_for_parent(ParentId=production["Id"])["Accounts"]
        self.assertEqual(sorted(a["Name"] for a in inside), ["Billing", "Shop"])
        (parent,) = organizations.list_parents(ChildId=inside[0]["Id"])["Parents"]
        self.assertEqual(parent, {"Id": production["Id"], "Type": "ORGANIZATIONAL_UNIT"})

    def test_are_listed_over_three_pages(self):
        pages = list(organizations.get_paginator("list_accounts").paginate(PaginationConfig={"PageSize": 1}))
        self.assertGreaterEqual(len(pages), 4)
        accounts = [a for page in pages for a in page["Accounts"]]
        owner = organizations.describe_organization()["Organization"]["MasterAccountId"]
        self.assertEqual({a["Id"] for a in accounts}, {owner, "222222222222", "333333333333", "444444444444"})
        got = organizations.describe_account(AccountId=accounts[0]["Id"])["Account"]
        self.assertEqual(got, accounts[0])
        self.assertIsInstance(got["JoinedTimestamp"], datetime.datetime)

    def test_that_are_not_there_are_not_found(self):
        with self.assertRaises(organizations.exceptions.AccountNotFoundException):
            organizations.describe_account(AccountId="999999999999")
        with self.assertRaises(organizations.exceptions.InvalidInputException):
            organizations.list_accounts(NextToken="made-up")


class Callers(unittest.TestCase):
    def test_learn_who_they_are(self):
        me = sts.get_caller_identity()
        self.assertEqual(me["Account"], organizations.describe_organization()["Organization"]["MasterAccountId"])
        self.assertRegex(me["Arn"], "^arn:aws:sts::[0-9]{12}:assumed-role/")

    def test_assume_roles(self):
        account = sts.get_caller_identity()["Account"]
        session = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/Audit", RoleSessionName="test", DurationSeconds=900)
        credentials = session["Credentials"]
        self.assertIsInstance(credentials["Expiration"], datetime.datetime)
        assumed = boto3.client(
            "sts",
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        )
        self.assertEqual(assumed.get_caller_identity()["Arn"], session["AssumedRoleUser"]["Arn"])

    def test_are_refused_in_the_words_of_sts(self):
        key, secret = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
        for code, pair in (("InvalidClientTokenId", ("AKIAAAAAAAAAAAAAAAAA", secret)), ("SignatureDoesNotMatch", (key, "wrong"))):
            wrong = boto3.client("sts", aws_access_key_id=pair[0], aws_secret_access_key=pair[1])
            with self.assertRaises(ClientError) as caught:
                wrong.get_caller_identity()
            self.assertEqual(caught.exception.response["Error"]["Code"], code)
            self.assertEqual(caught.exception.response["ResponseMetadata"]["HTTPStatusCode"], 403)


if __name__ == "__main__":
    unittest.main()
