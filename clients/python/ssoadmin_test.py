"""Permission sets, assignments and applications from creation to deletion, by boto3."""

import datetime
import time
import unittest

from botocore.config import Config
from botocore.exceptions import ClientError

import server
from server import INSTANCE, STORE, user

sso = server.calm("sso-admin")
ids = server.calm("identitystore")
CUSTOM = "arn:aws:sso::aws:applicationProvider/custom"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def tearDownModule():
    """Every operation of the model was called, or is said to be unknown."""
    blind = server.calm("sso-admin", config=Config(parameter_validation=False))
    for name in set(sso.meta.service_model.operation_names) - server.called:
        try:
            blind._make_api_call(name, {})
        except ClientError as e:
            assert e.response["Error"]["Code"] == "UnknownOperationException", f"{name} is not called: {e}"
        else:
            raise AssertionError(f"{name} is not called")


def settled(describe, request, member, **arguments):
    """The end of something asynchronous."""
    for _ in range(300):
        status = describe(InstanceArn=INSTANCE, **{request: arguments["RequestId"]})[member]
        if status["Status"] != "IN_PROGRESS":
            return status
        time.sleep(0.05)
    raise AssertionError(f"{request} is in progress for ever")


def created(status):
    return settled(
        sso.describe_account_assignment_creation_status,
        "AccountAssignmentCreationRequestId",
        "AccountAssignmentCreationStatus",
        **status,
    )


def deleted(status):
    return settled(
        sso.describe_account_assignment_deletion_status,
        "AccountAssignmentDeletionRequestId",
        "AccountAssignmentDeletionStatus",
        **status,
    )


def permission_set(name, **more):
    return sso.create_permission_set(InstanceArn=INSTANCE, Name=name, **more)["PermissionSet"]["PermissionSetArn"]


class Instances(unittest.TestCase):
    def test_are_listed_described_and_renamed(self):
        (found,) = sso.list_instances()["Instances"]
        self.assertEqual((found["InstanceArn"], found["IdentityStoreId"]), (INSTANCE, STORE))
        self.assertEqual(found["Status"], "ACTIVE")
        sso.update_instance(InstanceArn=INSTANCE, Name="main")
        got = sso.describe_instance(InstanceArn=INSTANCE)
        self.assertEqual((got["Name"], got["OwnerAccountId"]), ("main", found["OwnerAccountId"]))
        self.assertIsInstance(got["CreatedDate"], datetime.datetime)

    def test_come_to_other_regions(self):
        key = {"InstanceArn": INSTANCE, "RegionName": "eu-west-1"}
        sso.add_region(**key)
        self.assertFalse(self.active(key)["IsPrimaryRegion"])
        self.assertEqual(len(sso.list_regions(InstanceArn=INSTANCE)["Regions"]), 2)
        sso.remove_region(**key)

    def active(self, key):
        for _ in range(300):
            region = sso.describe_region(**key)
            if region["Status"] == "ACTIVE":
                return region
            time.sleep(0.05)
        self.fail("the region is never active")


class PermissionSets(unittest.TestCase):
    def test_live_from_creation_to_deletion(self):
        arn = permission_set("life", Description="of a set", SessionDuration="PT2H", Tags=[{"Key": "team", "Value": "one"}])
        key = {"InstanceArn": INSTANCE, "PermissionSetArn": arn}
        sso.update_permission_set(**key, Description="changed", RelayState="https://console.aws.amazon.com/")
        got = sso.describe_permission_set(**key)["PermissionSet"]
        self.assertEqual((got["Name"], got["Description"]), ("life", "changed"))
        self.assertIsInstance(got["CreatedDate"], datetime.datetime)

        resource = {"InstanceArn": INSTANCE, "ResourceArn": arn}
        sso.tag_resource(**resource, Tags=[{"Key": "stage", "Value": ""}])
        sso.untag_resource(**resource, TagKeys=["team"])
        self.assertEqual(sso.list_tags_for_resource(**resource)["Tags"], [{"Key": "stage", "Value": ""}])
        sso.delete_permission_set(**key)
        with self.assertRaises(sso.exceptions.ResourceNotFoundException):
            sso.describe_permission_set(**key)

    def test_are_listed_over_three_pages(self):
        made = {permission_set(f"page{n}") for n in range(5)}
        pages = list(
            sso.get_paginator("list_permission_sets").paginate(InstanceArn=INSTANCE, PaginationConfig={"PageSize": 2})
        )
        self.assertGreaterEqual(len(pages), 3)
        self.assertLessEqual(made, {arn for page in pages for arn in page["PermissionSets"]})

    def test_have_policies(self):
        key = {"InstanceArn": INSTANCE, "PermissionSetArn": permission_set("policies")}
        policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
        sso.put_inline_policy_to_permission_set(**key, InlinePolicy=policy)
        self.assertEqual(sso.get_inline_policy_for_permission_set(**key)["InlinePolicy"], policy)
        sso.delete_inline_policy_from_permission_set(**key)
        self.assertFalse(sso.get_inline_policy_for_permission_set(**key).get("InlinePolicy"))

        sso.attach_managed_policy_to_permission_set(**key, ManagedPolicyArn=READ_ONLY)
        (got,) = sso.list_managed_policies_in_permission_set(**key)["AttachedManagedPolicies"]
        self.assertEqual(got, {"Name": "ReadOnlyAccess", "Arn": READ_ONLY})
        sso.detach_managed_policy_from_permission_set(**key, ManagedPolicyArn=READ_ONLY)

        reference = {"Name": "audit", "Path": "/team/"}
        sso.attach_customer_managed_policy_reference_to_permission_set(**key, CustomerManagedPolicyReference=reference)
        got = sso.list_customer_managed_policy_references_in_permission_set(**key)
        self.assertEqual(got["CustomerManagedPolicyReferences"], [reference])
        sso.detach_customer_managed_policy_reference_from_permission_set(**key, CustomerManagedPolicyReference=reference)

        boundary = {"CustomerManagedPolicyReference": reference}
        sso.put_permissions_boundary_to_permission_set(**key, PermissionsBoundary=boundary)
        self.assertEqual(sso.get_permissions_boundary_for_permission_set(**key)["PermissionsBoundary"], boundary)
        sso.delete_permissions_boundary_from_permission_set(**key)
        with self.assertRaises(sso.exceptions.ResourceNotFoundException):
            sso.get_permissions_boundary_for_permission_set(**key)


class Assignments(unittest.TestCase):
    def test_live_from_creation_to_deletion(self):
        group = ids.create_group(IdentityStoreId=STORE, DisplayName="Assigned")["GroupId"]
        made = permission_set("assigned")
        key = {"InstanceArn": INSTANCE, "PermissionSetArn": made}
        assignments = [
            {**key, "TargetId": account, "TargetType": "AWS_ACCOUNT", "PrincipalType": "GROUP", "PrincipalId": group}
            for account in ("222222222222", "333333333333", "444444444444")
        ]
        for assignment in assignments:
            status = sso.create_account_assignment(**assignment)["AccountAssignmentCreationStatus"]
            self.assertEqual(status["Status"], "IN_PROGRESS")
            done = created(status)
            self.assertEqual((done["Status"], done["TargetId"]), ("SUCCEEDED", assignment["TargetId"]))
            self.assertIsInstance(done["CreatedDate"], datetime.datetime)
        self.assertTrue(
            sso.list_account_assignment_creation_status(InstanceArn=INSTANCE, Filter={"Status": "SUCCEEDED"})[
                "AccountAssignmentsCreationStatus"
            ]
        )
        (listed,) = sso.list_account_assignments(**key, AccountId="222222222222")["AccountAssignments"]
        self.assertEqual((listed["PrincipalId"], listed["PrincipalType"]), (group, "GROUP"))
        pages = list(
            sso.get_paginator("list_account_assignments_for_principal").paginate(
                InstanceArn=INSTANCE, PrincipalType="GROUP", PrincipalId=group, PaginationConfig={"PageSize": 1}
            )
        )
        self.assertGreaterEqual(len(pages), 3)
        found = [a["AccountId"] for page in pages for a in page["AccountAssignments"]]
        self.assertEqual(sorted(found), ["222222222222", "333333333333", "444444444444"])
        self.assertEqual(
            sso.list_permission_sets_provisioned_to_account(InstanceArn=INSTANCE, AccountId="444444444444")["PermissionSets"],
            [made],
        )
        self.assertEqual(len(sso.list_accounts_for_provisioned_permission_set(**key)["AccountIds"]), 3)

        sso.update_permission_set(**key, Description="to be provisioned")
        began = sso.provision_permission_set(**key, TargetType="ALL_PROVISIONED_ACCOUNTS")["PermissionSetProvisioningStatus"]
        done = settled(
            sso.describe_permission_set_provisioning_status,
            "ProvisionPermissionSetRequestId",
            "PermissionSetProvisioningStatus",
            **began,
        )
        self.assertEqual(done["Status"], "SUCCEEDED")
        self.assertTrue(
            sso.list_permission_set_provisioning_status(InstanceArn=INSTANCE)["PermissionSetsProvisioningStatus"]
        )
        for assignment in assignments:
            done = deleted(sso.delete_account_assignment(**assignment)["AccountAssignmentDeletionStatus"])
            self.assertEqual(done["Status"], "SUCCEEDED")
        self.assertTrue(
            sso.list_account_assignment_deletion_status(InstanceArn=INSTANCE)["AccountAssignmentsDeletionStatus"]
        )
        self.assertEqual(sso.list_account_assignments(**key, AccountId="222222222222")["AccountAssignments"], [])


class Applications(unittest.TestCase):
    def test_live_from_creation_to_deletion(self):
        made = sso.create_application(
            InstanceArn=INSTANCE, ApplicationProviderArn=CUSTOM, Name="wiki", Tags=[{"Key": "team", "Value": "one"}]
        )
        key = {"ApplicationArn": made["ApplicationArn"]}
        sso.update_application(**key, Description="what we know", Status="DISABLED")
        got = sso.describe_application(**key)
        self.assertEqual((got["Name"], got["Status"], got["InstanceArn"]), ("wiki", "DISABLED", INSTANCE))
        self.assertIsInstance(got["CreatedDate"], datetime.datetime)
        listed = sso.list_applications(InstanceArn=INSTANCE, Filter={"ApplicationProvider": CUSTOM})["Applications"]
        self.assertEqual([a["ApplicationArn"] for a in listed], [made["ApplicationArn"]])

        sso.put_application_assignment_configuration(**key, AssignmentRequired=True)
        self.assertIs(sso.get_application_assignment_configuration(**key)["AssignmentRequired"], True)
        who = {"PrincipalType": "USER", "PrincipalId": ids.create_user(**user("reader"))["UserId"]}
        sso.create_application_assignment(**key, **who)
        self.assertEqual(sso.describe_application_assignment(**key, **who)["PrincipalId"], who["PrincipalId"])
        self.assertEqual(len(sso.list_application_assignments(**key)["ApplicationAssignments"]), 1)
        of_user = sso.list_application_assignments_for_principal(InstanceArn=INSTANCE, **who)
        self.assertEqual([a["ApplicationArn"] for a in of_user["ApplicationAssignments"]], [made["ApplicationArn"]])
        sso.delete_application_assignment(**key, **who)
        sso.delete_application(**key)
        with self.assertRaises(sso.exceptions.ResourceNotFoundException):
            sso.describe_application(**key)

    def test_have_providers(self):
        providers = [p["ApplicationProviderArn"] for p in sso.list_application_providers()["ApplicationProviders"]]
        self.assertIn(CUSTOM, providers)
        got = sso.describe_application_provider(ApplicationProviderArn=CUSTOM)
        self.assertEqual(got["ApplicationProviderArn"], CUSTOM)


if __name__ == "__main__":
    unittest.main()
