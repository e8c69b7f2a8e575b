// Every error that AWS's SDK for JavaScript throws about sso-admin, by the class
// it has for it.

import assert from "node:assert/strict";
import test from "node:test";

import {
  AccessDeniedException,
  ConflictException,
  InternalServerException,
  ResourceNotFoundException,
  SSOAdmin,
  ThrottlingException,
  ValidationException,
} from "@aws-sdk/client-sso-admin";

import { instance, reader, refused, rough, roughInstance } from "./server.js";

const calm = new SSOAdmin({});
const roughly = (more) => new SSOAdmin(rough(more));
const InstanceArn = roughInstance;
const noSet = (instance) => `${instance.replace(":instance/", ":permissionSet/")}/ps-0000000000000000`;
const nothing = { InstanceArn, PermissionSetArn: noSet(roughInstance) };

test("validation", async () => {
  const create = calm.createPermissionSet({ InstanceArn: instance, Name: "a set", SessionDuration: "one hour" });
  const error = await refused(ValidationException, create);
  assert.match(error.message, /^2 validation errors detected/);
});

test("conflict", async () => {
  const made = { InstanceArn: instance, Name: "errors" };
  await calm.createPermissionSet(made);
  await refused(ConflictException, calm.createPermissionSet(made));
});

test("not found", async () => {
  const describe = calm.describePermissionSet({ InstanceArn: instance, PermissionSetArn: noSet(instance) });
  const error = await refused(ResourceNotFoundException, describe);
  assert.match(error.message, /ps-0000000000000000/);
});

test("throttled to the end", async () => {
  const error = await refused(ThrottlingException, roughly({ maxAttempts: 2 }).listApplications({ InstanceArn }));
  assert.equal(error.$metadata.attempts, 2);
});

test("a write that has not settled", async () => {
  await refused(ConflictException, roughly().updatePermissionSet({ ...nothing, Description: "x" }));
});

test("the service fails", async () => {
  await refused(InternalServerException, roughly().describeInstance({ InstanceArn }), 500);
});

test("denied", async () => {
  const readOnly = roughly({ credentials: reader });
  assert.equal((await readOnly.listInstances({})).Instances.length, 1);
  await refused(AccessDeniedException, readOnly.createPermissionSet({ InstanceArn, Name: "x" }));
  await refused(AccessDeniedException, roughly().describePermissionSet(nothing));
});

test("expired credentials", async () => {
  await refused("ExpiredTokenException", roughly().listPermissionSets({ InstanceArn }));
});
