"""Every error that boto3 raises, as the class that its service model gives it."""

import os
import time
import unittest

from botocore import UNSIGNED
from botocore.exceptions import ClientError, ConnectionClosedError, ParamValidationError

import server
from server import INSTANCE, NOBODY, ROUGH_INSTANCE, ROUGH_STORE, STORE, user

calm = server.calm("identitystore")
sso = server.calm("sso-admin")
NO_SET = INSTANCE.replace(":instance/", ":permissionSet/") + "/ps-0000000000000000"
ROUGH_SET = ROUGH_INSTANCE.replace(":instance/", ":permissionSet/") + "/ps-0000000000000000"


class Refusals(unittest.TestCase):
    def refused(self, kind, call, status=400, **arguments):
        """The error of a call, which must be of that kind and complete."""
        with self.assertRaises(kind) as caught:
            call(**arguments)
        error = caught.exception.response
        self.assertTrue(error["Error"]["Message"])
        self.assertRegex(error["ResponseMetadata"]["RequestId"], r"^[0-9a-f-]{36}$")
        self.assertEqual(error["ResponseMetadata"]["HTTPStatusCode"], status)
        return error

    def named(self, code, call, **arguments):
        """The same of an error that no model has: a class of botocore's own."""
        error = self.refused(ClientError, call, **arguments)
        self.assertEqual(error["Error"]["Code"], code)


class IdentityStoreErrors(Refusals):
    def test_validation(self):
        error = self.refused(
            calm.exceptions.ValidationException, calm.create_user, **user("two words", NickName="\u200b")
        )
        self.assertIn("2 validation errors detected", error["Error"]["Message"])
        self.refused(calm.exceptions.ValidationException, calm.list_users, IdentityStoreId=STORE, NextToken="made-up")

    def test_what_the_client_refuses_by_itself_is_not_sent(self):
        with self.assertRaises(ParamValidationError):
            calm.describe_user(IdentityStoreId=STORE)

    def test_conflict(self):
        ada = user("ada", Emails=[{"Value": "ada@example.com", "Primary": True}])
        made = calm.create_user(**ada)["UserId"]
        group = calm.create_group(IdentityStoreId=STORE, DisplayName="Errors")["GroupId"]
        membership = {"IdentityStoreId": STORE, "GroupId": group, "MemberId": {"UserId": made}}
        calm.create_group_membership(**membership)
        for call, arguments in (
            (calm.create_user, user("ADA")),
            (calm.create_user, ada | {"UserName": "ada2"}),
            (calm.create_group, {"IdentityStoreId": STORE, "DisplayName": "ERRORS"}),
            (calm.create_group_membership, membership),
        ):
            error = self.refused(calm.exceptions.ConflictException, call, **arguments)
            self.assertEqual(error["Reason"], "UNIQUENESS_CONSTRAINT_VIOLATION")
            self.assertEqual(error["RequestId"], error["ResponseMetadata"]["RequestId"])

    def test_not_found(self):
        error = self.refused(
            calm.exceptions.ResourceNotFoundException, calm.describe_user, IdentityStoreId=STORE, UserId=NOBODY
        )
        self.assertEqual((error["ResourceType"], error["ResourceId"]), ("USER", NOBODY))
        error = self.refused(
            calm.exceptions.ResourceNotFoundException, calm.list_groups, IdentityStoreId="d-0000000000"
        )
        self.assertEqual(error["ResourceType"], "IDENTITY_STORE")

    def test_throttled_to_the_end(self):
        rough = server.rough("identitystore", attempts=2)
        error = self.refused(
            rough.exceptions.ThrottlingException, rough.create_group, IdentityStoreId=ROUGH_STORE, DisplayName="x"
        )
        self.assertEqual(error["RetryAfterSeconds"], 2)
        self.assertEqual(error["ResponseMetadata"]["RetryAttempts"], 1)

    def test_throttled_once_is_tried_again(self):
        rough = server.rough("identitystore", attempts=3)
        answer = rough.list_groups(IdentityStoreId=ROUGH_STORE)
        self.assertEqual(answer["ResponseMetadata"]["RetryAttempts"], 1)

    def test_somebody_else_writes(self):
        rough = server.rough("identitystore")
        error = self.refused(
            rough.exceptions.ConflictException, rough.delete_group, IdentityStoreId=ROUGH_STORE, GroupId=NOBODY
        )
        self.assertEqual(error["Reason"], "CONCURRENT_MODIFICATION")

    def test_the_service_fails(self):
        rough = server.rough("identitystore")
        self.refused(
            rough.exceptions.InternalServerException, rough.delete_user, 500, IdentityStoreId=ROUGH_STORE, UserId=NOBODY
        )

    def test_the_answer_is_lost(self):
        rough = server.rough("identitystore")
        with self.assertRaises(ConnectionClosedError):
            rough.update_group(
                IdentityStoreId=ROUGH_STORE,
                GroupId=NOBODY,
                Operations=[{"AttributePath": "description", "AttributeValue": "x"}],
            )

    def test_denied(self):
        reader = server.rough("identitystore", key="READER")
        self.assertIn("Users", reader.list_users(IdentityStoreId=ROUGH_STORE))
        self.refused(reader.exceptions.AccessDeniedException, reader.create_user, **user("ann", ROUGH_STORE))
        self.refused(
            reader.exceptions.AccessDeniedException,
            server.rough("identitystore").describe_group,
            IdentityStoreId=ROUGH_STORE,
            GroupId=NOBODY,
        )

    def test_credentials(self):
        for key, secret, code in (
            ("AKIAAAAAAAAAAAAAAAAA", "x" * 40, "UnrecognizedClientException"),
            (os.environ["ROUGH_AWS_ACCESS_KEY_ID"], "x" * 40, "InvalidSignatureException"),
        ):
            os.environ["WRONG_ACCESS_KEY_ID"], os.environ["WRONG_SECRET_ACCESS_KEY"] = key, secret
            wrong = server.rough("identitystore", key="WRONG")
            self.named(code, wrong.list_users, IdentityStoreId=ROUGH_STORE)
        unsigned = server.rough("identitystore", signature_version=UNSIGNED)
        self.named("MissingAuthenticationTokenException", unsigned.list_users, IdentityStoreId=ROUGH_STORE)
        expired = server.rough("identitystore")
        self.named("ExpiredTokenException", expired.describe_user, IdentityStoreId=ROUGH_STORE, UserId=NOBODY)


class AdminErrors(Refusals):
    def test_validation(self):
        error = self.refused(
            sso.exceptions.ValidationException,
            sso.create_permission_set,
            InstanceArn=INSTANCE,
            Name="a set",
            SessionDuration="one hour",
        )
        self.assertIn("2 validation errors detected", error["Error"]["Message"])

    def test_conflict(self):
        made = {"InstanceArn": INSTANCE, "Name": "errors"}
        sso.create_permission_set(**made)
        self.refused(sso.exceptions.ConflictException, sso.create_permission_set, **made)

    def test_not_found(self):
        key = {"InstanceArn": INSTANCE, "PermissionSetArn": NO_SET}
        error = self.refused(sso.exceptions.ResourceNotFoundException, sso.describe_permission_set, **key)
        self.assertIn("ps-0000000000000000", error["Error"]["Message"])
        assignment = {
            **key,
            "TargetId": "222222222222",
            "TargetType": "AWS_ACCOUNT",
            "PrincipalType": "USER",
            "PrincipalId": NOBODY,
        }
        self.refused(sso.exceptions.ResourceNotFoundException, sso.create_account_assignment, **assignment)
        self.refused(sso.exceptions.ResourceNotFoundException, sso.delete_account_assignment, **assignment)

    def test_throttled(self):
        rough = server.rough("sso-admin", attempts=2)
        error = self.refused(rough.exceptions.ThrottlingException, rough.list_applications, InstanceArn=ROUGH_INSTANCE)
        self.assertEqual(error["ResponseMetadata"]["RetryAttempts"], 1)
        self.assertNotIn("RetryAfterSeconds", error)

    def test_quota(self):
        made = sso.create_permission_set(InstanceArn=INSTANCE, Name="full")["PermissionSet"]["PermissionSetArn"]
        key = {"InstanceArn": INSTANCE, "PermissionSetArn": made}
        with self.assertRaises(sso.exceptions.ServiceQuotaExceededException):
            for n in range(30):
                sso.attach_managed_policy_to_permission_set(**key, ManagedPolicyArn=f"arn:aws:iam::aws:policy/P{n}")

    def test_a_write_that_has_not_settled(self):
        rough = server.rough("sso-admin")
        key = {"InstanceArn": ROUGH_INSTANCE, "PermissionSetArn": ROUGH_SET}
        self.refused(rough.exceptions.ConflictException, rough.update_permission_set, **key, Description="x")

    def test_the_service_fails(self):
        rough = server.rough("sso-admin")
        self.refused(rough.exceptions.InternalServerException, rough.describe_instance, 500, InstanceArn=ROUGH_INSTANCE)

    def test_denied(self):
        reader = server.rough("sso-admin", key="READER")
        self.assertEqual(len(reader.list_instances()["Instances"]), 1)
        self.refused(
            reader.exceptions.AccessDeniedException, reader.create_permission_set, InstanceArn=ROUGH_INSTANCE, Name="x"
        )
        key = {"InstanceArn": ROUGH_INSTANCE, "PermissionSetArn": ROUGH_SET}
        rough = server.rough("sso-admin")
        self.refused(rough.exceptions.AccessDeniedException, rough.describe_permission_set, **key)

    def test_expired_credentials(self):
        rough = server.rough("sso-admin")
        self.named("ExpiredTokenException", rough.list_permission_sets, InstanceArn=ROUGH_INSTANCE)

    def test_an_assignment_that_fails_says_why(self):
        rough = server.rough("sso-admin")
        made = rough.create_permission_set(InstanceArn=ROUGH_INSTANCE, Name="fails")["PermissionSet"]["PermissionSetArn"]
        assignee = server.rough("identitystore").create_user(**user("assignee", ROUGH_STORE))["UserId"]
        status = rough.create_account_assignment(
            InstanceArn=ROUGH_INSTANCE,
            PermissionSetArn=made,
            TargetId=rough.list_instances()["Instances"][0]["OwnerAccountId"],
            TargetType="AWS_ACCOUNT",
            PrincipalType="USER",
            PrincipalId=assignee,
        )["AccountAssignmentCreationStatus"]
        for _ in range(300):
            if status["Status"] != "IN_PROGRESS":
                break
            time.sleep(0.05)
            status = rough.describe_account_assignment_creation_status(
                InstanceArn=ROUGH_INSTANCE, AccountAssignmentCreationRequestId=status["RequestId"]
            )["AccountAssignmentCreationStatus"]
        self.assertEqual((status["Status"], status["FailureReason"]), ("FAILED", "role quota exceeded"))


if __name__ == "__main__":
    unittest.main()
