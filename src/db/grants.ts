/**
 * What the application's role may do, table by table: the one list. Whatever is not here it may not; it reads all. The
 * reader's role reads all but the columns under `hidden`. `prepare` gives these rights and takes every other one;
 * `test/db/roles.test.ts` fails when a table of the schema has no line, or a line no table.
 */
export interface TableRights {
  /** Rows may be added: in every column, or in all but these, which the database fills. */
  insert?: true | { except: readonly string[] };
  /** Columns that may be changed. A table that is only locked names one that a trigger keeps as it is. */
  update?: readonly string[];
  delete?: true;
  /** Columns that the reader does not see: personal data, hashes of keys, answers that repeat what was sent. */
  hidden?: readonly string[];
}

/** Added once, never changed. */
const APPENDED: TableRights = { insert: true };
/** Written by the owner alone: by `prepare`, or by functions of the database. */
const GIVEN: TableRights = {};

export const GRANTS: Readonly<Record<string, TableRights>> = {
  account_fact: APPENDED,
  account_takeover: GIVEN,
  account_word: APPENDED,
  account_snapshot: { insert: true, update: ['through', 'fold_version', 'body'], delete: true },
  api_key: {
    insert: true,
    update: ['revoked_at', 'expires_at', 'last_used_at', 'successor_id', 'mac'],
    hidden: ['key_hash'],
  },
  application: {
    insert: true,
    update: [
      ...['stage', 'assessment', 'offer', 'limit_fen', 'expires_at_ms', 'decide_by_at_ms', 'changed_at_ms', 'proved'],
      ...['drawn_fen', 'life_id', 'mac'],
    ],
  },
  arrival_remark: APPENDED,
  books_takeover: GIVEN,
  borrower: { insert: true, update: ['created_at'] },
  business_clock: { insert: true, update: ['last_seen_real_ms', 'limit_ms'] },
  code_check: { insert: true, hidden: ['phone_hash', 'address_hash', 'network_hash'] },
  contact_choice: APPENDED,
  contact_hold: { insert: true, update: ['lifted_by', 'lifted_at_ms', 'lifted_principal', 'mac'] },
  contact_profile: {
    insert: true,
    update: ['utc_offset_minutes', 'region', 'segment', 'unreachable'],
    hidden: ['unreachable'],
  },
  cost_sheet_confirmation: APPENDED,
  credit_account: {
    insert: true,
    update: [
      ...['stage', 'bucket', 'past_due_since', 'outstanding_fen', 'overdue_fen', 'available_fen', 'amount_band'],
      ...['next_deadline_at_ms', 'summary', 'as_of', 'advanced_at_ms', 'fold_version', 'told_to_look_at', 'mandate_id'],
      ...['agreement_mac', 'chain_no', 'chain_head'],
    ],
  },
  daily_close: APPENDED,
  debit_lane: { insert: true, update: ['rung', 'next_due_at_ms'] },
  decision_record: APPENDED,
  evidence_begin: GIVEN,
  evidence_record: APPENDED,
  evidence_seal: APPENDED,
  fraud_report: { insert: true, hidden: ['phone_hash', 'address_hash', 'network_hash'] },
  guard_day: APPENDED,
  guard_pass: { insert: true, hidden: ['recipient'] },
  guard_plan: APPENDED,
  idempotency_record: {
    insert: true,
    update: ['state', 'response_status', 'response_body', 'answered_at', 'tries'],
    hidden: ['idempotency_key', 'response_body'],
  },
  inbound_text: { insert: true, hidden: ['message_key', 'phone_fingerprint'] },
  inbox_message: { insert: true, update: ['read_at_ms'], hidden: ['text'] },
  incident: {
    insert: true,
    update: [
      ...['stage', 'measures', 'scope', 'exempt_borrower_ids', 'acknowledged_by', 'first_approval_by'],
      ...['second_approval_by', 'lifted_at_ms', 'reviewed_by', 'workflow_seen_at_ms'],
      'mac',
    ],
  },
  incident_event: APPENDED,
  // `booked_in` is the database's: lines come in the transaction of their entry alone.
  journal_entry: { insert: { except: ['booked_in'] } },
  // By the function of the trigger on `posting`, which runs as the owner.
  ledger_balance: GIVEN,
  mandate_change: APPENDED,
  notice: {
    insert: true,
    update: [
      ...['status', 'cancel_reason', 'send_after_at_ms', 'put_off_reason', 'template_version', 'wording', 'text'],
      ...['parts', 'attempted_at_ms', 'provider', 'provider_message_id', 'outcome_at_ms', 'provider_error'],
      ...['next_look_at_ms', 'closed_at_ms'],
    ],
    hidden: ['text'],
  },
  notice_attempt: {
    insert: true,
    update: ['status', 'failure', 'code', 'detail', 'outcome_at_ms', 'uses_try', 'looks'],
    hidden: ['recipient'],
  },
  notice_code: { insert: true, hidden: ['code_hash', 'phone_hash'] },
  notice_hold: { insert: true, update: ['released_at_ms', 'released_by', 'used_at_ms'] },
  notice_lane: { insert: true, update: ['rung', 'next_due_at_ms'] },
  notice_message: { insert: true, update: ['status', 'receipt_key'] },
  notice_template: {
    insert: true,
    update: [
      ...['status', 'findings', 'review_by_ms', 'approved_by', 'rejected_by', 'decided_at_ms', 'decision_reason'],
      ...['activated_at_ms', 'retired_by', 'retired_at_ms', 'retire_reason', 'required_providers'],
    ],
  },
  person_key: { insert: true, update: ['wrapped_key', 'erased_at_ms', 'erased_by'], hidden: ['wrapped_key'] },
  phone_change_notice: APPENDED,
  planned_debit: {
    insert: true,
    update: [
      ...['status', 'next_at_ms', 'mandate_id', 'amount_fen', 'business_date', 'attempted_at_ms', 'rail'],
      ...['outcome_at_ms', 'rail_id', 'settled_on', 'refusal_class', 'reason_code', 'detail', 'told_at_ms'],
    ],
  },
  // A policy is a decision of the lender, put in place by `prepare`.
  policy_version: GIVEN,
  posting: APPENDED,
  provider_stop: { insert: true, update: ['resumed_at_ms', 'resumed_by', 'resumed_principal'] },
  purchase_approval: APPENDED,
  push_nudge: { insert: true, update: ['status', 'failure', 'code', 'detail'] },
  receipt: { insert: true, hidden: ['body'] },
  receipt_trouble: { insert: true, hidden: ['raw_encrypted'] },
  referral_figures: APPENDED,
  refused_arrival: { insert: true, hidden: ['raw'] },
  refused_message: { insert: true, hidden: ['raw'] },
  sandbox_debit: {
    insert: true,
    update: ['times_sent', 'status', 'mandate_id', 'amount_fen', 'business_date', 'settles_on'],
  },
  schema_migration: GIVEN,
  sealed_head: APPENDED,
  set_aside_arrival: {
    insert: true,
    update: ['state', 'word', 'word_by', 'word_reason', 'second_by', 'second_reason', 'settled_at_ms', 'fault', 'mac'],
    hidden: ['raw'],
  },
  sink_message: { insert: true, hidden: ['phone_fingerprint', 'text'] },
  sink_receipt: { insert: true, update: ['issued'] },
  statement: APPENDED,
  template_registration: { insert: true, update: ['status', 'code', 'reason', 'asked_at_ms'] },
  // Locked for a close; a trigger keeps the name.
  tenant: { update: ['name'] },
  vault_contact: {
    insert: true,
    update: ['value_encrypted', 'key_id', 'fingerprint', 'takes_nothing', 'updated_at'],
    delete: true,
    hidden: ['value_encrypted', 'fingerprint'],
  },
  // Of before there were versions: read, moved and blanked.
  vault_identity: {
    update: ['name_encrypted', 'id_number_encrypted', 'phone_encrypted'],
    hidden: ['name_encrypted', 'id_number_encrypted', 'phone_encrypted'],
  },
  vault_identity_version: { insert: true, hidden: ['value_encrypted'] },
  warning: APPENDED,
  wording_review: { insert: true, hidden: ['seal'] },
};

/** Functions that statements of the application call, or that run in its name. No other may be called. */
export const CALLED_FUNCTIONS = [
  'append_evidence(text, jsonb)',
  'lock_evidence(text)',
  'evidence_record_hash(evidence_record)',
  'purge_old_rows(text, integer, integer, integer, integer, integer)',
] as const;

/** Counters of tables whose rows the application adds. */
export const SEQUENCES = ['incident_number', 'carrier_order'] as const;

/** Names of columns that nobody but the application should see, unless the list says that the reader may. */
export const SECRET_NAMES = /(_encrypted|fingerprint|key_hash|phone_hash|address_hash|code_hash|^seal|^recipient)$/;
