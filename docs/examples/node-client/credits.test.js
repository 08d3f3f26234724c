import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';

import { Console } from './credits.js';
import { Sandbox } from './sandbox.js';

const [FROM, TO] = ['2026-08-01', '2026-10-31'];
const REPORT = 'getQuotaConsumptionV2';

let sandbox;
let client;
let waits;

beforeEach(async () => {
  // A sandbox that a crashed test leaves behind is deleted after ten minutes.
  sandbox = await Sandbox.create({
    organization: 'initech', now: '2026-11-03T10:00:00Z', frozen: true, ttl_seconds: 600,
  });
  const { client_id: clientId, client_secret: clientSecret } = sandbox.tokens['jetbrains-console'];
  waits = [];
  client = new Console({
    url: sandbox.url,
    clientId,
    clientSecret,
    sleep: (seconds) => {
      waits.push(seconds);
      return sandbox.advance({ seconds });
    },
  });
});

afterEach(async () => {
  const findings = await sandbox.findings();
  await sandbox.delete();
  assert.deepEqual(findings, []);
});

test('credits by month are those of the dashboard', async () => {
  const { rows } = await sandbox.chart('jetbrains-console-credits', { from: FROM, to: TO, bucket: 'month' });
  const months = await client.creditsByMonth(FROM, TO);
  assert.equal(months.length, 3);
  assert.ok(months.every(({ totalCredits }) => totalCredits > 0));
  assert.deepEqual(months, rows);
});

test('a user who hits the limit in two months counts once', async () => {
  const { rows, totals } = await sandbox.chart('jetbrains-console-limit-hits', { from: FROM, to: TO, bucket: 'month' });
  const users = await client.usersAtTheirLimit(FROM, TO);
  assert.equal(users, totals.usersHitLimit);
  assert.ok(users < rows.reduce((sum, { usersHitLimit }) => sum + usersHitLimit, 0));
});

test('one token is enough for all requests within an hour', async () => {
  await client.creditsByMonth(FROM, TO);
  await sandbox.advance({ minutes: 59 });
  await client.usersAtTheirLimit(FROM, TO);
  assert.equal((await sandbox.requests({ operation: 'createToken' })).length, 1);
});

test('a token that has expired is replaced', async () => {
  const before = await client.creditsByMonth(FROM, TO);
  await sandbox.advance({ days: 1 });
  assert.deepEqual(await client.creditsByMonth(FROM, TO), before);
  const statuses = (await sandbox.requests({ operation: REPORT })).map(({ status }) => status);
  assert.deepEqual(statuses, [200, 401, 200]);
});

test('an unavailable Console is tried again when it asks for it', async () => {
  await sandbox.fail({ operation: REPORT, times: 1, effect: { status: 503, headers: { 'Retry-After': '30' } } });
  await sandbox.fail({ operation: REPORT, times: 1, effect: { html: 502 } });
  assert.equal((await client.creditsByMonth(FROM, TO)).length, 3);
  assert.deepEqual(waits, [30, 2]);
});

test('a Console that remains unavailable is an error', async () => {
  await sandbox.fail({ operation: REPORT, effect: { status: 503, message: 'maintenance' } });
  await assert.rejects(client.creditsByMonth(FROM, TO), { status: 503, message: /maintenance/ });
  assert.deepEqual(waits, [1, 2, 4]);
});

test('a client without permission is told so, and tries once', async () => {
  const { forbidden_client_id: clientId, forbidden_client_secret: clientSecret } = sandbox.tokens['jetbrains-console'];
  const forbidden = new Console({ url: sandbox.url, clientId, clientSecret });
  await assert.rejects(forbidden.usersAtTheirLimit(FROM, TO), { status: 403 });
  assert.equal((await sandbox.requests({ status: '403' })).length, 1);
});
