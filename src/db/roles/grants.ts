/**
 * What each service's role may do, table by table: the one list, joined of the tables of each subject. Whatever is not
 * here it may not. The worker's role, `DATABASE_URL`, reads all; what the API's may, `DATABASE_API_URL`, is under `api`:
 * what its routes write, and no more than the worker may. The reader's role reads all but the columns under `hidden`.
 * `prepare` gives these rights and takes every other one; `test/db/operations/roles.test.ts` fails when a table of the schema has no line, or a line no table.
 */
import { ACCOUNT_GRANTS } from './accountGrants';
import { BORROWER_GRANTS } from './borrowerGrants';
import { DEPLOYMENT_GRANTS } from './deploymentGrants';
import { MESSAGING_GRANTS } from './messagingGrants';
import type { Service, ServiceRights, TableRights } from './serviceRights';

export const GRANTS: Readonly<Record<string, TableRights>> = {
  ...ACCOUNT_GRANTS,
  ...MESSAGING_GRANTS,
  ...BORROWER_GRANTS,
  ...DEPLOYMENT_GRANTS,
};

/** What a service may do with a table. */
export function rightsOf(table: string, service: Service): ServiceRights {
  const rights = Object.hasOwn(GRANTS, table) ? GRANTS[table] : undefined;
  return (service === 'worker' ? rights : rights?.api) ?? {};
}

/** Functions that statements of a service call, or that run in its name, and by which services. No other may be called. */
export const CALLED_FUNCTIONS: Readonly<Record<string, readonly Service[]>> = {
  'append_evidence(text, jsonb)': ['worker', 'api'],
  'lock_evidence(text)': ['worker', 'api'],
  'evidence_record_hash(evidence_record)': ['worker', 'api'],
  'purge_old_rows(text, integer, integer, integer, integer, integer)': ['worker'],
};

/**
 * Counters that both services may draw from: of incidents that are opened, of what was made and told, and of decisions,
 * whose number their inputs bear before they are decided.
 */
export const SEQUENCES = ['incident_number', 'carrier_order', 'decision_record_decision_id_seq'] as const;

/** Names of columns that nobody but the services should see, unless the list says that the reader may. */
export const SECRET_NAMES = /(_encrypted|fingerprint|key_hash|phone_hash|address_hash|code_hash|^seal|^recipient)$/;
