/** Evidence stays: no row of an append-only table is changed or removed, whatever a statement tries. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { sealDay } from '../../../src/activities/evidence/sealing';
import { textHash } from '../../../src/db/contentHash';
import { recordAccountApproval } from '../../../src/db/credit/accountApprovals';
import { insertBills } from '../../../src/db/credit/bills';
import { recordFact, recordRefusal, recordRemark } from '../../../src/db/credit/facts';
import { recordPurchaseApproval } from '../../../src/db/credit/purchaseApprovals';
import { keepRefusedMessage } from '../../../src/db/credit/refusedMessages';
import { changeMandate } from '../../../src/db/debits/mandates';
import { planDebits } from '../../../src/db/debits/plannedDebits';
import { recordDecision } from '../../../src/db/evidence/decisions';
import { appendEvidence } from '../../../src/db/evidence/evidenceRecords';
import { insertAccountTakeovers, insertTakeover } from '../../../src/db/evidence/takeovers';
import { openIncident } from '../../../src/db/incidents/incidentOpenings';
import { insertDailyClose } from '../../../src/db/ledger/dailyCloses';
import { bookEntries } from '../../../src/db/ledger/journal';
import { recordContactChoice } from '../../../src/db/messaging/contact/contactChoices';
import { insertInboundText } from '../../../src/db/messaging/contact/inboundTexts';
import { planNotices } from '../../../src/db/messaging/outbox/notices';
import { insertTemplate } from '../../../src/db/messaging/templates/templates';
import { insertApiKey } from '../../../src/db/operations/apiKeys';
import { insertCostDisclosure } from '../../../src/db/origination/costDisclosures';
import { changePhone, saveIdentity } from '../../../src/db/origination/identities';
import { insertReferralFigures } from '../../../src/db/origination/referralFigures';
import { admitRecords, nextDecisionId, readSourceRecords } from '../../../src/db/origination/sourceRecords';
import { registerModel } from '../../../src/db/risk/models';
import { insertWarnings } from '../../../src/db/risk/warnings';
import { inTransaction } from '../../../src/db/transaction';
import { createVault } from '../../../src/db/vault';
import type { CostDisclosure } from '../../../src/domain/origination/costDisclosure';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import { IDENTITY, ORIGIN } from '../../support/identities';
import { recordReceipt } from '../../support/ofOne';
import { DAY_MS, entry, LANE, NOW_MS, openAccount, POLICY_VERSION, useDatabase } from '../testDatabase';

const database = useDatabase();
const vault = createVault({ keyId: 'k1', key: Buffer.alloc(32, 1) });

const APPEND_ONLY: [string, string][] = [
  ['account_takeover', 'digest'],
  ['books_takeover', 'mac'],
  ['sealed_head', 'head'],
  ['policy_version', 'effective_from'],
  ['decision_record', 'kind'],
  ['decision_input', 'content_hash'],
  ['source_record', 'supplier'],
  ['account_fact', 'kind'],
  ['refused_arrival', 'kind'],
  ['account_word', 'principal'],
  ['arrival_remark', 'kind'],
  ['refused_message', 'kind'],
  ['statement', 'total_fen'],
  ['warning', 'reason'],
  ['journal_entry', 'kind'],
  ['posting', 'amount_fen'],
  ['receipt', 'status'],
  ['daily_close', 'outcome'],
  ['cost_sheet_confirmation', 'confirmed_by'],
  ['mandate_change', 'decided_by'],
  ['purchase_approval', 'reason'],
  ['incident_event', 'kind'],
  ['model_event', 'kind'],
  ['notice_code', 'month'],
  ['code_check', 'outcome'],
  ['guard_day', 'business_date'],
  ['guard_plan', 'business_date'],
  ['guard_pass', 'kind'],
  ['wording_review', 'kind'],
  ['fraud_report', 'reason'],
  ['inbound_text', 'command'],
  ['contact_choice', 'source'],
  ['referral_figures', 'entered_by'],
  ['evidence_begin', 'decision_id'],
  ['evidence_record', 'kind'],
  ['evidence_seal', 'merkle_root'],
  ['vault_identity_version', 'source'],
  ['phone_change_notice', 'at_ms'],
];

const SHEET = {
  subject: 'account',
  hash: textHash('read'),
  text: 'read',
  sheet: {} as CostDisclosure,
  confirmedBy: 'member-77',
  confirmedAt: '2026-03-02T09:00:00+08:00',
  recordedAtMs: NOW_MS,
};

beforeAll(async () => {
  await inTransaction(database.owner, async (client) => {
    const ref = await openAccount(client, 'evidence');
    const key = { tenantId: ref.tenantId, keyId: 'k', keyHash: 'ab'.repeat(32), scopes: [], label: 'test' };
    await insertApiKey(client, key);
    const found = { ...ref, foundOn: '2026-03-02', mac: 'x' };
    const rows = { foundOn: found.foundOn, rowCount: 0, digest: 'x', mac: 'x' };
    await insertAccountTakeovers(client, { ...ref, accounts: [{ accountId: ref.accountId, agreementMac: 'x', rows }] });
    const none = { accountCount: 1, evidenceSequence: 0, evidenceHash: '', rowsDigest: '' };
    await insertTakeover(client, { ...found, ...none });
    const decisionId = await nextDecisionId(client);
    const told = await readSourceRecords(client, { ...ref, applicationId: 'evidence-application' });
    await admitRecords(client, { decisionId, usedAtMs: NOW_MS, records: told });
    await recordDecision(client, {
      decisionId,
      tenantId: ref.tenantId,
      subjectKind: 'application',
      subjectId: 'evidence-application',
      kind: 'approved',
      reasonCodes: ['SCORE'],
      policyVersion: POLICY_VERSION,
      body: {},
      decidedAtMs: NOW_MS,
      decidedBy: 'policy',
    });
    const fact = { kind: 'disbursed', key: 'disbursement', valueDate: '2026-03-02', amountFen: 100 } as const;
    await recordFact(client, { ...ref, fact, arrivedAtMs: NOW_MS });
    const word = { subject: 'write-off', kind: 'write-off', wordKey: 'w-1', principal: 'staff:1' } as const;
    await recordAccountApproval(client, { ...ref, ...word, atMs: NOW_MS });
    await recordRemark(client, { ...ref, fact, reasonCodes: ['UNKNOWN_INSTALMENT'], atMs: NOW_MS });
    await recordRefusal(client, {
      ...ref,
      businessKey: 'purchase/1',
      kind: 'purchase',
      reasonCodes: ['OVER_LIMIT'],
      body: {},
      atMs: NOW_MS,
    });
    const message = { kind: 'note', fault: 'SQLSTATE 22021', message: {}, atMs: NOW_MS };
    const { tenantId } = ref;
    await keepRefusedMessage(client, { tenantId, subjectKind: 'incident', subjectId: 'i', ...message });
    const bill = { number: 1, billDate: '2026-04-01', dueDate: '2026-04-20', totalFen: 100, minimumPaymentFen: 10 };
    const statements = [{ ...bill, principalFen: 90, interestFen: 10, penaltyFen: 0 }];
    await insertBills(client, { ...ref, statements, issuedAtMs: NOW_MS });
    const warning = { rule: 'WORSE_BUCKET', episodeKey: 'e', reason: 'r', freeze: false } as const;
    await insertWarnings(client, { ...ref, warnings: [warning], raisedAtMs: NOW_MS });
    await bookEntries(client, { ...ref, entries: [entry('disbursement', 100)], bookedAtMs: NOW_MS });
    await planNotices(client, {
      ...ref,
      borrowerId: 'evidence-borrower',
      lane: LANE,
      notices: [
        {
          kind: 'due-soon',
          dedupeKey: 'due-soon/1',
          obligationKey: 'instalment-1',
          sendAfterMs: NOW_MS,
          expiresAtMs: NOW_MS + DAY_MS,
          priority: 3,
        },
      ],
    });
    await recordReceipt(client, {
      tenantId: ref.tenantId,
      provider: 'sink',
      providerMessageId: 'm-1',
      receiptKey: 'r-1',
      status: 'delivered',
      receivedAtMs: NOW_MS,
      body: {},
    });
    await insertInboundText(client, {
      tenantId: ref.tenantId,
      provider: 'aliyun',
      messageKey: 'k-1',
      phoneFingerprint: 'f-1',
      command: 'R',
      receivedAtMs: NOW_MS,
    });
    const wording = { tenantId: ref.tenantId, kind: 'due-soon', version: 1, body: 'b', signature: 's' } as const;
    await insertTemplate(client, { ...wording, approvedBy: 'staff-1' });
    const counts = { accountCount: 1, entryCount: 1, postingCount: 2 };
    const closed = { tenantId: ref.tenantId, businessDate: '2026-03-02', ...counts, lines: [], differences: [] };
    await insertDailyClose(client, { ...closed, waiting: [], waitingCount: 0 });
    await insertCostDisclosure(client, { ...ref, ...SHEET });
    const given = { changeId: 'm-1', mandateId: 'mandate-77', agreedOn: '2026-03-02', decidedBy: 'borrower' } as const;
    await changeMandate(client, { ...ref, ...given, atMs: NOW_MS });
    const approval = { approvalId: 'ap-1', purchaseId: 'o-1', amountFen: 100, decidedBy: 'staff-1', reason: 'asked' };
    await recordPurchaseApproval(client, { ...ref, ...approval, atMs: NOW_MS });
    const debits = [{ obligationKey: 'instalment-1', dueDate: '2026-04-02', atMs: NOW_MS }];
    await planDebits(client, { ...ref, lane: LANE, debits });
    await openIncident(client, {
      tenantId: ref.tenantId,
      dedupeKey: 'surge',
      measures: ['notices'],
      reasonCode: 'NOTICE_SURGE',
      remedyChannel: 'hotline',
      openedBy: { kind: 'guard', id: 'anomaly' },
      atMs: NOW_MS,
    });
    const card = { card: 'expert', version: '2026-01', form: 'points' as const };
    const { scorecard: content } = defaultPolicy.assessment;
    await registerModel(client, {
      tenantId: ref.tenantId,
      ...card,
      content,
      developedBy: 'staff:dev',
      registeredAtMs: NOW_MS,
    });
    const hash = 'a'.repeat(64);
    await client.query(
      `insert into notice_code (tenant_id, notice_id, code_hash, phone_hash, product, month, masked_amount, issued_at_ms,
         expires_at_ms)
       select tenant_id, notice_id, $1, $1, 'cash-loan', 3, '1,***.**元', $2::bigint, $2::bigint + 1 from notice`,
      [hash, NOW_MS],
    );
    await client.query(
      `with day as (insert into guard_day (tenant_id, business_date, taken_at_ms) values ($1, '2026-03-02', $3)),
         plan as (insert into guard_plan select tenant_id, notice_id, '2026-03-02' from notice),
         pass as (insert into guard_pass select tenant_id, notice_id, $3, kind, $2, true from notice)
       insert into wording_review select tenant_id, kind, version, $2, 'staff-2', 'staff-1', $3, $2 from notice_template`,
      [ref.tenantId, hash, NOW_MS],
    );
    const choice = { choiceKey: 'reply/1', wantsCourtesy: false, source: 'reply' } as const;
    await recordContactChoice(client, {
      tenantId: ref.tenantId,
      borrowerId: 'evidence-borrower',
      ...choice,
      atMs: NOW_MS,
    });
    await insertReferralFigures(client, {
      tenantId: ref.tenantId,
      applicationId: 'evidence-application',
      figuresId: 'f-1',
      figures: {},
      enteredBy: 'staff-1',
      enteredAtMs: NOW_MS,
    });
    await client.query('insert into evidence_begin values ($1, 1, 1, 1)', [ref.tenantId]);
    const record = {
      kind: 'notice-decision',
      subjectKind: 'notice',
      subjectId: 'n-1',
      body: {},
      atMs: NOW_MS,
    } as const;
    await appendEvidence(client, { tenantId: ref.tenantId, records: [record] });
    await sealDay(client, { tenantId: ref.tenantId, date: '2026-03-02' });
    const person = { tenantId: ref.tenantId, borrowerId: 'evidence-borrower' };
    await saveIdentity(client, vault, { ...person, identity: IDENTITY, origin: ORIGIN });
    const moved = { source: 'phone-change', sourceId: 'c-1', recordedBy: 'key-1', atMs: NOW_MS } as const;
    await changePhone(client, vault, { ...person, phone: '19900000002', origin: moved, coolDownMs: DAY_MS });
    const asked = [ref.tenantId, hash, NOW_MS];
    await client.query(
      `insert into code_check (tenant_id, phone_hash, address_hash, at_ms, outcome) values ($1, $2, $2, $3, 'no-match')`,
      asked,
    );
    await client.query(
      `insert into fraud_report (tenant_id, phone_hash, address_hash, at_ms, claimed_sender, reason, outcome)
       values ($1, $2, $2, $3, 'other', 'other', 'kept')`,
      asked,
    );
  });
});

describe.each(APPEND_ONLY)('%s', (table, column) => {
  const refusal = new RegExp(`table ${table} is append-only`);
  test.each([`update ${table} set ${column} = ${column}`, `delete from ${table}`, `truncate ${table} cascade`])(
    '%s is refused',
    async (statement) => {
      const { rows } = await database.owner.query<{ count: number }>(`select count(*) as count from ${table}`);
      expect(rows[0]?.count).toBeGreaterThan(0);
      await expect(database.owner.query(statement)).rejects.toThrow(
        statement.includes('cascade') ? /refused/ : refusal,
      );
    },
  );
});

test('every table that says it is append-only is tested here', async () => {
  const { rows } = await database.owner.query<{ name: string }>(
    `select distinct tgrelid::regclass::text as name from pg_trigger where tgname = 'append_only_row' order by 1`,
  );
  const locked = ['borrower', 'tenant'];
  expect(rows.map(({ name }) => name)).toEqual([...APPEND_ONLY.map(([name]) => name), ...locked].sort());
});

test.each([
  'notice',
  'notice_template',
  'credit_account',
  'planned_debit',
  'incident',
  'api_key',
  'application',
  'consent',
  'person_key',
  'risk_model',
])('rows of %s are never removed', async (table) => {
  await expect(database.owner.query(`delete from ${table}`)).rejects.toThrow(/never removed/);
  await expect(database.owner.query(`truncate ${table} cascade`)).rejects.toThrow(/refused/);
});

test('what was agreed for an account never changes', async () => {
  const change = `update credit_account set terms = terms || '{"dailyRate": "0.001"}'`;
  await expect(database.owner.query(change)).rejects.toThrow(/never changes/);
});

test('every table says what it is', async () => {
  const { rows } = await database.owner.query(
    `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
       and relname <> 'schema_migration' and obj_description(oid) is null`,
  );
  expect(rows).toEqual([]);
});
