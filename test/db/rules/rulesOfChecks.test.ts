/** Checks of codes and reports, counted: the statements and the domain count the same of random rows. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { failedChecksSince, readCodesAndCounts, recordCheck } from '../../../src/db/messaging/codes/codeChecks';
import { countReports, recordReport, reportsSince } from '../../../src/db/messaging/codes/fraudReports';
import { warnBorrower } from '../../../src/db/messaging/codes/fraudWarnings';
import { readCheckEvidence } from '../../../src/db/messaging/guard/checkEvidence';
import type { Client } from '../../../src/db/transaction';
import {
  askedBefore,
  checkEvidenceOf,
  codeToWarnBy,
  failedOfPhone,
  failedSince,
  isKept,
  reportedSince,
  type Signal,
} from '../../../src/domain/messaging/codes/signalCounts';
import type { NoticeKind } from '../../../src/domain/policy/lendingPolicy';
import { DAY_MS, NOW_MS, TENANT, useDatabase } from '../testDatabase';
import { compareOn, numbered, put, useLooseTables, uuidOf } from './randomRows';

const database = useDatabase();
useLooseTables(database, ['code_check', 'fraud_report', 'notice_code', 'notice', 'warning', 'inbox_message']);

const HOUR_MS = 3_600_000;
const WEEK_MS = 168 * HOUR_MS;
const hashOf = (name: string) => name.repeat(64);
const around = (...instantsMs: number[]) =>
  fc.tuple(fc.constantFrom(...instantsMs), fc.integer({ min: -1, max: 1 })).map(([atMs, step]) => atMs + step);
const instant = around(NOW_MS, NOW_MS - HOUR_MS, NOW_MS - DAY_MS, NOW_MS - 2 * DAY_MS, NOW_MS - HOUR_MS - WEEK_MS);
const signal = <Outcome extends Signal['outcome']>(...outcomes: Outcome[]) =>
  fc.record({
    phoneHash: fc.constantFrom(...['a', 'b', 'c'].map(hashOf)),
    addressHash: fc.constantFrom(...['d', 'e'].map(hashOf)),
    networkHash: fc.option(fc.constantFrom(...['d', 'f'].map(hashOf))),
    atMs: instant,
    outcome: fc.constantFrom(...outcomes),
  });
const checks = fc.array(signal('match', 'no-match', 'expired', 'limited'), { maxLength: 20 });
const reports = fc.array(signal('kept', 'limited'), { maxLength: 20 });
const REASONS = ['not-my-credit', 'had-a-link'] as const;
const issued = fc.uniqueArray(
  fc.record({
    phoneHash: fc.constantFrom(hashOf('a'), hashOf('b')),
    kind: fc.constantFrom<NoticeKind>('due-soon', 'bill-issued'),
    issuedAtMs: around(NOW_MS - HOUR_MS, NOW_MS - 2 * DAY_MS),
  }),
  { selector: ({ issuedAtMs }) => issuedAtMs, maxLength: 4 },
);

async function keepSignals(client: Client, table: 'code_check' | 'fraud_report', drawn: readonly Signal[]) {
  await put(
    client,
    table,
    numbered(drawn).map((each) => ({
      tenant_id: TENANT,
      phone_hash: each.phoneHash,
      address_hash: each.addressHash,
      at_ms: each.atMs,
      network_hash: each.networkHash,
      outcome: each.outcome,
      ...(table === 'fraud_report' ? { reason: REASONS[each.index % 2] } : {}),
    })),
  );
}

async function keepCodes(
  client: Client,
  codes: readonly { phoneHash: string; kind: NoticeKind; issuedAtMs: number }[],
) {
  const rows = numbered(codes).map(({ index, ...each }) => ({ ...each, id: uuidOf(index) }));
  await put(
    client,
    'notice',
    rows.map(({ id, kind }) => ({ tenant_id: TENANT, notice_id: id, dedupe_key: id, kind })),
  );
  await put(
    client,
    'notice_code',
    rows.map(({ id, phoneHash, issuedAtMs }) => ({
      tenant_id: TENANT,
      notice_id: id,
      code_hash: hashOf('0'),
      phone_hash: phoneHash,
      issued_at_ms: issuedAtMs,
    })),
  );
}

describe('what counts against the limits', () => {
  const of = { phoneHash: hashOf('a'), addressHash: hashOf('d'), sinceMs: NOW_MS - HOUR_MS };

  it('is what the domain counts, of checks and of reports', () =>
    compareOn(
      database,
      fc.record({ made: checks, told: reports }),
      async (client, { made, told }) => {
        await keepSignals(client, 'code_check', made);
        await keepSignals(client, 'fraud_report', told);
        const failedSinceMs = NOW_MS - DAY_MS;
        const { codes: _, ...counts } = await readCodesAndCounts(client, { tenantId: TENANT, ...of, failedSinceMs });
        expect(counts).toEqual({
          ...askedBefore(made, of),
          failedByPhone: failedOfPhone(made, { phoneHash: of.phoneHash, sinceMs: failedSinceMs }),
        });
        expect(await countReports(client, { tenantId: TENANT, ...of })).toEqual(askedBefore(told, of));
      },
      60,
    ));

  it('is kept, and of what is over them so many of a window', () =>
    compareOn(
      database,
      fc.record({
        made: checks,
        told: reports,
        limitedAtMost: fc.integer({ min: 0, max: 4 }),
        outcome: fc.constantFrom('match' as const, 'limited' as const),
      }),
      async (client, { made, told, limitedAtMost, outcome }) => {
        await keepSignals(client, 'code_check', made);
        await keepSignals(client, 'fraud_report', told);
        const each = { ...of, tenantId: TENANT, networkHash: hashOf('d'), atMs: NOW_MS, limitedAtMost };
        await recordCheck(client, { ...each, outcome });
        const reported = outcome === 'match' ? ('kept' as const) : outcome;
        await recordReport(client, { ...each, claimedSender: 'other', reason: 'other', outcome: reported });
        const { rows } = await client.query<{ checks: number; reports: number }>(
          'select (select count(*) from code_check) as checks, (select count(*) from fraud_report) as reports',
        );
        const bound = { sinceMs: of.sinceMs, limitedAtMost };
        expect(rows).toEqual([
          {
            checks: made.length + (isKept(outcome, made, bound) ? 1 : 0),
            reports: told.length + (isKept(reported, told, bound) ? 1 : 0),
          },
        ]);
      },
      60,
    ));
});

describe('what checks and reports say to the guard', () => {
  it('is what the domain makes of them', () =>
    compareOn(
      database,
      fc.record({ made: checks, told: reports, codes: issued, countFromMs: fc.option(instant, { nil: undefined }) }),
      async (client, { made, told, codes, countFromMs }) => {
        await keepSignals(client, 'code_check', made);
        await keepSignals(client, 'fraud_report', told);
        await keepCodes(client, codes);
        const borrowerPhones = new Set(codes.map(({ phoneHash }) => phoneHash));
        const span = { asOfMs: NOW_MS, countFromMs };
        expect(await readCheckEvidence(client, { tenantId: TENANT, ...span })).toEqual(
          checkEvidenceOf({ checks: made, reports: told, borrowerPhones }, span),
        );
        const sinceMs = NOW_MS - DAY_MS;
        expect(await failedChecksSince(client, { tenantId: TENANT, sinceMs })).toEqual(
          failedSince(made, codes, sinceMs),
        );
        const reported = numbered(told).map(({ index, ...each }) => ({
          ...each,
          reason: REASONS[index % 2] as string,
        }));
        expect(await reportsSince(client, { tenantId: TENANT, sinceMs })).toEqual(
          reportedSince(reported, borrowerPhones, sinceMs),
        );
      },
      80,
    ));
});

describe('who is warned of a phone', () => {
  const code = fc.record({
    phoneHash: fc.constantFrom(hashOf('a'), hashOf('b')),
    issuedAtMs: around(NOW_MS),
    accountId: fc.constantFrom('one', 'two'),
    borrowerId: fc.constantFrom('x', 'y'),
  });
  it('is whom it got its latest code for, once for the episode, and nobody where nothing is due', () =>
    compareOn(
      database,
      fc.record({ drawn: fc.array(code, { maxLength: 5 }), isDue: fc.boolean() }),
      async (client, { drawn, isDue }) => {
        const codes = numbered(drawn).map(({ index, ...each }) => ({ ...each, noticeId: uuidOf(index) }));
        const of = { tenant_id: TENANT };
        await put(
          client,
          'notice',
          codes.map(({ noticeId, accountId, borrowerId }) => ({
            ...of,
            notice_id: noticeId,
            dedupe_key: noticeId,
            account_id: accountId,
            borrower_id: borrowerId,
          })),
        );
        await put(
          client,
          'notice_code',
          codes.map(({ noticeId, phoneHash, issuedAtMs }) => ({
            ...of,
            notice_id: noticeId,
            code_hash: hashOf('0'),
            phone_hash: phoneHash,
            issued_at_ms: issuedAtMs,
          })),
        );
        const warning = {
          tenantId: TENANT,
          rule: 'MESSAGE_REPORTED',
          episodeKey: 'e',
          reason: 'r',
          text: 't',
        } as const;
        for (const raisedAtMs of [NOW_MS, NOW_MS + 1]) {
          await warnBorrower(client, { ...warning, phoneHash: hashOf('a'), raisedAtMs, isDue });
        }
        const { rows: warned } = await client.query(
          'select account_id as "accountId", raised_at_ms as "atMs" from warning',
        );
        const { rows: told } = await client.query('select borrower_id as "borrowerId" from inbox_message');
        const found = isDue ? codeToWarnBy(codes, hashOf('a')) : undefined;
        expect(warned).toEqual(found ? [{ accountId: found.accountId, atMs: NOW_MS }] : []);
        expect(told).toEqual(found ? [{ borrowerId: found.borrowerId }] : []);
      },
      100,
    ));
});
