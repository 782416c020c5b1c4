/**
 * What each service's role may do, table by table: the one list. Whatever is not here it may not. The worker's role,
 * `DATABASE_URL`, reads all; what the API's may, `DATABASE_API_URL`, is under `api`: what its routes write, and no more
 * than the worker may. The reader's role reads all but the columns under `hidden`. `prepare` gives these rights and takes
 * every other one; `test/db/operations/roles.test.ts` fails when a table of the schema has no line, or a line no table.
 */
export interface ServiceRights {
  /** Rows may be added: in every column, in all but some, which the database fills, or in those alone. */
  insert?: true | { except: readonly string[] } | { only: readonly string[] };
  /** Columns that may be changed. A table that is only locked names one that a trigger keeps as it is. */
  update?: readonly string[];
  delete?: true;
}

export interface TableRights extends ServiceRights {
  /** Columns that the reader does not see: personal data, hashes of keys, answers that repeat what was sent. */
  hidden?: readonly string[];
  /** Of the API; absent: it writes nothing here. */
  api?: ServiceRights;
  /** Columns that no route reads, of what is hidden from the reader: the API does not see them either. */
  hiddenFromApi?: readonly string[];
}

/** Whose rights: the worker and the commands, or the API. */
export type Service = 'worker' | 'api';

/** Added once, never changed. */
const APPENDED: TableRights = { insert: true };
/** The same, by routes as well. */
const APPENDED_BY_BOTH: TableRights = { insert: true, api: { insert: true } };
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
    api: {
      insert: {
        only: ['tenant_id', 'key_id', 'key_hash', 'scopes', 'label', 'principal', 'expires_at', 'created_by'],
      },
      update: ['revoked_at', 'expires_at', 'last_used_at', 'successor_id', 'mac'],
    },
  },
  application: {
    insert: true,
    update: [
      'stage',
      'assessment',
      'offer',
      'limit_fen',
      'expires_at_ms',
      'decide_by_at_ms',
      'changed_at_ms',
      'proved',
      'drawn_fen',
      'life_id',
      'mac',
    ],
    // As it was received: what is judged and offered is the worker's.
    api: {
      insert: {
        only: [
          'tenant_id',
          'application_id',
          'borrower_id',
          'product',
          'requested_fen',
          'facts',
          'stage',
          'received_at_ms',
          'changed_at_ms',
          'principal',
        ],
      },
      update: ['mac'],
    },
  },
  arrival_remark: APPENDED,
  books_takeover: GIVEN,
  borrower: {
    insert: true,
    update: ['created_at'],
    api: { insert: { only: ['tenant_id', 'borrower_id'] }, update: ['created_at'] },
  },
  business_clock: { insert: true, update: ['last_seen_real_ms', 'limit_ms'] },
  code_check: { insert: true, hidden: ['phone_hash', 'address_hash', 'network_hash'], api: { insert: true } },
  contact_choice: APPENDED_BY_BOTH,
  contact_hold: {
    insert: true,
    update: ['lifted_by', 'lifted_at_ms', 'lifted_principal', 'mac'],
    api: {
      insert: { except: ['lifted_by', 'lifted_at_ms', 'lifted_principal', 'mac'] },
      update: ['lifted_by', 'lifted_at_ms', 'lifted_principal', 'mac'],
    },
  },
  contact_profile: {
    insert: true,
    update: ['utc_offset_minutes', 'region', 'segment', 'unreachable'],
    hidden: ['unreachable'],
    api: { insert: { except: ['unreachable'] }, update: ['utc_offset_minutes', 'region', 'segment'] },
    hiddenFromApi: ['unreachable'],
  },
  cost_sheet_confirmation: APPENDED,
  credit_account: {
    insert: true,
    update: [
      'stage',
      'bucket',
      'past_due_since',
      'outstanding_fen',
      'overdue_fen',
      'available_fen',
      'amount_band',
      'next_deadline_at_ms',
      'summary',
      'as_of',
      'advanced_at_ms',
      'fold_version',
      'told_to_look_at',
      'mandate_id',
      'agreement_mac',
      'chain_no',
      'chain_head',
    ],
  },
  daily_close: APPENDED,
  debit_lane: { insert: true, update: ['rung', 'next_due_at_ms'] },
  decision_record: APPENDED,
  evidence_begin: GIVEN,
  // By `append_evidence`, which runs as who calls it.
  evidence_record: APPENDED_BY_BOTH,
  evidence_seal: APPENDED,
  fraud_report: { insert: true, hidden: ['phone_hash', 'address_hash', 'network_hash'], api: { insert: true } },
  guard_day: APPENDED,
  guard_pass: { insert: true, hidden: ['recipient'], hiddenFromApi: ['recipient'] },
  guard_plan: APPENDED,
  idempotency_record: {
    insert: true,
    update: ['state', 'response_status', 'response_body', 'answered_at', 'tries'],
    hidden: ['idempotency_key', 'response_body'],
    api: {
      insert: { only: ['tenant_id', 'idempotency_key', 'route', 'input_hash', 'state', 'principal'] },
      update: ['state', 'response_status', 'response_body', 'answered_at', 'tries'],
    },
  },
  inbound_text: {
    insert: true,
    hidden: ['message_key', 'phone_fingerprint'],
    api: { insert: true },
    hiddenFromApi: ['message_key', 'phone_fingerprint'],
  },
  inbox_message: {
    insert: true,
    update: ['read_at_ms'],
    hidden: ['text'],
    api: { insert: { only: ['tenant_id', 'borrower_id', 'reference', 'text', 'at_ms'] }, update: ['read_at_ms'] },
  },
  incident: {
    insert: true,
    update: [
      'stage',
      'measures',
      'scope',
      'exempt_borrower_ids',
      'acknowledged_by',
      'first_approval_by',
      'second_approval_by',
      'lifted_at_ms',
      'reviewed_by',
      'workflow_seen_at_ms',
      'mac',
    ],
    // A route opens one; whatever becomes of it is the worker's.
    api: {
      insert: {
        only: [
          'tenant_id',
          'incident_id',
          'dedupe_key',
          'opening_key',
          'measures',
          'scope',
          'reason_code',
          'remedy_channel',
          'opened_by_kind',
          'opened_by',
          'opened_at_ms',
        ],
      },
      update: ['mac'],
    },
  },
  incident_event: APPENDED_BY_BOTH,
  // `booked_in` is the database's: lines come in the transaction of their entry alone.
  journal_entry: { insert: { except: ['booked_in'] } },
  // By the function of the trigger on `posting`, which runs as the owner.
  ledger_balance: GIVEN,
  mandate_change: APPENDED,
  notice: {
    insert: true,
    update: [
      'status',
      'cancel_reason',
      'send_after_at_ms',
      'put_off_reason',
      'template_version',
      'wording',
      'text',
      'parts',
      'attempted_at_ms',
      'provider',
      'provider_message_id',
      'outcome_at_ms',
      'provider_error',
      'next_look_at_ms',
      'closed_at_ms',
    ],
    hidden: ['text'],
    // A receipt is its end. What was not attempted has none: a guard of the table keeps it planned.
    api: { update: ['status', 'outcome_at_ms', 'provider_error', 'next_look_at_ms', 'provider_message_id'] },
  },
  notice_attempt: {
    insert: true,
    update: ['status', 'failure', 'code', 'detail', 'outcome_at_ms', 'uses_try', 'looks'],
    hidden: ['recipient'],
    api: { update: ['status', 'outcome_at_ms', 'detail'] },
  },
  notice_code: { insert: true, hidden: ['code_hash', 'phone_hash'] },
  notice_hold: { insert: true, update: ['released_at_ms', 'released_by', 'used_at_ms'] },
  notice_lane: { insert: true, update: ['rung', 'next_due_at_ms'] },
  notice_message: {
    insert: true,
    update: ['status', 'receipt_key'],
    api: { insert: true, update: ['status', 'receipt_key'] },
  },
  notice_template: {
    insert: true,
    update: [
      'status',
      'findings',
      'review_by_ms',
      'approved_by',
      'rejected_by',
      'decided_at_ms',
      'decision_reason',
      'activated_at_ms',
      'retired_by',
      'retired_at_ms',
      'retire_reason',
      'required_providers',
    ],
    // A draft.
    api: {
      insert: {
        only: [
          'tenant_id',
          'kind',
          'version',
          'status',
          'body',
          'signature',
          'submitted_by',
          'approved_by',
          'submitted_at_ms',
          'required_providers',
        ],
      },
    },
  },
  // Made by whoever keeps something of the person first; no route destroys one.
  person_key: {
    insert: true,
    update: ['wrapped_key', 'erased_at_ms', 'erased_by'],
    hidden: ['wrapped_key'],
    api: { insert: { only: ['tenant_id', 'borrower_id', 'wrapped_key', 'key_id'] } },
  },
  phone_change_notice: APPENDED_BY_BOTH,
  planned_debit: {
    insert: true,
    update: [
      'status',
      'next_at_ms',
      'mandate_id',
      'amount_fen',
      'business_date',
      'attempted_at_ms',
      'rail',
      'outcome_at_ms',
      'rail_id',
      'settled_on',
      'refusal_class',
      'reason_code',
      'detail',
      'told_at_ms',
    ],
  },
  // A policy is a decision of the lender, put in place by `prepare`.
  policy_version: GIVEN,
  posting: APPENDED,
  provider_stop: {
    insert: true,
    update: ['resumed_at_ms', 'resumed_by', 'resumed_principal'],
    api: { update: ['resumed_at_ms', 'resumed_by', 'resumed_principal'] },
  },
  purchase_approval: APPENDED,
  push_nudge: { insert: true, update: ['status', 'failure', 'code', 'detail'] },
  receipt: { insert: true, hidden: ['body'], api: { insert: true }, hiddenFromApi: ['body'] },
  receipt_trouble: {
    insert: true,
    hidden: ['raw_encrypted'],
    api: { insert: true },
    hiddenFromApi: ['raw_encrypted'],
  },
  referral_figures: APPENDED_BY_BOTH,
  refused_arrival: { insert: true, hidden: ['raw'], hiddenFromApi: ['raw'] },
  refused_message: { insert: true, hidden: ['raw'], hiddenFromApi: ['raw'] },
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
    hiddenFromApi: ['raw'],
  },
  sink_message: {
    insert: true,
    hidden: ['phone_fingerprint', 'text'],
    hiddenFromApi: ['phone_fingerprint', 'text'],
  },
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
    api: {
      insert: { only: ['tenant_id', 'borrower_id', 'field', 'value_encrypted', 'key_id', 'fingerprint'] },
      update: ['value_encrypted', 'key_id', 'fingerprint', 'takes_nothing', 'updated_at'],
      delete: true,
    },
  },
  // Of before there were versions: read, moved and blanked.
  vault_identity: {
    update: ['name_encrypted', 'id_number_encrypted', 'phone_encrypted'],
    hidden: ['name_encrypted', 'id_number_encrypted', 'phone_encrypted'],
    api: { update: ['name_encrypted', 'id_number_encrypted', 'phone_encrypted'] },
  },
  vault_identity_version: { insert: true, hidden: ['value_encrypted'], api: { insert: true } },
  warning: APPENDED_BY_BOTH,
  wording_review: { insert: true, hidden: ['seal'], hiddenFromApi: ['seal'] },
};

/** What a service may do with a table. */
export function rightsOf(table: string, service: Service): ServiceRights {
  const rights = Object.hasOwn(GRANTS, table) ? GRANTS[table] : undefined;
  return (service === 'worker' ? rights : rights?.api) ?? {};
}

/** Of a table's columns those in which a row may be added. */
export function insertableOf({ insert }: ServiceRights, names: readonly string[]): string[] {
  if (insert === undefined) return [];
  if (insert === true) return [...names];
  return names.filter((name) => ('only' in insert ? insert.only.includes(name) : !insert.except.includes(name)));
}

/** Functions that statements of a service call, or that run in its name, and by which services. No other may be called. */
export const CALLED_FUNCTIONS: Readonly<Record<string, readonly Service[]>> = {
  'append_evidence(text, jsonb)': ['worker', 'api'],
  'lock_evidence(text)': ['worker', 'api'],
  'evidence_record_hash(evidence_record)': ['worker', 'api'],
  'purge_old_rows(text, integer, integer, integer, integer, integer)': ['worker'],
};

/** Counters of tables whose rows both services add: of incidents that are opened, and of what was made and told. */
export const SEQUENCES = ['incident_number', 'carrier_order'] as const;

/** Names of columns that nobody but the services should see, unless the list says that the reader may. */
export const SECRET_NAMES = /(_encrypted|fingerprint|key_hash|phone_hash|address_hash|code_hash|^seal|^recipient)$/;
