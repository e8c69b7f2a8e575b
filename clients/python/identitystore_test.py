"""Users, groups and memberships from creation to deletion, by boto3."""

import datetime
import unittest

import server
from server import STORE, user

ids = server.calm("identitystore")


def tearDownModule():
    every = set(ids.meta.service_model.operation_names)
    assert not every - server.called, f"not called: {every - server.called}"


class Users(unittest.TestCase):
    def test_live_from_creation_to_deletion(self):
        made = ids.create_user(
            **user(
                "ann",
                Title="Engineer",
                Emails=[{"Value": "ann@example.com", "Type": "work", "Primary": True}],
                PhoneNumbers=[{"Value": "+44 20 1234", "Type": "work"}],
                Addresses=[{"Locality": "London", "Country": "GB", "Primary": True}],
                Photos=[{"Value": "https://example.com/ann.png"}],
                Roles=[{"Value": "analyst"}],
                Extensions={"aws:identitystore:enterprise": {"department": "Notes"}},
            )
        )
        key = {"IdentityStoreId": STORE, "UserId": made["UserId"]}
        got = ids.describe_user(**key, Extensions=["aws:identitystore:enterprise"])
        self.assertEqual(got["UserName"], "ann")
        self.assertEqual(got["Emails"][0]["Value"], "ann@example.com")
        self.assertEqual(got["UserStatus"], "ENABLED")
        self.assertEqual(got["Extensions"]["aws:identitystore:enterprise"], {"department": "Notes"})
        self.assertEqual(got["Revision"], made["Revision"])
        age = datetime.datetime.now(datetime.timezone.utc) - got["CreatedAt"]
        self.assertLess(abs(age), datetime.timedelta(minutes=10))

        changed = ids.update_user(
            **key,
            Revision=made["Revision"],
            Operations=[
                {"AttributePath": "title", "AttributeValue": None},
                {"AttributePath": "name.familyName", "AttributeValue": "Ray"},
                {"AttributePath": "emails", "AttributeValue": [{"value": "a.ray@example.com", "primary": True}]},
            ],
        )
        self.assertNotEqual(changed["Revision"], made["Revision"])
        got = ids.describe_user(IdentityStoreId=STORE, UserId=made["UserArn"])
        self.assertNotIn("Title", got)
        self.assertEqual(got["Name"]["FamilyName"], "Ray")
        self.assertGreaterEqual(got["UpdatedAt"], got["CreatedAt"])

        for path, value in ("userName", "ANN"), ("emails.value", "a.ray@example.com"):
            unique = {"UniqueAttribute": {"AttributePath": path, "AttributeValue": value}}
            found = ids.get_user_id(IdentityStoreId=STORE, AlternateIdentifier=unique)
            self.assertEqual(found["UserId"], made["UserId"])

        with self.assertRaises(ids.exceptions.ConflictException) as stale:
            ids.delete_user(**key, Revision=made["Revision"])
        self.assertEqual(stale.exception.response["Reason"], "CONCURRENT_MODIFICATION")
        ids.delete_user(**key, Revision=changed["Revision"])
        with self.assertRaises(ids.exceptions.ResourceNotFoundException):
            ids.describe_user(**key)

    def test_are_listed_over_three_pages(self):
        made = [ids.create_user(**user(f"page{n}"))["UserId"] for n in range(5)]
        pages = list(ids.get_paginator("list_users").paginate(IdentityStoreId=STORE, PaginationConfig={"PageSize": 2}))
        self.assertGreaterEqual(len(pages), 3)
        listed = [u["UserId"] for page in pages for u in page["Users"]]
        self.assertEqual(len(listed), len(set(listed)))
        self.assertLessEqual(set(made), set(listed))
        only = ids.list_users(IdentityStoreId=STORE, Filters=[{"AttributePath": "UserName", "AttributeValue": "page3"}])
        self.assertEqual([u["UserId"] for u in only["Users"]], [made[3]])


class Groups(unittest.TestCase):
    def test_live_from_creation_to_deletion(self):
        made = ids.create_group(IdentityStoreId=STORE, DisplayName="Staff", Description="everybody")
        key = {"IdentityStoreId": STORE, "GroupId": made["GroupId"]}
        ids.update_group(**key, Operations=[{"AttributePath": "displayName", "AttributeValue": "All staff"}])
        got = ids.describe_group(**key)
        self.assertEqual((got["DisplayName"], got["Description"]), ("All staff", "everybody"))
        self.assertIsInstance(got["UpdatedAt"], datetime.datetime)
        unique = {"UniqueAttribute": {"AttributePath": "displayName", "AttributeValue": "all staff"}}
        found = ids.get_group_id(IdentityStoreId=STORE, AlternateIdentifier=unique)
        self.assertEqual(found["GroupArn"], made["GroupArn"])
        ids.delete_group(**key)
        with self.assertRaises(ids.exceptions.ResourceNotFoundException):
            ids.describe_group(**key)

    def test_are_listed_over_three_pages(self):
        made = [ids.create_group(IdentityStoreId=STORE, DisplayName=f"pages {n}")["GroupId"] for n in range(5)]
        pages = list(ids.get_paginator("list_groups").paginate(IdentityStoreId=STORE, PaginationConfig={"PageSize": 2}))
        self.assertGreaterEqual(len(pages), 3)
        listed = [g["GroupId"] for page in pages for g in page["Groups"]]
        self.assertLessEqual(set(made), set(listed))


class Memberships(unittest.TestCase):
    def test_live_from_creation_to_deletion(self):
        bob = {"UserId": ids.create_user(**user("bob"))["UserId"]}
        groups = [ids.create_group(IdentityStoreId=STORE, DisplayName=f"club {n}")["GroupId"] for n in range(6)]
        made = [
            ids.create_group_membership(IdentityStoreId=STORE, GroupId=g, MemberId=bob)["MembershipId"]
            for g in groups[:5]
        ]
        got = ids.describe_group_membership(IdentityStoreId=STORE, MembershipId=made[0])
        self.assertEqual((got["GroupId"], got["MemberId"]), (groups[0], bob))
        self.assertIsInstance(got["CreatedAt"], datetime.datetime)
        found = ids.get_group_membership_id(IdentityStoreId=STORE, GroupId=groups[1], MemberId=bob)
        self.assertEqual(found["MembershipId"], made[1])
        asked = ids.is_member_in_groups(IdentityStoreId=STORE, MemberId=bob, GroupIds=groups[4:])
        self.assertEqual([r["MembershipExists"] for r in asked["Results"]], [True, False])

        of_bob = ids.get_paginator("list_group_memberships_for_member").paginate(
            IdentityStoreId=STORE, MemberId=bob, PaginationConfig={"PageSize": 2}
        )
        pages = list(of_bob)
        self.assertEqual([len(p["GroupMemberships"]) for p in pages], [2, 2, 1])
        self.assertEqual({m["MembershipId"] for p in pages for m in p["GroupMemberships"]}, set(made))

        ids.delete_group_membership(IdentityStoreId=STORE, MembershipId=made[0])
        with self.assertRaises(ids.exceptions.ResourceNotFoundException):
            ids.describe_group_membership(IdentityStoreId=STORE, MembershipId=made[0])

    def test_of_a_group_are_listed_over_three_pages(self):
        group = ids.create_group(IdentityStoreId=STORE, DisplayName="choir")["GroupId"]
        for n in range(5):
            member = {"UserId": ids.create_user(**user(f"singer{n}"))["UserId"]}
            ids.create_group_membership(IdentityStoreId=STORE, GroupId=group, MemberId=member)
        of_group = ids.get_paginator("list_group_memberships").paginate(
            IdentityStoreId=STORE, GroupId=group, PaginationConfig={"PageSize": 2}
        )
        self.assertEqual([len(p["GroupMemberships"]) for p in of_group], [2, 2, 1])


class Stores(unittest.TestCase):
    def test_are_listed_described_and_updated(self):
        listed = ids.list_identity_stores()["IdentityStores"]
        self.assertEqual([s["IdentityStoreId"] for s in listed], [STORE])
        for name in STORE, listed[0]["IdentityStoreArn"]:
            got = ids.describe_identity_store(IdentityStoreId=name)
            self.assertEqual(got["IdentityStoreArn"], listed[0]["IdentityStoreArn"])
        network = {"VpceAccessRequired": True, "ApiAllowSourceIps": ["127.0.0.0/8"], "ScimAllowSourceIps": ["10.0.0.0/8"]}
        ids.update_identity_store(IdentityStoreId=STORE, NetworkConfiguration=network)
        got = ids.describe_identity_store(IdentityStoreId=STORE)["NetworkConfiguration"]
        self.assertEqual({k: got.get(k) for k in network}, network)
        ids.update_identity_store(IdentityStoreId=STORE, NetworkConfiguration={"VpceAccessRequired": False})


if __name__ == "__main__":
    unittest.main()
