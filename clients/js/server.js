// The two servers that the tests talk to. The calm one answers as AWS does; the
// rough one fails as its fault plan says (clients/faults.yaml). Both come by
// environment variables, those of the rough one with ROUGH_ before the name that
// `rollcall serve --env` gives them.

import assert from "node:assert/strict";

const env = process.env;

export const store = env.ROLLCALL_IDENTITY_STORE_ID;
export const instance = env.ROLLCALL_INSTANCE_ARN;
export const roughStore = env.ROUGH_ROLLCALL_IDENTITY_STORE_ID;
export const roughInstance = env.ROUGH_ROLLCALL_INSTANCE_ARN;
export const nobody = "00000000-0000-4000-8000-000000000000";

// rough configures a client for the server where things go wrong.
export function rough(more = {}) {
  return {
    endpoint: env.ROUGH_AWS_ENDPOINT_URL,
    credentials: {
      accessKeyId: env.ROUGH_AWS_ACCESS_KEY_ID,
      secretAccessKey: env.ROUGH_AWS_SECRET_ACCESS_KEY,
    },
    maxAttempts: 1,
    ...more,
  };
}

export const reader = {
  accessKeyId: env.READER_ACCESS_KEY_ID,
  secretAccessKey: env.READER_SECRET_ACCESS_KEY,
};

// refused is the error of a call, which must be of that class and complete.
export async function refused(kind, call, status = 400) {
  const error = await call.then(
    () => assert.fail(`it was done, want ${kind.name ?? kind}`),
    (e) => e,
  );
  if (typeof kind === "string") {
    assert.equal(error.name, kind);
  } else {
    assert.ok(error instanceof kind, `${error} is no ${kind.name}`);
  }
  assert.ok(error.message);
  assert.match(error.$metadata.requestId, /^[0-9a-f-]{36}$/);
  assert.equal(error.$metadata.httpStatusCode, status);
  return error;
}

// user is the least that CreateUser takes.
export function user(name, more = {}) {
  const display = name[0].toUpperCase() + name.slice(1);
  return {
    IdentityStoreId: store,
    UserName: name,
    DisplayName: display,
    Name: { GivenName: display, FamilyName: "Lee" },
    ...more,
  };
}

// pagesOf reads a listing to its end.
export async function pagesOf(paginator) {
  const pages = [];
  for await (const page of paginator) pages.push(page);
  return pages;
}

// isTime says whether a member came as a date of these days.
export function isTime(value) {
  assert.ok(value instanceof Date, `${value} is no date`);
  assert.ok(Math.abs(Date.now() - value.getTime()) < 600_000, `${value} is not now`);
}

// settled is the end of something asynchronous.
export async function settled(look) {
  for (let n = 0; n < 300; n++) {
    const status = await look();
    if (status.Status !== "IN_PROGRESS") return status;
    await new Promise((done) => setTimeout(done, 50));
  }
  assert.fail("it is in progress for ever");
}
