// frodo-lib, a client of identity management systems, at the OpenICF door: what
// its users do with a system's objects, from the listing to the delete.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

// Its ES module requires modules of Node, which ES modules cannot do.
const { frodo } = createRequire(import.meta.url)("@rockcarver/frodo-lib");

const { idm, state } = frodo.createInstance({
  host: `${process.env.ROLLCALL_URL}/am`,
  idmHost: `${process.env.ROLLCALL_URL}/openidm`,
  deploymentType: "idm",
});
state.setBearerTokenMeta({ access_token: process.env.OPERATOR_TOKEN });

const system = idm.system;
const account = (more) => ["awsiam", "__ACCOUNT__", ...more];
const group = (more) => ["awsiam", "__GROUP__", ...more];
const person = (name) => ({
  __NAME__: name,
  displayName: `D ${name}`,
  name: { givenName: "G", familyName: "F" },
  emails: [{ type: "work", value: `${name}@example.com`, primary: true }],
});

// refused is the status of a call's error.
async function refused(call, status) {
  const error = await call.then(() => assert.fail("it was done"), (e) => e);
  assert.equal(error.httpStatus ?? error.originalErrors?.[0]?.response?.status ?? error.response?.status, status, `${error}`);
}

// everything reads a listing to its end.
async function everything(list) {
  const all = [];
  let cookie;
  do {
    const page = await list(cookie);
    assert.equal(page.resultCount, page.result.length);
    all.push(...page.result);
    cookie = page.pagedResultsCookie;
  } while (cookie);
  return all;
}

test("it says which systems there are", async () => {
  const systems = await system.readAvailableSystems();
  assert.ok(systems.some((one) => one.name === "awsiam" && one.ok));
  const status = await system.readSystemStatus("awsiam");
  assert.deepEqual(status.objectTypes, ["__ACCOUNT__", "__ALL__", "__GROUP__"]);
  assert.deepEqual(await system.testConnectorServers(), []);
});

test("it takes users from creation to deletion", async () => {
  const made = await system.createSystemObject(...account([person("ann")]));
  assert.equal(made.__NAME__, "ann");
  assert.deepEqual(await system.readSystemObject(...account([made._id])), made);

  const { _id, _rev, externalIds, ...rest } = made;
  const put = await system.updateSystemObject(...account([_id, { ...rest, title: "Engineer" }]));
  assert.equal(put.title, "Engineer");
  assert.equal(put.displayName, "D ann");
  await refused(system.updateSystemObject(...account([_id, rest, true])), 500);

  const patch = [{ operation: "replace", field: "/displayName", value: "Ann" }];
  assert.equal((await system.updateSystemObjectProperties(...account([_id, patch]))).displayName, "Ann");

  const found = await system.querySystemObjects(...account(['__NAME__ eq "ann"']));
  assert.deepEqual(found.result.map((one) => [one._id, one.title, one.displayName]), [[_id, "Engineer", "Ann"]]);

  assert.equal((await system.deleteSystemObject(...account([_id])))._id, _id);
  await refused(system.readSystemObject(...account([_id])), 404);
});

test("it puts people into groups", async () => {
  const crew = await system.createSystemObject(...group([{ __NAME__: "crew", description: "All" }]));
  const made = await system.createSystemObject(...account([{ ...person("gus"), __GROUPS__: [crew._id] }]));
  assert.deepEqual(made.__GROUPS__, [crew._id]);
  assert.equal((await system.updateSystemObject(...group([crew._id, { description: "Some" }]))).description, "Some");
  await system.deleteSystemObject(...group([crew._id]));
  assert.deepEqual((await system.readSystemObject(...account([made._id]))).__GROUPS__, []);
  await system.deleteSystemObject(...account([made._id]));
});

test("it reads every page of a listing", async () => {
  const made = [];
  for (let n = 0; n < 103; n++) {
    made.push((await system.createSystemObject(...account([person(`many${n}`)])))._id);
  }
  const ids = await everything((cookie) => system.queryAllSystemObjectIds(...account([1000, cookie])));
  assert.deepEqual(ids.map((one) => one._id).sort(), made.sort());
  const users = await everything((cookie) => system.querySystemObjects(...account(["true", ["*"], 1000, cookie])));
  assert.deepEqual(users.map((one) => one._id).sort(), made);
});

test("it runs a script, and is told what the connector cannot do", async () => {
  const ran = await system.runSystemScript("awsiam", "hello");
  assert.match(ran.actions[0].error, /not supported/);
  await refused(system.authenticateSystemObject(...account(["ann", "word"])), 501);
});
