/** What each service may do with the tables of a deployment: keys, requests, incidents, evidence, policies, the clock. */
import { APPENDED, APPENDED_BY_BOTH, GIVEN, type TableRights } from './serviceRights';

export const DEPLOYMENT_GRANTS = {
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
  books_takeover: GIVEN,
  business_clock: { insert: true, update: ['last_seen_real_ms', 'limit_ms'] },
  evidence_begin: GIVEN,
  // By `append_evidence`, which runs as who calls it.
  evidence_record: APPENDED_BY_BOTH,
  evidence_seal: APPENDED,
  idempotency_record: {
    insert: true,
    update: ['state', 'response_status', 'response_body', 'answered_at', 'tries'],
    hidden: ['idempotency_key', 'response_body'],
    api: {
      insert: { only: ['tenant_id', 'idempotency_key', 'route', 'input_hash', 'state', 'principal'] },
      update: ['state', 'response_status', 'response_body', 'answered_at', 'tries'],
    },
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
  // A policy is a decision of the lender, put in place by `prepare`.
  policy_version: GIVEN,
  // By routes, at the registration; whatever becomes of it is the worker's.
  model_event: { insert: { except: ['event_id'] }, api: { insert: { except: ['event_id'] } } },
  refused_message: { insert: true, hidden: ['raw'], hiddenFromApi: ['raw'] },
  risk_model: {
    insert: { except: ['model'] },
    update: ['stage', 'test', 'first_promotion_by', 'valid_until_ms'],
    api: {
      insert: {
        only: [
          'tenant_id',
          'card',
          'version',
          'form',
          'content',
          'content_hash',
          'psi_baseline',
          'developed_by',
          'registered_at_ms',
        ],
      },
    },
  },
  schema_migration: GIVEN,
  sealed_head: APPENDED,
  // Locked for a close; a trigger keeps the name.
  tenant: { update: ['name'] },
} satisfies Record<string, TableRights>;
