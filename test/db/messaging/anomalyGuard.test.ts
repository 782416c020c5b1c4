/** The guard on a real PostgreSQL: evidence as the tables tell it, holds under an incident, and a release that counts once. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  beginGuard,
  type GuardContext,
  type GuardDraft,
  guardGroup,
} from '../../../src/activities/messaging/noticeGuard';
import { recordFact } from '../../../src/db/credit/facts';
import { lockIncident, measuresInForce, saveIncident } from '../../../src/db/incidents/incidents';
import { readGuardCounts, readGuardSurroundings } from '../../../src/db/messaging/guard/guardEvidence';
import { takeDayPlan } from '../../../src/db/messaging/guard/guardPlan';
import { releaseHeld } from '../../../src/db/messaging/guard/heldMessages';
import { markOutcome, planNotices, readNotice } from '../../../src/db/messaging/outbox/notices';
import { activateTemplate } from '../../../src/db/messaging/templates/templates';
import { activeWordings, recordWordingReview } from '../../../src/db/messaging/templates/wordingReviews';
import { createWordingSeals } from '../../../src/db/messaging/templates/wordingSeals';
import { type Client, inTransaction } from '../../../src/db/transaction';
import type { Fact } from '../../../src/domain/credit/facts';
import { GUARD_POLICY } from '../../../src/domain/messaging/guard/anomalyGuard';
import { render } from '../../../src/domain/messaging/outbox/noticeText';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import type { NoticeKind } from '../../../src/domain/policy/lendingPolicy';
import { SIGNATURE, TEMPLATES } from '../../../src/domain/policy/shippedTemplates';
import { markAttempted, recordReceipt } from '../../support/ofOne';
import { DAY_MS, LANE, MINUTE_MS, NOW_MS, openAccount, TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
const run = <Result>(work: (client: Client) => Promise<Result>) => inTransaction(database.pool, work);
const seals = createWordingSeals(Buffer.alloc(32, 7));
const DAY_START_MS = NOW_MS - 9 * 60 * MINUTE_MS;
const REVIEW = { submittedBy: 'staff-0105', approvedBy: 'staff-0417', atMs: NOW_MS };
const CODE = '7KQ4XR2M';
const PROMISE = 'due-soon/instalment-1/3';

async function useTemplate(kind: NoticeKind): Promise<void> {
  const { body, approvedBy, version } = TEMPLATES[kind];
  const ref = { tenantId: TENANT, kind, version };
  await run((client) => activateTemplate(client, { ...ref, body, signature: SIGNATURE, approvedBy }));
  await run((client) => recordWordingReview(client, seals, { ...ref, ...REVIEW }));
}

/** A planned notice, and how it would be sent. */
async function draft(name: string, dedupeKey = PROMISE, kind: NoticeKind = 'due-soon'): Promise<GuardDraft> {
  await run(async (client) => {
    const known = await client.query('select from credit_account where account_id = $1', [name]);
    const ref = known.rowCount === 0 ? await openAccount(client, name) : { tenantId: TENANT, accountId: name };
    const notice = { kind, dedupeKey, obligationKey: 'instalment-1', priority: 3 };
    const notices = [{ ...notice, sendAfterMs: NOW_MS, expiresAtMs: NOW_MS + 3 * DAY_MS }];
    await planNotices(client, { ...ref, borrowerId: `${name}-borrower`, lane: LANE, notices });
  });
  const { rows } = await database.owner.query<{ noticeId: string }>(
    `select notice_id as "noticeId" from notice where account_id = $1 and dedupe_key = $2`,
    [name, dedupeKey],
  );
  const figures = {
    productName: '借款',
    amountFen: 8_884,
    minimumFen: 8_884,
    penaltyFen: 0,
    dueDate: '2026-03-05',
    month: 3,
  };
  return {
    noticeId: rows[0]?.noticeId ?? '',
    kind,
    lane: LANE,
    provider: 'sink',
    accountId: name,
    dedupeKey,
    figures,
    recipient: [...name]
      .reduce((hash, sign) => hash * 31n + BigInt(sign.codePointAt(0) ?? 0), 7n)
      .toString(16)
      .padStart(64, '0'),
    templateVersion: TEMPLATES[kind].version,
    code: CODE,
    ladder: defaultPolicy.notices,
    text: render(TEMPLATES[kind].body, SIGNATURE, { ...figures, daysPastDue: 1 }, { code: CODE }),
  };
}

const sweep = (asOfMs: number) =>
  beginGuard(
    database,
    { tenantId: TENANT, asOfMs },
    { seals, providers: ['sink', 'another'], policy: { ...GUARD_POLICY, remedyChannel: 'desk-7' } },
  );

async function judge(drafts: readonly GuardDraft[], asOfMs = NOW_MS, given?: GuardContext) {
  const context = given ?? (await sweep(asOfMs));
  return run((client) => guardGroup(client, { tenantId: TENANT, asOfMs }, context, drafts));
}

const verdicts = async (drafts: readonly GuardDraft[], asOfMs = NOW_MS, given?: GuardContext) =>
  (await judge(drafts, asOfMs, given)).map(({ verdict, findings }) => [verdict, ...findings.map(({ rule }) => rule)]);

async function attempt({ noticeId }: GuardDraft, messageId: string, atMs = NOW_MS): Promise<void> {
  const ref = { tenantId: TENANT, noticeId, provider: 'sink' };
  await run((client) => markAttempted(client, { ...ref, templateVersion: 1, text: 'text', parts: 1, atMs }));
  const outcome = { status: 'accepted', providerMessageIds: [messageId], nextLookAtMs: atMs + DAY_MS } as const;
  await run((client) => markOutcome(client, { ...ref, attempt: 1, outcome, atMs }));
}

const receive = (providerMessageId: string, status: 'delivered' | 'undelivered', receivedAtMs: number) =>
  run((client) =>
    recordReceipt(client, {
      tenantId: TENANT,
      provider: 'sink',
      providerMessageId,
      receiptKey: providerMessageId,
      status,
      receivedAtMs,
      body: {},
    }),
  );

async function lift(incidentId: string, liftedAtMs = NOW_MS + MINUTE_MS): Promise<void> {
  await run(async (client) => {
    const row = await lockIncident(client, { tenantId: TENANT, incidentId });
    if (!row) throw new Error('it was opened');
    await saveIncident(client, { ...row, stage: 'resuming', firstApprovalBy: 'staff-1' });
    const resumed = { stage: 'resumed', firstApprovalBy: 'staff-1', secondApprovalBy: 'staff-2' } as const;
    await saveIncident(client, { ...row, ...resumed, liftedAtMs });
  });
}

const inForce = async () =>
  (await measuresInForce(database.pool, { tenantId: TENANT })).map(({ incidentId }) => incidentId);

beforeAll(async () => {
  await useTemplate('due-soon');
}, 60_000);

describe('reviews of wordings', () => {
  const approved = async (kind: NoticeKind) => {
    const found = (await activeWordings(database.pool, seals, { tenantId: TENANT })).find((each) => each.kind === kind);
    return found && (found.approvedHash === found.wordingHash ? 'approved' : (found.approvedHash ?? 'none'));
  };

  it('are known under their seal', async () => {
    expect(await approved('due-soon')).toBe('approved');
  });

  it('are none for a template that was put in by SQL', async () => {
    await database.owner.query(
      `insert into notice_template (tenant_id, kind, version, status, body, signature, approved_by)
       values ($1, 'due-today', 1, 'registering', 'body', 'signature', 'staff-0417')`,
      [TENANT],
    );
    await database.owner.query(`update notice_template set status = 'active' where kind = 'due-today'`);
    expect(await approved('due-today')).toBe('none');
  });

  it('cannot be made by who has the database, but not the key', async () => {
    const thief = createWordingSeals(Buffer.alloc(32, 8));
    await run((client) =>
      recordWordingReview(client, thief, { tenantId: TENANT, kind: 'due-today', version: 1, ...REVIEW }),
    );
    expect(await approved('due-today')).toBe('none');
  });

  it('need another person, are kept once, and do not change', async () => {
    const ref = { tenantId: TENANT, kind: 'due-soon' as const, version: TEMPLATES['due-soon'].version };
    const review = (more: Partial<typeof REVIEW>) =>
      run((client) => recordWordingReview(client, seals, { ...ref, ...REVIEW, ...more }));
    expect(await review({})).toBe('repeated');
    expect(await review({ approvedBy: 'staff-0001' })).toBe('conflict');
    await expect(review({ approvedBy: 'staff-0105' })).rejects.toThrow('reviewed_by_another');
    await expect(database.owner.query('update wording_review set approved_by = $1', ['x'])).rejects.toThrow('refused');
  });

  it('do not follow a wording that was changed behind them', async () => {
    const db = await database.owner.connect();
    try {
      await db.query('begin');
      await db.query('alter table notice_template disable trigger user');
      await db.query(`update notice_template set body = body || '!' where kind = 'due-soon'`);
      const [changed] = (await activeWordings(db, seals, { tenantId: TENANT })).filter(
        ({ kind }) => kind === 'due-soon',
      );
      expect(changed?.approvedHash).not.toBe(changed?.wordingHash);
    } finally {
      await db.query('rollback');
      db.release();
    }
  });
});

describe('a group', () => {
  it('passes what is in order, and counts it', async () => {
    const one = await draft('passing');
    expect(await verdicts([one])).toEqual([['pass']]);
    const { rows } = await database.owner.query('select kind, recipient from guard_pass where notice_id = $1', [
      one.noticeId,
    ]);
    expect(rows).toEqual([{ kind: 'due-soon', recipient: one.recipient }]);
  });

  it('passes again what the provider refused: another try is no repeat', async () => {
    const one = await draft('refused-once');
    expect(await verdicts([one])).toEqual([['pass']]);
    expect(await verdicts([one], NOW_MS + MINUTE_MS)).toEqual([['pass']]);
  });

  it('holds a promise that went out before, until two people lift the incident; then it passes once', async () => {
    const first = await draft('replayed');
    await judge([first]);
    await attempt(first, 'message-replayed');
    const again = await draft('replayed', `${PROMISE}#2`);
    expect(await verdicts([again])).toEqual([['hold', 'promise']]);
    const held = await readNotice(database.pool, { tenantId: TENANT, noticeId: again.noticeId });
    expect(held).toMatchObject({ status: 'planned', putOffReason: 'held', sendAfterMs: NOW_MS + 3 * DAY_MS });
    const [incidentId = ''] = await inForce();
    const release = () =>
      run((client) => releaseHeld(client, { tenantId: TENANT, incidentId, by: 'staff-2', atMs: NOW_MS + MINUTE_MS }));
    await expect(release()).rejects.toThrow('which is in force');
    await lift(incidentId);
    expect(await release()).toEqual({ released: 1, lanes: [LANE] });
    expect(await release()).toEqual({ released: 0, lanes: [] });
    expect(await readNotice(database.pool, { tenantId: TENANT, noticeId: again.noticeId })).toMatchObject({
      status: 'planned',
      sendAfterMs: NOW_MS + MINUTE_MS,
    });
    const released = await sweep(NOW_MS + MINUTE_MS);
    expect(await verdicts([again], NOW_MS + MINUTE_MS, released)).toEqual([['pass']]);
    // The next provider after a refusal, in the same sweep: the same message.
    expect(await verdicts([{ ...again, provider: 'another' }], NOW_MS + MINUTE_MS, released)).toEqual([['pass']]);
    expect(await verdicts([again], NOW_MS + 2 * MINUTE_MS)).toEqual([['hold', 'promise']]);
    await lift((await inForce())[0] ?? '');
  });

  it('stops a kind for a tampered amount, and says so without the amount', async () => {
    const one = await draft('tampered');
    const tampered = { ...one, text: one.text.replace('88.84', '88.85') };
    expect(await verdicts([tampered])).toEqual([['hold', 'figures']]);
    const { rows } = await database.owner.query(
      `select scope, reason_code, remedy_channel, body from incident join incident_event using (tenant_id, incident_id)
        where lifted_at_ms is null`,
    );
    expect(rows).toEqual([
      expect.objectContaining({
        scope: { templateKind: 'due-soon' },
        reason_code: 'GUARD_FIGURES',
        remedy_channel: 'desk-7',
      }),
    ]);
    expect(JSON.stringify(rows)).not.toContain('88.8');
    await lift((await inForce())[0] ?? '');
  });

  it('keeps a released notice from what the rule of text says', async () => {
    const one = await draft('tampered');
    const { rows } = await database.owner.query('select incident_id from notice_hold where notice_id = $1', [
      one.noticeId,
    ]);
    const by = { tenantId: TENANT, incidentId: rows[0].incident_id, by: 'staff-2', atMs: NOW_MS + MINUTE_MS };
    expect((await run((client) => releaseHeld(client, by))).released).toBe(1);
    const tampered = { ...one, text: one.text.replace('88.84', '88.85') };
    expect(await verdicts([tampered], NOW_MS + MINUTE_MS)).toEqual([['hold', 'figures']]);
    await lift((await inForce())[0] ?? '');
  });

  it('lets a few pass that nobody planned, and holds the others', async () => {
    const drafts = await Promise.all(Array.from({ length: 12 }, (_, at) => draft(`stranger-${at}`)));
    await database.owner.query(`update credit_account set opened_at_ms = 0 where account_id like 'stranger-%'`);
    expect((await verdicts(drafts.slice(0, 6))).flat()).toEqual(Array(6).fill('pass'));
    expect((await verdicts(drafts.slice(6))).flat()).toEqual([
      ...Array(4).fill('pass'),
      'hold',
      'volume',
      'hold',
      'volume',
    ]);
    // Another try of one that was let pass is no other message.
    expect(await verdicts(drafts.slice(0, 1), NOW_MS + MINUTE_MS)).toEqual([['pass']]);
    for (const incidentId of await inForce()) await lift(incidentId);
  });

  it('waits by itself while a provider owes receipts', async () => {
    const [one, ...taken] = await Promise.all(Array.from({ length: 37 }, (_, at) => draft(`waiting-${at}`)));
    if (!one) throw new Error('it was drafted');
    for (const each of taken) await attempt(each, `message-${each.accountId}`, NOW_MS + MINUTE_MS);
    const atMs = NOW_MS + 2 * MINUTE_MS;
    expect(await verdicts([one], atMs)).toEqual([['wait', 'receipt-window']]);
    const put = await readNotice(database.pool, { tenantId: TENANT, noticeId: one.noticeId });
    expect(put).toMatchObject({ status: 'planned', sendAfterMs: atMs + MINUTE_MS, putOffReason: 'receipt-window' });
    expect(await inForce()).toEqual([]);
    await receive('message-waiting-36', 'delivered', atMs);
    expect(await verdicts([one], atMs)).toEqual([['pass']]);
  });

  it('counts the group before it, also when both are judged at the same time', async () => {
    const drafts = await Promise.all(Array.from({ length: 6 }, (_, at) => draft(`crowd-${at}`)));
    const toOne = drafts.map((each) => ({ ...each, recipient: 'c'.repeat(64) }));
    const found = await Promise.all([judge(toOne.slice(0, 3)), judge(toOne.slice(3))]);
    expect(found.flat().filter(({ verdict }) => verdict === 'pass')).toHaveLength(3);
    for (const incidentId of await inForce()) await lift(incidentId);
  });
});

describe('evidence', () => {
  const moment = { tenantId: TENANT, asOfMs: NOW_MS + 60 * MINUTE_MS, dayStartMs: DAY_START_MS };
  const surroundings = () => readGuardSurroundings(database.pool, { ...moment, providers: ['sink'] });
  const window = async (asOfMs = moment.asOfMs) => {
    const around = await surroundings();
    const counts = await run((client) => readGuardCounts(client, { ...moment, asOfMs }, [], around));
    return counts.providers.get('sink')?.unconfirmedAtMs;
  };

  it('is of what a provider took after its newest receipt', async () => {
    for (const at of [1, 2, 3]) await attempt(await draft(`window-${at}`), `message-${at}`, NOW_MS + at * MINUTE_MS);
    await receive('message-1', 'undelivered', NOW_MS + 9 * MINUTE_MS);
    expect(await window()).toEqual([NOW_MS + 2 * MINUTE_MS, NOW_MS + 3 * MINUTE_MS]);
    await receive('message-3', 'delivered', NOW_MS + 10 * MINUTE_MS);
    expect(await window()).toEqual([]);
    expect((await surroundings()).providers.get('sink')?.recentFailures.slice(-2)).toEqual([true, false]);
  });

  it('is of receipts for messages that are not ours', async () => {
    await receive('stranger-1', 'delivered', NOW_MS + 20 * MINUTE_MS);
    await receive('stranger-2', 'delivered', NOW_MS + 55 * MINUTE_MS);
    expect((await surroundings()).providers.get('sink')?.foreignReceipts).toBe(1);
  });

  it('is of the plan as it was taken, whatever is put in later', async () => {
    const take = (businessDate: string) =>
      run((client) =>
        takeDayPlan(client, { tenantId: TENANT, businessDate, dayEndMs: NOW_MS + 9 * DAY_MS, atMs: NOW_MS }),
      );
    const isIn = async ({ noticeId }: GuardDraft) =>
      (await database.owner.query('select from guard_plan where notice_id = $1', [noticeId])).rowCount === 1;
    const [before, after] = [await draft('put-in-before'), () => draft('put-in-later')];
    expect(await take('2026-03-09')).toBe(true);
    const later = await after();
    expect(await take('2026-03-09')).toBe(false);
    expect([await isIn(before), await isIn(later)]).toEqual([true, false]);
    await expect(database.owner.query(`update guard_plan set business_date = '2026-03-02'`)).rejects.toThrow('refused');
  });

  it('knows what neither a plan nor the books know of', async () => {
    const unplanned = async (one: GuardDraft) => {
      const counts = await run(async (client) => readGuardCounts(client, moment, [one], await surroundings()));
      return counts.unplanned.has(one.noticeId);
    };
    const one = await draft('old-1');
    expect(await unplanned(one)).toBe(false);
    await database.owner.query(`update credit_account set opened_at_ms = $1 where account_id like 'old-%'`, [
      NOW_MS - 30 * DAY_MS,
    ]);
    expect(await unplanned(one)).toBe(true);
    const steps = [
      [
        `advanced_at_ms = ${NOW_MS}, stage = 'settled', bucket = null`,
        'old-1',
        `account-settled/2026-03-02`,
        'account-settled',
      ],
      [
        `advanced_at_ms = ${NOW_MS}, stage = 'overdue', bucket = 'M1', past_due_since = '2026-01-01'`,
        'old-1',
        'overdue/x/1',
        'overdue-friendly',
      ],
    ] as const;
    for (const [change, name, key, kind] of steps) {
      const planned = await draft(name, key, kind);
      expect(await unplanned(planned)).toBe(true);
      await database.owner.query(`update credit_account set ${change} where account_id = $1`, [name]);
      expect(await unplanned(planned)).toBe(false);
    }
  });

  it('knows a payment, and one that bounced, as what is stored of them', async () => {
    const onPayment = { kind: 'payment-received', at: '08:00' } as const;
    const steps = [
      ['paid', 'fact-of-1', 'payment-received', 'payment-received/payment/p1'],
      ['reversed', 'fact-of-2', 'due-soon', PROMISE],
    ] as const;
    for (const [kind, name, ofKind, key] of steps) {
      const one = { ...(await draft(name, key, ofKind)), ladder: { ...defaultPolicy.notices, onPayment } };
      await database.owner.query('update credit_account set opened_at_ms = 0 where account_id = $1', [name]);
      const isUnplanned = async () =>
        (await run(async (client) => readGuardCounts(client, moment, [one], await surroundings()))).unplanned.has(
          one.noticeId,
        );
      expect(await isUnplanned()).toBe(true);
      const valueDate = '2026-03-02';
      const payment: Fact = { kind: 'paid', key: 'payment/p1', valueDate, amountFen: 1, intent: 'instalment' };
      const reversal: Fact = { kind: 'reversed', key: 'reversal/r1', valueDate, reverses: 'payment/p1' };
      const fact = kind === 'paid' ? payment : reversal;
      await run((client) => recordFact(client, { tenantId: TENANT, accountId: name, fact, arrivedAtMs: NOW_MS }));
      expect(await isUnplanned()).toBe(false);
    }
  });

  it('judges each message of a group by the ladder of its own account', async () => {
    const onPayment = { kind: 'payment-received', at: '08:00' } as const;
    const own = { ...defaultPolicy.notices, onPayment };
    const other = { ...defaultPolicy.notices, onPayment: null };
    const [first, paid] = [
      await draft('ladder-1'),
      await draft('ladder-2', 'payment-received/payment/p1', 'payment-received'),
    ];
    await database.owner.query(`update credit_account set opened_at_ms = 0 where account_id like 'ladder-%'`);
    const fact: Fact = { kind: 'paid', key: 'payment/p1', valueDate: '2026-03-02', amountFen: 1, intent: 'instalment' };
    for (const accountId of ['ladder-1', 'ladder-2']) {
      await run((client) => recordFact(client, { tenantId: TENANT, accountId, fact, arrivedAtMs: NOW_MS }));
    }
    const unplannedOf = async (...drafts: GuardDraft[]) => [
      ...(await run(async (client) => readGuardCounts(client, moment, drafts, await surroundings()))).unplanned,
    ];
    // Of the same books: a thanks for a payment by a ladder that has such, and a kind that is no thanks by another.
    const thanks = { ...paid, ladder: own };
    const reminder = { ...first, ladder: other };
    expect(await unplannedOf(reminder, thanks)).toEqual([reminder.noticeId]);
    expect(await unplannedOf(thanks, reminder)).toEqual([reminder.noticeId]);
    // And the other way about: what the first ladder calls a thanks is none by the message's own.
    const noThanks = { ...paid, ladder: other };
    expect((await unplannedOf({ ...first, ladder: own }, noThanks)).sort()).toEqual(
      [first.noticeId, paid.noticeId].sort(),
    );
  });

  it('of failed checks of our borrowers calls a person and stops nothing, until people end the alarm', async () => {
    const { noticeId } = await draft('checked');
    await database.owner.query(
      `insert into notice_code (tenant_id, notice_id, code_hash, phone_hash, product, month, masked_amount, issued_at_ms,
         expires_at_ms)
       select $1, $2, phone.hash, phone.hash, 'cash-loan', 3, '8*.**元', 1, 2
         from (select lpad(number::text, 64, '0') as hash from generate_series(1, 40) number) phone`,
      [TENANT, noticeId],
    );
    // Twenty times each: who asks more often is not more people.
    await database.owner.query(
      `insert into code_check (tenant_id, phone_hash, address_hash, network_hash, at_ms, outcome)
       select $1, phone.hash, phone.hash, phone.hash, $2, 'no-match' from generate_series(1, 20),
         (select lpad(number::text, 64, '0') as hash from generate_series(1, 40) number) phone`,
      [TENANT, moment.asOfMs],
    );
    const alarms = () =>
      database.pool.query<{ incidentId: string; measures: string[] }>(
        `select incident_id as "incidentId", measures from incident
          where reason_code = 'GUARD_CODE_CHECKS' and lifted_at_ms is null`,
      );
    expect((await surroundings()).checks).toMatchObject({ failedLastHour: 40, usualFailedPerHour: 0 });
    expect(await verdicts([await draft('undisturbed')], moment.asOfMs)).toEqual([['pass']]);
    expect(await inForce()).toEqual([]);
    const [alarm, ...more] = (await alarms()).rows;
    expect([alarm?.measures, more]).toEqual([[], []]);
    const foreignBefore = (await surroundings()).providers.get('sink')?.countFromMs;
    await lift(alarm?.incidentId ?? '', moment.asOfMs);
    expect(await verdicts([], moment.asOfMs + MINUTE_MS)).toEqual([]);
    expect((await alarms()).rows).toEqual([]);
    // What is known of providers is not forgotten by the end of an alarm that anybody can raise.
    expect((await surroundings()).providers.get('sink')?.countFromMs).toBe(foreignBefore);
  });
});

it('refuses to change or to remove a hold', async () => {
  await expect(database.owner.query('delete from notice_hold')).rejects.toThrow('never removed');
  await expect(database.owner.query(`update notice_hold set rule = 'volume'`)).rejects.toThrow('stays so');
  await expect(
    database.owner.query('update notice_hold set released_at_ms = 1, released_by = $1', ['x']),
  ).rejects.toThrow(/stays so|in force/);
});
