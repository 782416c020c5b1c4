/** Rules of contact that a statement decides too: it and the domain say the same of random rows. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { recordReply } from '../../../src/db/messaging/contact/contactChoices';
import { compareHold } from '../../../src/db/messaging/contact/contactHolds';
import { saveContactProfile } from '../../../src/db/messaging/contact/contactProfiles';
import { readContactStatuses } from '../../../src/db/messaging/contact/contactStatuses';
import { HOLD_KINDS } from '../../../src/domain/messaging/contact/contactRules';
import {
  BUDGET_SPAN_MS,
  hasOptedOut,
  holdsOn,
  isSameHold,
  isTextOfAccount,
  repliers,
  takesOfBudget,
} from '../../../src/domain/messaging/contact/contactStatus';
import type { NoticeStatus } from '../../../src/domain/messaging/outbox/notices';
import type { NoticeKind } from '../../../src/domain/policy/lendingPolicy';
import { DAY_MS, NOW_MS, TENANT, useDatabase } from '../testDatabase';
import { compareOn, numbered, put, useLooseTables, uuidOf } from './randomRows';

const database = useDatabase();
useLooseTables(database, [
  'notice',
  'notice_attempt',
  'push_nudge',
  'contact_choice',
  'contact_hold',
  'contact_profile',
]);

const BORROWERS = ['one', 'two'];
const REGIONS = ['510100', '510200', '320000'];
const STATUSES: NoticeStatus[] = [
  ...(['planned', 'attempted', 'accepted', 'delivered', 'undelivered', 'refused', 'unknown', 'cancelled'] as const),
];
const KINDS: NoticeKind[] = ['due-soon', 'phone-changed', 'overdue-formal'];
const around = (...instantsMs: number[]) =>
  fc.tuple(fc.constantFrom(...instantsMs), fc.integer({ min: -1, max: 1 })).map(([atMs, step]) => atMs + step);

const choice = fc.record({
  borrowerId: fc.constantFrom(...BORROWERS),
  wantsCourtesy: fc.boolean(),
  atMs: around(NOW_MS),
});
const hold = fc
  .record({
    kind: fc.constantFrom(...HOLD_KINDS),
    of: fc.oneof(fc.constantFrom(...BORROWERS), fc.constantFrom('51', '3200', '510100')),
    accountId: fc.option(fc.constantFrom('a', 'b')),
    placedAtMs: around(NOW_MS),
    untilAtMs: fc.option(around(NOW_MS)),
    liftedAtMs: fc.option(fc.constant(NOW_MS)),
  })
  .map(({ of, accountId, ...rest }) => {
    const isPerson = BORROWERS.includes(of);
    return {
      ...rest,
      borrowerId: isPerson ? of : null,
      region: isPerson ? null : of,
      accountId: isPerson ? accountId : null,
    };
  });
const notice = fc.record({
  borrowerId: fc.constantFrom(...BORROWERS),
  accountId: fc.constantFrom('a', 'b'),
  kind: fc.constantFrom(...KINDS),
  status: fc.constantFrom(...STATUSES),
  priority: fc.integer({ min: 0, max: 2 }),
  attemptedAtMs: fc.option(around(NOW_MS, NOW_MS - BUDGET_SPAN_MS)),
  provider: fc.option(fc.constantFrom('inbox', 'sink', 'email')),
  push: fc.option(fc.constantFrom('attempted' as const, 'accepted' as const, 'refused' as const), { nil: undefined }),
});

describe('contact status', () => {
  it('is what the domain makes of choices, holds and what was sent', () =>
    compareOn(
      database,
      fc.record({
        choices: fc.array(choice, { maxLength: 6 }),
        holds: fc.array(hold, { maxLength: 6 }),
        notices: fc.array(notice, { maxLength: 15 }),
        regions: fc.array(fc.option(fc.constantFrom(...REGIONS)), { minLength: 2, maxLength: 2 }),
      }),
      async (client, { choices, holds, notices, regions }) => {
        const of = { tenant_id: TENANT };
        const chosen = numbered(choices).map(({ index, ...each }) => ({ ...each, choiceKey: `key-${index}` }));
        await put(
          client,
          'contact_choice',
          chosen.map((each) => ({
            ...of,
            borrower_id: each.borrowerId,
            choice_key: each.choiceKey,
            wants_courtesy: each.wantsCourtesy,
            at_ms: each.atMs,
          })),
        );
        await put(
          client,
          'contact_hold',
          numbered(holds).map((each) => ({
            ...of,
            hold_id: `hold-${each.index}`,
            kind: each.kind,
            borrower_id: each.borrowerId,
            region: each.region,
            account_id: each.accountId,
            placed_at_ms: each.placedAtMs,
            until_at_ms: each.untilAtMs,
            lifted_at_ms: each.liftedAtMs,
          })),
        );
        const rows = numbered(notices).map(({ index, ...each }) => ({ ...each, noticeId: uuidOf(index) }));
        await put(
          client,
          'notice',
          rows.map((each) => ({
            ...of,
            notice_id: each.noticeId,
            dedupe_key: each.noticeId,
            borrower_id: each.borrowerId,
            account_id: each.accountId,
            kind: each.kind,
            status: each.status,
            priority: each.priority,
            attempted_at_ms: each.attemptedAtMs,
            provider: each.provider,
          })),
        );
        await put(
          client,
          'push_nudge',
          rows
            .filter(({ push }) => push !== undefined)
            .map(({ noticeId, push }) => ({ ...of, notice_id: noticeId, status: push, attempted_at_ms: NOW_MS })),
        );
        for (const [index, borrowerId] of BORROWERS.entries()) {
          const region = regions[index] ?? undefined;
          if (region) await saveContactProfile(client, { tenantId: TENANT, borrowerId, region });
        }
        const about = BORROWERS.flatMap((borrowerId) => ['a', 'b'].map((accountId) => ({ borrowerId, accountId })));
        const standings = await readContactStatuses(client, { tenantId: TENANT, about, asOfMs: NOW_MS });
        for (const [index, { borrowerId, accountId }] of about.entries()) {
          const standing = standings[index];
          const own = rows.filter((each) => each.borrowerId === borrowerId);
          const region = regions[BORROWERS.indexOf(borrowerId)] ?? null;
          const instants = (chosenOnes: typeof own) =>
            chosenOnes.map(({ attemptedAtMs }) => attemptedAtMs ?? 0).sort((a, b) => a - b);
          expect({
            hasOptedOut: standing?.hasOptedOut,
            holds: [...(standing?.holds ?? [])].sort(),
            sentAtMs: standing?.sentAtMs.sort(),
            accountSentAtMs: standing?.accountSentAtMs.sort(),
          }).toEqual({
            hasOptedOut: hasOptedOut(chosen.filter((each) => each.borrowerId === borrowerId)),
            holds: holdsOn(holds, { borrowerId, accountId, region }, NOW_MS),
            sentAtMs: instants(own.filter((each) => takesOfBudget(each, NOW_MS))),
            accountSentAtMs: instants(own.filter((each) => isTextOfAccount(each, { accountId, asOfMs: NOW_MS }))),
          });
        }
      },
      40,
    ));

  it('changes by a reply for everybody whom a text went to at that number', () =>
    compareOn(
      database,
      fc.array(
        fc.record({
          borrowerId: fc.constantFrom(...BORROWERS, 'three'),
          recipient: fc.option(fc.constantFrom('number-1', 'number-2')),
          attemptedAtMs: around(NOW_MS, NOW_MS - 90 * DAY_MS),
        }),
        { maxLength: 8 },
      ),
      async (client, drawn) => {
        const rows = numbered(drawn).map(({ index, ...each }) => ({ ...each, id: uuidOf(index) }));
        await put(
          client,
          'notice',
          rows.map(({ id, borrowerId }) => ({
            tenant_id: TENANT,
            notice_id: id,
            dedupe_key: id,
            borrower_id: borrowerId,
          })),
        );
        await put(
          client,
          'notice_attempt',
          rows.map(({ id, recipient, attemptedAtMs }) => ({
            tenant_id: TENANT,
            notice_id: id,
            attempt: 1,
            reference: id,
            recipient,
            attempted_at_ms: attemptedAtMs,
          })),
        );
        const reply = { recipient: 'number-1', atMs: NOW_MS };
        const said = repliers(drawn, reply);
        const count = await recordReply(client, { ...reply, tenantId: TENANT, messageKey: 'm', wantsCourtesy: false });
        expect(count).toBe(said.length);
        const { rows: kept } = await client.query<{ id: string }>(
          'select borrower_id as id from contact_choice order by borrower_id',
        );
        expect(kept.map(({ id }) => id)).toEqual(said);
      },
    ));

  it('knows a hold again by all that it says', () => {
    const told = fc.record({
      hold,
      untilAtMs: fc.option(fc.constant(NOW_MS)),
      by: fc.constantFrom('staff-1', 'staff-2'),
    });
    return compareOn(database, fc.tuple(told, told), async (client, [first, second]) => {
      const as = (one: typeof first) => ({ ...one.hold, untilAtMs: one.untilAtMs, placedBy: one.by });
      const row = as(first);
      await put(client, 'contact_hold', [
        {
          tenant_id: TENANT,
          hold_id: 'h',
          kind: row.kind,
          borrower_id: row.borrowerId,
          region: row.region,
          account_id: row.accountId,
          placed_by: row.placedBy,
          placed_at_ms: NOW_MS,
          until_at_ms: row.untilAtMs,
        },
      ]);
      for (const each of [row, as(second)]) {
        const answer = await compareHold(client, { tenantId: TENANT, holdId: 'h', ...each });
        expect(answer).toBe(isSameHold(row, each) ? 'repeated' : 'conflict');
      }
    });
  });
});
