// Users, groups and memberships from creation to deletion, by AWS's SDK for
// JavaScript.

import assert from "node:assert/strict";
import test from "node:test";

import {
  Identitystore,
  ResourceNotFoundException,
  paginateListGroupMemberships,
  paginateListGroupMembershipsForMember,
  paginateListGroups,
  paginateListUsers,
} from "@aws-sdk/client-identitystore";

import { isTime, pagesOf, refused, store, user } from "./server.js";

const client = new Identitystore({});
const IdentityStoreId = store;
const enterprise = "aws:identitystore:enterprise";

const group = async (DisplayName) => (await client.createGroup({ IdentityStoreId, DisplayName })).GroupId;

test("a user lives from creation to deletion", async () => {
  const { UserId } = await client.createUser(
    user("ann", {
      Title: "Engineer",
      Emails: [{ Value: "ann@example.com", Type: "work", Primary: true }],
      Addresses: [{ Locality: "London", Country: "GB" }],
      Photos: [{ Value: "https://example.com/ann.png" }],
      Extensions: { [enterprise]: { department: "Notes" } },
    }),
  );
  const key = { IdentityStoreId, UserId };
  let got = await client.describeUser({ ...key, Extensions: [enterprise] });
  assert.equal(got.UserName, "ann");
  assert.equal(got.UserStatus, "ENABLED");
  assert.equal(got.Emails[0].Primary, true);
  assert.deepEqual(got.Extensions, { [enterprise]: { department: "Notes" } });
  isTime(got.CreatedAt);

  await client.updateUser({
    ...key,
    Operations: [
      { AttributePath: "title", AttributeValue: null },
      { AttributePath: "name.familyName", AttributeValue: "Ray" },
      { AttributePath: "emails", AttributeValue: [{ value: "a.ray@example.com", primary: true }] },
    ],
  });
  got = await client.describeUser(key);
  assert.equal(got.Title, undefined);
  assert.equal(got.Name.FamilyName, "Ray");
  isTime(got.UpdatedAt);
  for (const [AttributePath, AttributeValue] of [["userName", "ANN"], ["emails.value", "a.ray@example.com"]]) {
    const AlternateIdentifier = { UniqueAttribute: { AttributePath, AttributeValue } };
    assert.equal((await client.getUserId({ IdentityStoreId, AlternateIdentifier })).UserId, UserId);
  }
  await client.deleteUser(key);
  await refused(ResourceNotFoundException, client.describeUser(key));
});

test("users are listed over three pages", async () => {
  const made = [];
  for (let n = 0; n < 5; n++) made.push((await client.createUser(user(`page${n}`))).UserId);
  const pages = await pagesOf(paginateListUsers({ client, pageSize: 2 }, { IdentityStoreId }));
  assert.ok(pages.length >= 3);
  const listed = new Set(pages.flatMap((page) => page.Users.map((u) => u.UserId)));
  assert.ok(made.every((id) => listed.has(id)));
  const Filters = [{ AttributePath: "UserName", AttributeValue: "page3" }];
  const only = await client.listUsers({ IdentityStoreId, Filters });
  assert.deepEqual(only.Users.map((u) => u.UserId), [made[3]]);
});

test("a group lives from creation to deletion", async () => {
  const { GroupId } = await client.createGroup({ IdentityStoreId, DisplayName: "Staff", Description: "everybody" });
  const key = { IdentityStoreId, GroupId };
  await client.updateGroup({ ...key, Operations: [{ AttributePath: "displayName", AttributeValue: "All staff" }] });
  const got = await client.describeGroup(key);
  assert.equal(got.DisplayName, "All staff");
  assert.equal(got.Description, "everybody");
  isTime(got.CreatedAt);
  const AlternateIdentifier = { UniqueAttribute: { AttributePath: "displayName", AttributeValue: "all staff" } };
  assert.equal((await client.getGroupId({ IdentityStoreId, AlternateIdentifier })).GroupId, GroupId);
  await client.deleteGroup(key);
  await refused(ResourceNotFoundException, client.describeGroup(key));
});

test("groups are listed over three pages", async () => {
  const made = [];
  for (let n = 0; n < 5; n++) made.push(await group(`pages ${n}`));
  const pages = await pagesOf(paginateListGroups({ client, pageSize: 2 }, { IdentityStoreId }));
  assert.ok(pages.length >= 3);
  const listed = new Set(pages.flatMap((page) => page.Groups.map((g) => g.GroupId)));
  assert.ok(made.every((id) => listed.has(id)));
});

test("memberships live from creation to deletion", async () => {
  const MemberId = { UserId: (await client.createUser(user("bob"))).UserId };
  const groups = [];
  for (let n = 0; n < 6; n++) groups.push(await group(`club ${n}`));
  const made = [];
  for (const GroupId of groups.slice(0, 5)) {
    made.push((await client.createGroupMembership({ IdentityStoreId, GroupId, MemberId })).MembershipId);
  }
  const key = { IdentityStoreId, MembershipId: made[0] };
  const got = await client.describeGroupMembership(key);
  assert.equal(got.GroupId, groups[0]);
  assert.equal(got.MemberId.UserId, MemberId.UserId);
  isTime(got.CreatedAt);
  const found = await client.getGroupMembershipId({ IdentityStoreId, GroupId: groups[1], MemberId });
  assert.equal(found.MembershipId, made[1]);
  const asked = await client.isMemberInGroups({ IdentityStoreId, MemberId, GroupIds: groups.slice(4) });
  assert.deepEqual(asked.Results.map((r) => r.MembershipExists), [true, false]);

  const pages = await pagesOf(paginateListGroupMembershipsForMember({ client, pageSize: 2 }, { IdentityStoreId, MemberId }));
  assert.deepEqual(pages.map((page) => page.GroupMemberships.length), [2, 2, 1]);
  await client.deleteGroupMembership(key);
  await refused(ResourceNotFoundException, client.describeGroupMembership(key));
});

test("the members of a group are listed over three pages", async () => {
  const GroupId = await group("choir");
  for (let n = 0; n < 5; n++) {
    const MemberId = { UserId: (await client.createUser(user(`singer${n}`))).UserId };
    await client.createGroupMembership({ IdentityStoreId, GroupId, MemberId });
  }
  const pages = await pagesOf(paginateListGroupMemberships({ client, pageSize: 2 }, { IdentityStoreId, GroupId }));
  assert.deepEqual(pages.map((page) => page.GroupMemberships.length), [2, 2, 1]);
});
