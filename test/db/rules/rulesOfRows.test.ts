/** Requests, keys, purchases, facts and seals: the statements and the domain say the same of random rows. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFactsSinceSnapshot } from '../../../src/db/credit/facts';
import { readDaysPurchases } from '../../../src/db/credit/purchaseApprovals';
import { readGoods, readRelatedFacts } from '../../../src/db/credit/relatedFacts';
import { sealHeads } from '../../../src/db/evidence/accountChains';
import { noteKeyUse } from '../../../src/db/operations/apiKeys';
import { beginRequest } from '../../../src/db/operations/idempotency';
import { purgeOldRows } from '../../../src/db/operations/purge';
import { countsFrom, type Fact, isAbout } from '../../../src/domain/credit/facts';
import { boughtUnapprovedFen, isApproved } from '../../../src/domain/credit/revolving/purchaseBudget';
import { isGoods } from '../../../src/domain/credit/revolving/refundBounds';
import { headsToSeal } from '../../../src/domain/evidence/evidenceChain';
import { isOldRow, isRefusalOver, isUseNoted, type KEPT_AT_LEAST_DAYS } from '../../../src/domain/operations/requests';
import { DAY_MS, NOW_MS, TENANT, useDatabase } from '../testDatabase';
import { compareOn, numbered, put, useLooseTables } from './randomRows';

const database = useDatabase();
useLooseTables(database, [
  'account_fact',
  'account_snapshot',
  'purchase_approval',
  'credit_account',
  'sealed_head',
  'api_key',
  'idempotency_record',
  'code_check',
  'fraud_report',
  'receipt_trouble',
]);

const of = { tenant_id: TENANT, account_id: 'one' };
const ONE = { tenantId: TENANT, accountId: 'one' };
const HOUR_MS = 3_600_000;

describe('a request that was refused', () => {
  it('is begun anew once its refusal stood its time', () =>
    compareOn(
      database,
      fc.record({
        responseStatus: fc.option(fc.constantFrom(200, 202, 399, 400, 422)),
        // Real time goes on while the test runs, so no instant lies on the bound itself.
        answeredHoursAgo: fc.option(fc.constantFrom(23.9, 24.1)),
        createdHoursAgo: fc.constantFrom(23.9, 24.1, 50),
      }),
      async (client, { responseStatus, answeredHoursAgo, createdHoursAgo }) => {
        const request = { tenantId: TENANT, idempotencyKey: 'k', route: 'r', input: {}, refusalsStandHours: 24 };
        await beginRequest(client, request);
        await client.query(
          `update idempotency_record set response_status = $1, state = case when $1::int is null then 'started' else 'completed' end,
             answered_at = now() - make_interval(secs => $2::float8 * 3600), created_at = now() - make_interval(secs => $3::float8 * 3600)`,
          [responseStatus, answeredHoursAgo, createdHoursAgo],
        );
        const known = {
          responseStatus,
          answeredAtMs: answeredHoursAgo === null ? null : NOW_MS - answeredHoursAgo * HOUR_MS,
          createdAtMs: NOW_MS - createdHoursAgo * HOUR_MS,
        };
        const isOver = isRefusalOver(known, { nowMs: NOW_MS, refusalsStandHours: 24 });
        const { outcome } = await beginRequest(client, request);
        expect(outcome).toBe(isOver ? 'new' : responseStatus === null ? 'repeat-started' : 'completed');
      },
      60,
    ));
});

describe('old rows', () => {
  const days = fc.constantFrom(29.9, 30.1, 59.9, 60.1, 99.9, 100.1, 179.9, 180.1);
  const row = fc.record({ daysAgo: days, answeredDaysAgo: fc.option(days) });

  it('go when the domain finds them old enough, whatever is asked for', () =>
    compareOn(
      database,
      fc.record({ rows: fc.array(row, { maxLength: 8 }), keptDays: fc.constantFrom(0, 100) }),
      async (client, { rows, keptDays }) => {
        const ids = numbered(rows);
        await put(
          client,
          'idempotency_record',
          ids.map(({ index }) => ({ tenant_id: TENANT, idempotency_key: `k-${index}` })),
        );
        for (const { index, daysAgo, answeredDaysAgo } of ids) {
          await client.query(
            `update idempotency_record set created_at = now() - make_interval(secs => $2::float8 * 86400),
               answered_at = now() - make_interval(secs => $3::float8 * 86400) where idempotency_key = $1`,
            [`k-${index}`, daysAgo, answeredDaysAgo],
          );
        }
        const nowMs = Date.now();
        const told = ids.map(({ index, daysAgo }) => ({
          tenant_id: TENANT,
          index,
          at_ms: Math.round(nowMs - daysAgo * DAY_MS),
        }));
        await put(
          client,
          'code_check',
          told.map(({ index: _, ...each }) => each),
        );
        await put(
          client,
          'fraud_report',
          told.map(({ index: _, ...each }) => each),
        );
        await put(
          client,
          'receipt_trouble',
          told.map(({ index, ...each }) => ({ ...each, provider: 'p', trouble_key: `${index}` })),
        );
        const kept = { requestsDays: keptDays, checksDays: keptDays, reportsDays: keptDays, troublesDays: keptDays };
        const removed = await purgeOldRows(client, { tenantId: TENANT, kept, most: 100 });
        const old = (kind: keyof typeof KEPT_AT_LEAST_DAYS) =>
          ids.filter(({ daysAgo, answeredDaysAgo }) => {
            const answeredAtMs =
              kind !== 'requests' || answeredDaysAgo === null ? null : nowMs - answeredDaysAgo * DAY_MS;
            return isOldRow(kind, { atMs: nowMs - daysAgo * DAY_MS, answeredAtMs }, { nowMs, keptDays });
          }).length;
        expect(removed).toEqual({
          requests: old('requests'),
          checks: old('checks'),
          reports: old('reports'),
          troubles: old('troubles'),
        });
      },
      60,
    ));
});

describe('the use of a key', () => {
  it('is noted as often as the domain says', () =>
    compareOn(
      database,
      fc.option(fc.constantFrom(0, 59_999, 60_000, 60_001)),
      async (client, msAgo) => {
        const lastMs = msAgo === null ? null : NOW_MS - msAgo;
        await put(client, 'api_key', [{ tenant_id: TENANT, key_id: 'k' }]);
        await client.query('update api_key set last_used_at = to_timestamp($1::double precision / 1000)', [lastMs]);
        await noteKeyUse(client, { tenantId: TENANT, keyId: 'k', nowMs: NOW_MS });
        const { rows } = await client.query(
          'select (extract(epoch from last_used_at) * 1000)::bigint as "atMs" from api_key',
        );
        expect(rows).toEqual([{ atMs: isUseNoted(lastMs, NOW_MS) ? NOW_MS : lastMs }]);
      },
      10,
    ));
});

describe('facts', () => {
  const date = fc.constantFrom('2026-03-01', '2026-03-02', '2026-03-03');
  const reference = fc.option(fc.constantFrom('payment/1', 'purchase/1'), { nil: undefined });
  const fact = fc.record({
    kind: fc.constantFrom('purchased', 'confirmed', 'refunded', 'paid', 'reversed', 'frozen'),
    valueDate: date,
    billableFrom: fc.option(date, { nil: undefined }),
    amountFen: fc.integer({ min: 1, max: 3 }),
    arrivedAtMs: fc.integer({ min: NOW_MS - 1, max: NOW_MS + 1 }),
    refers: fc.constantFrom('reverses', 'purchaseKey', 'planKey'),
    reference,
  });
  const facts = fc.array(fact, { maxLength: 12 }).map((drawn) =>
    numbered(drawn).map(({ index, arrivedAtMs, refers, reference: key, billableFrom, ...each }) => {
      const kindOfKey = each.kind === 'purchased' ? 'purchase' : 'payment';
      const body = { ...each, key: `${kindOfKey}/${index}`, ...(key ? { [refers]: key } : {}) };
      return { arrivedAtMs, fact: { ...body, ...(billableFrom ? { billableFrom } : {}) } as unknown as Fact };
    }),
  );
  const keyOf = ({ key }: Fact) => key;

  it('of an account, about one of them, and since a snapshot are those that the domain names', () =>
    compareOn(database, fc.record({ facts, through: fc.option(date) }), async (client, { facts: drawn, through }) => {
      await put(
        client,
        'account_fact',
        drawn.map(({ arrivedAtMs, fact: body }) => ({
          ...of,
          business_key: body.key,
          kind: body.kind,
          value_date: body.valueDate,
          body,
          arrived_at_ms: arrivedAtMs,
        })),
      );
      await put(client, 'account_snapshot', through ? [{ ...of, through, fold_version: 1, body: {} }] : []);
      const all = drawn.map(({ fact: each }) => each);
      const keys = (of: readonly Fact[]) => of.map(keyOf).sort();
      expect(keys(await readFactsSinceSnapshot(client, { ...ONE, foldVersion: 1 }))).toEqual(
        keys(all.filter((each) => through === null || countsFrom(each) > through)),
      );
      expect(keys((await readGoods(client, ONE)) as Fact[])).toEqual(keys(all.filter(isGoods) as Fact[]));
      for (const key of ['payment/1', 'purchase/1']) {
        expect(keys(await readRelatedFacts(client, { ...ONE, key }))).toEqual(
          keys(all.filter((each) => isAbout(each, key))),
        );
      }
    }));

  it('that are purchases count to what was bought unless they are approved', () => {
    const approval = fc.record({
      purchaseId: fc.constantFrom('0', '1', '2'),
      amountFen: fc.integer({ min: 1, max: 3 }),
    });
    return compareOn(
      database,
      fc.record({ facts, approvals: fc.array(approval, { maxLength: 4 }) }),
      async (client, { facts: drawn, approvals }) => {
        await put(
          client,
          'account_fact',
          drawn.map(({ arrivedAtMs, fact: body }) => ({
            ...of,
            business_key: body.key,
            kind: body.kind,
            value_date: body.valueDate,
            body,
            arrived_at_ms: arrivedAtMs,
          })),
        );
        await put(
          client,
          'purchase_approval',
          numbered(approvals).map(({ index, purchaseId, amountFen }) => ({
            ...of,
            approval_id: `a-${index}`,
            purchase_id: purchaseId,
            amount_fen: amountFen,
          })),
        );
        const purchases = drawn.flatMap(({ arrivedAtMs, fact: { key, kind, ...body } }) =>
          kind === 'purchased'
            ? [{ key, arrivedAtMs, amountFen: (body as unknown as { amountFen: number }).amountFen }]
            : [],
        );
        const asked = { key: 'purchase/1', amountFen: 2 };
        expect(await readDaysPurchases(client, { ...ONE, sinceMs: NOW_MS, ...asked })).toEqual({
          boughtFen: boughtUnapprovedFen(purchases, approvals, NOW_MS),
          isApproved: isApproved(asked, approvals),
        });
      },
      60,
    );
  });
});

describe('heads of accounts', () => {
  it('go under a seal when they moved since the last one', () => {
    const head = fc.record({ chainNo: fc.nat(3), sealedUpTo: fc.option(fc.nat(3)) });
    return compareOn(database, fc.array(head, { maxLength: 8 }), async (client, drawn) => {
      const heads = numbered(drawn).map(({ index, ...each }) => ({ ...each, accountId: `account-${index}` }));
      await put(
        client,
        'credit_account',
        heads.map(({ accountId, chainNo }) => ({
          tenant_id: TENANT,
          account_id: accountId,
          chain_no: chainNo,
          chain_head: 'h',
        })),
      );
      const sealed = heads.flatMap(({ accountId, sealedUpTo }) =>
        sealedUpTo === null ? [] : Array.from({ length: sealedUpTo + 1 }, (_, chainNo) => ({ accountId, chainNo })),
      );
      await put(
        client,
        'sealed_head',
        sealed.map(({ accountId, chainNo }) => ({
          tenant_id: TENANT,
          account_id: accountId,
          chain_no: chainNo,
          head: 'h',
          business_date: '2026-03-01',
        })),
      );
      const taken = await sealHeads(client, { tenantId: TENANT, businessDate: '2026-03-02' });
      expect(taken.map(({ accountId, chainNo }) => ({ accountId, chainNo }))).toEqual(
        headsToSeal(heads, sealed).map(({ accountId, chainNo }) => ({ accountId, chainNo })),
      );
    });
  });
});
