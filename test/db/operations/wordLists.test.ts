/**
 * The lists of words that the database itself holds, against the tables of the code (decisions/0063): each list in a
 * check, an index or a trigger is one of them, word for word. A list that nobody compares fails, as does one that is gone.
 */
import { describe, expect, it } from '@jest/globals';
import { ACCOUNT_WORD_KINDS, type AccountWordKind } from '../../../src/db/credit/accountApprovals';
import { REFUSED_MESSAGE_SUBJECTS } from '../../../src/db/credit/refusedMessages';
import { MANDATE_DECIDERS } from '../../../src/db/debits/mandates';
import type { SandboxDebitVerdict } from '../../../src/db/debits/sandboxDebits';
import { EVIDENCE_KINDS } from '../../../src/db/evidence/evidenceRecords';
import { CLOSE_OUTCOMES } from '../../../src/db/ledger/dailyCloses';
import { REPORT_OUTCOMES } from '../../../src/db/messaging/codes/fraudReports';
import { CHOICE_SOURCES } from '../../../src/db/messaging/contact/contactChoices';
import { RECEIPT_TROUBLES } from '../../../src/db/messaging/delivery/receiptTroubles';
import { CONTACT_FIELDS } from '../../../src/db/vault';
import { ACCOUNT_STAGES, CLOSED_STAGES } from '../../../src/domain/credit/accountStages';
import { ASIDE_STATES, ASIDE_WORDS, OPEN_ASIDES } from '../../../src/domain/credit/setAside';
import {
  DEBIT_REFUSAL_CLASSES,
  DEBIT_STATUSES,
  type DebitStatus,
  OPEN_DEBITS,
} from '../../../src/domain/debits/debitStatuses';
import {
  ALARM_OPENERS,
  INCIDENT_EVENTS,
  INCIDENT_OPENERS,
  INCIDENT_STAGES,
  type IncidentStage,
  MEASURES,
  type Measure,
  SCOPE_FIELDS,
} from '../../../src/domain/incidents/incidentStages';
import { LEDGER_ACCOUNTS } from '../../../src/domain/ledger/journal';
import { CHECK_OUTCOMES } from '../../../src/domain/messaging/codes/verificationCodes';
import { HOLD_KINDS } from '../../../src/domain/messaging/contact/contactRules';
import { INBOUND_COMMANDS } from '../../../src/domain/messaging/contact/optOutCommand';
import {
  ATTEMPT_STATUSES,
  ATTEMPTS_NOT_TAKEN,
  FINAL_RECEIPTS,
  LOOKED_AT,
  NOTICE_STATUSES,
  type NoticeStatus,
  PUSH_STATUSES,
  RECEIPT_STATUSES,
  SEND_FAILURES,
  TEXT_CHANNELS,
  TOLD_BY_CARRIER,
  UNRESOLVED,
} from '../../../src/domain/messaging/outbox/noticeStatuses';
import {
  REGISTRATION_STATUSES,
  type RegistrationStatus,
  TEMPLATE_STAGES,
  type TemplateStage,
} from '../../../src/domain/messaging/templates/templateStages';
import { APPLICATION_STAGES, CLOSED_APPLICATION_STAGES } from '../../../src/domain/origination/applicationStages';
import { ALL_SOURCE_KINDS, SOURCE_STATUSES } from '../../../src/domain/origination/dataSources';
import { IDENTITY_FIELDS, IDENTITY_SOURCES } from '../../../src/domain/origination/identity';
import { BUCKETS, PRODUCTS } from '../../../src/domain/policy/lendingPolicy';
import {
  MODEL_EVENTS,
  MODEL_FORMS,
  MODEL_STAGE_NAMES,
  MODEL_STAGES,
  type ModelStage,
} from '../../../src/domain/risk/modelStages';
import { namesOf, namesWith } from '../../../src/domain/values/tables';
import { useDatabase } from '../testDatabase';

const database = useDatabase();

/** Words of a table that no column of it brings together: each is one, or this does not compile. */
function some<Word extends string>(...words: Word[]): readonly Word[] {
  return words;
}

const SANDBOX_STATUSES = namesOf({ moved: 0, refused: 0, lost: 0 } satisfies Record<SandboxDebitVerdict['status'], 0>);

/** By table and constraint, or by index; in the order in which a constraint names them. */
const LISTS: Record<string, (readonly string[])[]> = {
  'account_word.account_word_kind_check': [ACCOUNT_WORD_KINDS],
  'account_word.signed_where_it_is_one_of_two': [some<AccountWordKind>('keep', 'review-ended')],
  'application.application_product_check': [PRODUCTS],
  'application.application_stage_check': [namesOf(APPLICATION_STAGES)],
  'code_check.code_check_outcome_check': [namesOf(CHECK_OUTCOMES)],
  'consent.consent_source_kind_check': [ALL_SOURCE_KINDS],
  'contact_choice.contact_choice_source_check': [CHOICE_SOURCES],
  'contact_hold.contact_hold_kind_check': [HOLD_KINDS],
  'credit_account.credit_account_bucket_of_open': [CLOSED_STAGES],
  'credit_account.credit_account_product_check': [PRODUCTS],
  'credit_account.credit_account_stage_check': [namesOf(ACCOUNT_STAGES)],
  'daily_close.daily_close_outcome_check': [CLOSE_OUTCOMES],
  'evidence_record.evidence_record_kind_check': [EVIDENCE_KINDS],
  'fraud_report.fraud_report_outcome_check': [REPORT_OUTCOMES],
  'idempotency_record.idempotency_record_state_check': [['started', 'completed']],
  'inbound_text.inbound_text_command_check': [INBOUND_COMMANDS],
  'incident.incident_measures_check': [MEASURES, ALARM_OPENERS],
  'incident.incident_opened_by_kind_check': [INCIDENT_OPENERS],
  'incident.incident_scope_check': [SCOPE_FIELDS],
  'incident.incident_stage_check': [namesOf(INCIDENT_STAGES)],
  'incident.lifted_by_stage': [namesWith(INCIDENT_STAGES, { isInForce: false })],
  'incident.narrowed_where_it_is_enforced': [some<Measure>('notices')],
  'incident_event.incident_event_kind_check': [INCIDENT_EVENTS],
  'mandate_change.mandate_change_decided_by_check': [MANDATE_DECIDERS],
  'notice.attempt_is_recorded': [some<NoticeStatus>('planned', 'cancelled')],
  'notice.notice_status_check': [namesOf(NOTICE_STATUSES)],
  'notice_attempt.notice_attempt_channel_check': [TEXT_CHANNELS],
  'notice_attempt.notice_attempt_failure_check': [namesOf(SEND_FAILURES)],
  'notice_attempt.notice_attempt_status_check': [namesOf(ATTEMPT_STATUSES)],
  'notice_code.notice_code_product_check': [PRODUCTS],
  'notice_message.notice_message_status_check': [FINAL_RECEIPTS],
  'notice_template.approved_by_someone': [some<TemplateStage>('registering', 'active', 'superseded')],
  'notice_template.notice_template_status_check': [namesOf(TEMPLATE_STAGES)],
  'planned_debit.attempt_is_recorded': [some<DebitStatus>('planned', 'cancelled')],
  'planned_debit.ended_with_reason': [some<DebitStatus>('refused', 'cancelled')],
  'planned_debit.looked_at_until_its_end': [some<DebitStatus>('refused', 'cancelled')],
  'planned_debit.planned_debit_refusal_class_check': [DEBIT_REFUSAL_CLASSES],
  'planned_debit.planned_debit_status_check': [namesOf(DEBIT_STATUSES)],
  'push_nudge.push_nudge_failure_check': [namesOf(SEND_FAILURES)],
  'push_nudge.push_nudge_status_check': [PUSH_STATUSES],
  'receipt.receipt_status_check': [namesOf(RECEIPT_STATUSES)],
  'receipt_trouble.receipt_trouble_reason_check': [RECEIPT_TROUBLES],
  'refused_message.refused_message_subject_kind_check': [REFUSED_MESSAGE_SUBJECTS],
  'model_event.model_event_kind_check': [MODEL_EVENTS],
  'risk_model.risk_model_form_check': [MODEL_FORMS],
  'risk_model.risk_model_stage_check': [MODEL_STAGE_NAMES],
  'risk_model.validated_where_it_decides': [some<ModelStage>('active', 'lapsed')],
  'sandbox_debit.sandbox_debit_refusal_class_check': [DEBIT_REFUSAL_CLASSES],
  'sandbox_debit.sandbox_debit_status_check': [SANDBOX_STATUSES],
  'set_aside_arrival.set_aside_arrival_state_check': [namesOf(ASIDE_STATES)],
  'set_aside_arrival.set_aside_arrival_word_check': [ASIDE_WORDS],
  'sink_receipt.sink_receipt_status_check': [FINAL_RECEIPTS],
  'source_record.source_record_status_check': [SOURCE_STATUSES],
  'template_registration.template_registration_status_check': [REGISTRATION_STATUSES],
  'vault_contact.vault_contact_field_check': [CONTACT_FIELDS],
  'vault_identity_version.vault_identity_version_field_check': [IDENTITY_FIELDS],
  'vault_identity_version.vault_identity_version_source_check': [IDENTITY_SOURCES],
  // Statements name the same words, so that these indexes serve them.
  credit_account_by_fold: [CLOSED_STAGES],
  notice_attempt_confirmed: [TOLD_BY_CARRIER],
  notice_attempt_one_live: [ATTEMPTS_NOT_TAKEN],
  notice_attempt_told: [TOLD_BY_CARRIER],
  planned_debit_one_open: [OPEN_DEBITS],
  set_aside_once: [OPEN_ASIDES],
  set_aside_unsettled: [OPEN_ASIDES],
};

/** By function of a trigger, in the order of its text. */
const TRIGGERS: Record<string, (readonly string[])[]> = {
  guard_application: [CLOSED_APPLICATION_STAGES],
  guard_incident: [namesWith(INCIDENT_STAGES, { isInForce: false }), some<IncidentStage>('open', 'acknowledged')],
  guard_new_template: [some<TemplateStage>('draft', 'registering')],
  guard_notice: [
    namesWith(NOTICE_STATUSES, { isClosed: true }),
    UNRESOLVED,
    ATTEMPTS_NOT_TAKEN,
    some<NoticeStatus>('planned', 'attempted', 'cancelled'),
    LOOKED_AT,
  ],
  guard_notice_attempt: [namesWith(ATTEMPT_STATUSES, { isClosed: true })],
  guard_notice_template: [
    some<RegistrationStatus>('approved', 'not-needed'),
    some<RegistrationStatus>('pending', 'rejected'),
  ],
  guard_planned_debit: [
    namesWith(DEBIT_STATUSES, { isClosed: true }),
    some<DebitStatus>('planned', 'attempted', 'cancelled'),
  ],
  guard_risk_model: Object.values(MODEL_STAGES).flatMap(({ next }) => (next.length > 0 ? [next] : [])),
  guard_set_aside: [namesWith(ASIDE_STATES, { isClosed: true })],
};

const sorted = (lists: Record<string, (readonly string[])[]>) =>
  Object.fromEntries(Object.entries(lists).map(([name, of]) => [name, of.map((words) => [...words].sort())]));

describe('lists of words in the database', () => {
  it('are those of the tables, in every check and index', async () => {
    const { rows } = await database.owner.query<{ name: string; text: string }>(
      `select conrelid::regclass || '.' || conname as name, pg_get_constraintdef(oid) as text from pg_constraint
        where contype = 'c' and connamespace = 'public'::regnamespace and conrelid <> 0
       union all
       select indexrelid::regclass::text, pg_get_expr(indpred, indrelid) from pg_index
        where indpred is not null and indrelid::regclass::text !~ '^pg_'`,
    );
    const found = rows.map(({ name, text }) => [name, listsIn(text)] as const).filter(([, lists]) => lists.length > 0);
    expect(sorted(Object.fromEntries(found))).toEqual(sorted(LISTS));
  });

  it('are those of the tables, in every trigger', async () => {
    const { rows } = await database.owner.query<{ name: string; text: string }>(
      `select proname as name, prosrc as text from pg_proc where pronamespace = 'public'::regnamespace`,
    );
    const found = rows.map(({ name, text }) => [name, listsInSource(text)] as const);
    expect(sorted(Object.fromEntries(found.filter(([, lists]) => lists.length > 0)))).toEqual(sorted(TRIGGERS));
  });

  it('take every bucket and every ledger account by their form, and no bucket more', async () => {
    const { rows } = await database.owner.query<{ bucket: string; fits: boolean }>(
      `select 'M' || number as bucket, 'M' || number ~ $1 as fits from generate_series(0, 12) as number`,
      [await patternOf('credit_account_bucket_check')],
    );
    expect(rows.filter(({ fits }) => fits).map(({ bucket }) => bucket)).toEqual([...BUCKETS]);
    const form = new RegExp(await patternOf('posting_ledger_account_check'));
    expect(namesOf(LEDGER_ACCOUNTS).filter((account) => !form.test(account))).toEqual([]);
  });
});

/** `= ANY (ARRAY['a'::text, …])`, `<> ALL (…)`, `<@ ARRAY[…]`, `- '{a,b}'::text[]`. */
function listsIn(text: string): string[][] {
  const arrays = [...text.matchAll(/ARRAY\[([^\]]*)\]/g)].map(([, words = '']) => quoted(words));
  const literals = [...text.matchAll(/'\{([^}"]+)\}'::text\[\]/g)].map(([, words = '']) => words.split(','));
  return [...arrays, ...literals].filter((words) => words.length > 0);
}

/** `in ('a', 'b')` of PL/pgSQL. */
function listsInSource(text: string): string[][] {
  return [...text.matchAll(/\bin\s*\(('[^)]*')\)/g)].map(([, words = '']) => quoted(words));
}

function quoted(text: string): string[] {
  return [...text.matchAll(/'([^']*)'/g)].map(([, word = '']) => word);
}

async function patternOf(constraint: string): Promise<string> {
  const { rows } = await database.owner.query<{ pattern: string }>(
    `select substring(pg_get_constraintdef(oid) from '~ ''([^'']*)''') as pattern from pg_constraint where conname = $1`,
    [constraint],
  );
  return rows[0]?.pattern ?? '';
}
