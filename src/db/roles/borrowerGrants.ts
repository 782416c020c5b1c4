/** What each service may do with the tables of borrowers: who they are, what they apply for, and how it is decided. */
import { APPENDED, APPENDED_BY_BOTH, type TableRights } from './serviceRights';

const CONSENT_COLUMNS = { except: ['withdrawn_at_ms', 'withdrawn_by', 'withdrawn_reason'] };

export const BORROWER_GRANTS = {
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
      'object_until_at_ms',
      'objection',
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
  borrower: {
    insert: true,
    update: ['created_at'],
    api: { insert: { only: ['tenant_id', 'borrower_id'] }, update: ['created_at'] },
  },
  consent: {
    insert: CONSENT_COLUMNS,
    update: ['valid_during', 'withdrawn_at_ms', 'withdrawn_by', 'withdrawn_reason', 'mac'],
    // Given with an application and withdrawn over the API; the worker keeps what an application gave by coming.
    api: {
      insert: CONSENT_COLUMNS,
      update: ['valid_during', 'withdrawn_at_ms', 'withdrawn_by', 'withdrawn_reason', 'mac'],
    },
  },
  cost_sheet_confirmation: APPENDED,
  decision_input: { insert: { except: ['used_during'] } },
  decision_record: APPENDED,
  // Made by whoever keeps something of the person first; no route destroys one.
  person_key: {
    insert: true,
    update: ['wrapped_key', 'erased_at_ms', 'erased_by'],
    hidden: ['wrapped_key'],
    api: { insert: { only: ['tenant_id', 'borrower_id', 'wrapped_key', 'key_id'] } },
  },
  referral_figures: APPENDED_BY_BOTH,
  // What an application told is kept as it comes in.
  source_record: { insert: { except: ['seen_during'] }, api: { insert: { except: ['seen_during'] } } },
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
} satisfies Record<string, TableRights>;
