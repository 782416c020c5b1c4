/** What anybody without a key can call, taken from the table of routes: no number of such requests changes a measure. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { beginGuard, guardGroup } from '../../../src/activities/messaging/noticeGuard';
import type { RouteEntry } from '../../../src/api/server';
import { measuresInForce } from '../../../src/db/incidents/incidents';
import { readCheckEvidence } from '../../../src/db/messaging/guard/checkEvidence';
import { createWordingSeals } from '../../../src/db/messaging/templates/wordingSeals';
import { inTransaction } from '../../../src/db/transaction';
import { CODE_POLICY, maskAmount } from '../../../src/domain/messaging/codes/verificationCodes';
import { issueCode } from '../../support/ofOne';
import { sampleOf } from '../../support/sampleBody';
import { type Harness, NOW_MS, openedAccount, startHarness, TENANT } from '../harness';

const HOUR_MS = 3_600_000;
/** As many borrowers are asked for, each from a network of its own. */
const BORROWERS = 60;
const PARALLEL = 4;
/** Where an open signal is kept for people; everything else that the database holds must stay as it is. */
const SIGNALS = new Set([
  'code_check',
  'fraud_report',
  'warning',
  'inbox_message',
  'incident',
  'incident_event',
  'guard_day',
  'guard_plan',
]);

let harness: Harness;

const phoneOf = (index: number) => `1380000${String(index).padStart(4, '0')}`;
const networkOf = (index: number) => `203.${index}.113.9`;

beforeAll(async () => {
  harness = await startHarness(true);
  await openedAccount(harness, 'card', 'revolving');
  for (let index = 0; index < BORROWERS; index += 1) await sendCode(phoneOf(index), `bill/${index}`);
}, 120_000);
afterAll(() => harness.close());

async function sendCode(phone: string, dedupeKey: string): Promise<void> {
  const { rows } = await harness.pool.query<{ noticeId: string }>(
    `insert into notice (tenant_id, borrower_id, account_id, kind, dedupe_key, lane, priority, send_after_at_ms,
       expires_at_ms)
     values ($1, 'borrower-of-application-of-card', 'card', 'bill-issued', $2, 0, 3, $3::bigint, $3::bigint + 1)
     returning notice_id as "noticeId"`,
    [TENANT, dedupeKey, NOW_MS],
  );
  await inTransaction(harness.pool, (client) =>
    issueCode(client, harness.context.codes, {
      tenantId: TENANT,
      noticeId: rows[0]?.noticeId ?? '',
      phone,
      code: '7H4KQ9XW',
      product: 'revolving',
      month: 7,
      maskedAmount: maskAmount(123_456),
      issuedAtMs: NOW_MS - 1,
      expiresAtMs: NOW_MS + CODE_POLICY.validForMs,
    }),
  );
}

function anonymousRoutes(): RouteEntry[] {
  return harness.api.routeTable.filter(({ access }) => access !== 'any-key' && typeof access === 'string');
}

/** One request without a key, a secret or a signature: as its schema has it, for the phone of a borrower. */
async function ask({ method, url, schema: { body } }: RouteEntry, index: number): Promise<number> {
  const schema = body instanceof z.ZodType ? z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' }) : undefined;
  const payload = schema && sampleOf(schema, index, { phone: phoneOf(index % BORROWERS), code: 'CDFHJKMN' });
  const path = url.replace(/:(\w+)/g, (_, name: string) => (name === 'provider' ? 'sink' : `guess-${index}`));
  const sent = method === 'GET' || method === 'HEAD' || method === 'OPTIONS' ? {} : { payload: payload as object };
  const answer = await harness.api.inject({
    method: method as 'GET',
    url: path.replace('*', 'index.css'),
    remoteAddress: networkOf(index % BORROWERS),
    ...sent,
  });
  return answer.statusCode;
}

async function askAll(route: RouteEntry, times: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let from = 0; from < times; from += PARALLEL) {
    const indexes = Array.from({ length: Math.min(PARALLEL, times - from) }, (_, at) => from + at);
    statuses.push(...(await Promise.all(indexes.map((index) => ask(route, index)))));
  }
  return statuses;
}

/** A hash of the rows of each table that no open signal is kept in. */
async function everythingElse(): Promise<Record<string, string>> {
  const { rows } = await harness.pool.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = current_schema() order by 1`,
  );
  const held: Record<string, string> = {};
  for (const { name } of rows.filter((row) => !SIGNALS.has(row.name))) {
    const found = await harness.pool.query<{ hash: string }>(
      `select count(*) || '/' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as hash from "${name}" t`,
    );
    held[name] = found.rows[0]?.hash ?? '';
  }
  return held;
}

const sweep = async (asOfMs: number) => {
  const seals = createWordingSeals(Buffer.alloc(32, 7));
  // The guard is the worker's.
  const worker = { ...harness.context, pool: harness.pool };
  const context = await beginGuard(worker, { tenantId: TENANT, asOfMs }, { seals, providers: ['sink'] });
  return inTransaction(harness.pool, (client) => guardGroup(client, { tenantId: TENANT, asOfMs }, context, []));
};

describe('requests without a key', () => {
  it('change no measure, whichever open route they go to and however many they are', async () => {
    const routes = anonymousRoutes();
    expect(routes.map(({ url }) => url)).toEqual(expect.arrayContaining(['/v1/notices/verify', '/v1/notices/report']));
    const before = await everythingElse();
    const taken: string[] = [];
    for (const route of routes) {
      const statuses = await askAll(route, route.method === 'POST' ? BORROWERS : PARALLEL);
      if (statuses.some((status) => status < 400)) taken.push(`${route.method} ${route.url}`);
      expect({ route: `${route.method} ${route.url}`, faults: statuses.filter((status) => status >= 500) }).toEqual({
        route: `${route.method} ${route.url}`,
        faults: [],
      });
    }
    // What is open takes them, or this test would show nothing of it; what has a secret takes none.
    const isOpen = ({ access }: RouteEntry) => access === 'open';
    expect(taken.sort()).toEqual(
      routes
        .filter(isOpen)
        .map(({ method, url }) => `${method} ${url}`)
        .sort(),
    );
    await sweep(NOW_MS);
    expect(await measuresInForce(harness.pool, { tenantId: TENANT })).toEqual([]);
    expect(await everythingElse()).toEqual(before);
    // A person hears of it all the same.
    const { rows } = await harness.pool.query('select reason_code as code, measures, stage from incident');
    expect(rows).toEqual([{ code: 'GUARD_CODE_CHECKS', measures: [], stage: 'open' }]);
  }, 180_000);

  it('count once a day for a phone, and once for a network', async () => {
    const dayMs = NOW_MS + 3 * 24 * HOUR_MS;
    const { codes } = harness.context;
    const checked = (phone: string, address: string, atMs: number) =>
      harness.pool.query(
        `insert into code_check (tenant_id, phone_hash, address_hash, network_hash, at_ms, outcome)
         values ($1, $2, $3, $4, $5, 'no-match')`,
        [
          TENANT,
          codes.hashPhone(TENANT, phone),
          codes.hashAddress(TENANT, address),
          codes.hashAddress(TENANT, address.replace(/\.\d+$/, '.0/24')),
          atMs,
        ],
      );
    const failed = async () =>
      (await readCheckEvidence(harness.pool, { tenantId: TENANT, asOfMs: dayMs })).failedLastHour;
    for (let at = 0; at < 30; at += 1) await checked(phoneOf(0), networkOf(at), dayMs - at);
    expect(await failed()).toBe(1);
    for (let at = 0; at < 30; at += 1) await checked(phoneOf(at), '198.51.100.7', dayMs - at);
    expect(await failed()).toBe(30);
    const next = dayMs + 25 * HOUR_MS;
    for (let at = 0; at < 30; at += 1) await checked(phoneOf(at), `198.51.100.${at}`, next - at);
    const ofOneNetwork = await readCheckEvidence(harness.pool, { tenantId: TENANT, asOfMs: next });
    expect(ofOneNetwork.failedLastHour).toBe(1);
    // Heard of in the morning, a phone says nothing new in the afternoon.
    const later = next + 8 * HOUR_MS;
    for (let at = 0; at < 30; at += 1) await checked(phoneOf(at), networkOf(at), later - at);
    expect((await readCheckEvidence(harness.pool, { tenantId: TENANT, asOfMs: later })).failedLastHour).toBe(0);
  });
});
