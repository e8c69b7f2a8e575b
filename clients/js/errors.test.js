// Every error that AWS's SDK for JavaScript throws, by the class it has for it.

import assert from "node:assert/strict";
import test from "node:test";

import {
  AccessDeniedException,
  ConflictException,
  Identitystore,
  IdentitystoreServiceException,
  InternalServerException,
  ResourceNotFoundException,
  ThrottlingException,
  ValidationException,
} from "@aws-sdk/client-identitystore";

import { nobody, reader, refused, rough, roughStore, store, user } from "./server.js";

const calm = new Identitystore({});
const roughly = (more) => new Identitystore(rough(more));
const IdentityStoreId = store;
const nobodyThere = { IdentityStoreId: roughStore, GroupId: nobody };

test("validation", async () => {
  const error = await refused(ValidationException, calm.createUser(user("two words", { NickName: "\u200b" })));
  assert.match(error.message, /^2 validation errors detected/);
  await refused(ValidationException, calm.listUsers({ IdentityStoreId, NextToken: "made-up" }));
});

test("conflict", async () => {
  const ada = user("ada", { Emails: [{ Value: "ada@example.com", Primary: true }] });
  const { UserId } = await calm.createUser(ada);
  const { GroupId } = await calm.createGroup({ IdentityStoreId, DisplayName: "Errors" });
  const membership = { IdentityStoreId, GroupId, MemberId: { UserId } };
  await calm.createGroupMembership(membership);
  for (const call of [
    () => calm.createUser(user("ADA")),
    () => calm.createUser({ ...ada, UserName: "ada2" }),
    () => calm.createGroup({ IdentityStoreId, DisplayName: "ERRORS" }),
    () => calm.createGroupMembership(membership),
  ]) {
    const error = await refused(ConflictException, call());
    assert.equal(error.Reason, "UNIQUENESS_CONSTRAINT_VIOLATION");
    assert.equal(error.RequestId, error.$metadata.requestId);
  }
});

test("not found", async () => {
  const user = await refused(ResourceNotFoundException, calm.describeUser({ IdentityStoreId, UserId: nobody }));
  assert.deepEqual([user.ResourceType, user.ResourceId], ["USER", nobody]);
  const none = await refused(ResourceNotFoundException, calm.listGroups({ IdentityStoreId: "d-0000000000" }));
  assert.equal(none.ResourceType, "IDENTITY_STORE");
});

test("throttled to the end", async () => {
  const create = roughly({ maxAttempts: 2 }).createGroup({ IdentityStoreId: roughStore, DisplayName: "x" });
  const error = await refused(ThrottlingException, create);
  assert.equal(error.RetryAfterSeconds, 2);
  assert.equal(error.$metadata.attempts, 2);
});

test("throttled once is tried again", async () => {
  const answer = await roughly({ maxAttempts: 3 }).listGroups({ IdentityStoreId: roughStore });
  assert.equal(answer.$metadata.attempts, 2);
});

test("somebody else writes", async () => {
  const error = await refused(ConflictException, roughly().deleteGroup(nobodyThere));
  assert.equal(error.Reason, "CONCURRENT_MODIFICATION");
});

test("the service fails", async () => {
  const remove = roughly().deleteUser({ IdentityStoreId: roughStore, UserId: nobody });
  await refused(InternalServerException, remove, 500);
});

test("the answer is lost", async () => {
  const Operations = [{ AttributePath: "description", AttributeValue: "x" }];
  await assert.rejects(roughly().updateGroup({ ...nobodyThere, Operations }), { code: "ECONNRESET" });
});

test("denied", async () => {
  const readOnly = roughly({ credentials: reader });
  assert.ok((await readOnly.listUsers({ IdentityStoreId: roughStore })).Users);
  await refused(AccessDeniedException, readOnly.createUser({ ...user("ann"), IdentityStoreId: roughStore }));
  await refused(AccessDeniedException, roughly().describeGroup(nobodyThere));
});

test("credentials", async () => {
  const list = (credentials) => roughly({ credentials }).listUsers({ IdentityStoreId: roughStore });
  const secretAccessKey = "x".repeat(40);
  await refused("UnrecognizedClientException", list({ accessKeyId: "AKIAAAAAAAAAAAAAAAAA", secretAccessKey }));
  const { accessKeyId } = rough().credentials;
  const error = await refused("InvalidSignatureException", list({ accessKeyId, secretAccessKey }));
  assert.ok(error instanceof IdentitystoreServiceException);
  const unsigned = roughly({ signer: { sign: async (request) => request } });
  await refused("MissingAuthenticationTokenException", unsigned.listUsers({ IdentityStoreId: roughStore }));
  await refused("ExpiredTokenException", roughly().describeUser({ IdentityStoreId: roughStore, UserId: nobody }));
});
