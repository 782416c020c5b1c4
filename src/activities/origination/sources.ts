/** Asking sources about an applicant: who may be asked, once, and the copy of what was seen. */
import type { Pool } from 'pg';
import type { PersonAsked } from '../../adapters/sources/port';
import type { AskSource, SourceActivities, SourceAsked } from '../../contracts/activities';
import { type ApplicationRow, readApplication } from '../../db/origination/applications';
import { type ConsentRow, readConsents } from '../../db/origination/consents';
import { readIdentity } from '../../db/origination/identities';
import { insertSourceRecord, readSourceRecords } from '../../db/origination/sourceRecords';
import { inTransaction } from '../../db/transaction';
import { isEnded } from '../../domain/origination/applicationStages';
import { SOURCE_KINDS } from '../../domain/origination/dataSources';
import { notFound } from '../failures';
import type { SourceDependencies } from './sourceDependencies';

type Dependencies = SourceDependencies & { pool: Pool };

export function createSourceActivities(deps: Dependencies): SourceActivities {
  return {
    /** Safe to retry: a question changes nothing at its supplier, and its copy is kept once by its instant. */
    askSource: async (input) => {
      const { tenantId, applicationId } = input;
      const row = await readApplication(deps.pool, input);
      if (!row) throw notFound(`application ${applicationId} of tenant ${tenantId} is not known`);
      if (isEnded(row)) return { status: 'not-needed' };
      // A consent begins when its application came in, whatever the clocks of two machines say.
      return ask(deps, row, { ...input, asOfMs: Math.max(input.asOfMs, row.receivedAtMs) });
    },
  };
}

async function ask(deps: Dependencies, row: ApplicationRow, { kind, asOfMs }: AskSource): Promise<SourceAsked> {
  const { pool, sources = {} } = deps;
  const { tenantId, applicationId, borrowerId } = row;
  const recordId = `${applicationId}.${kind}.${asOfMs}`;
  const kept = (await readSourceRecords(pool, row)).find((record) => record.recordId === recordId);
  if (kept) return { status: kept.status };
  const consent = (await readConsents(pool, row)).find(({ sourceKind }) => sourceKind === kind);
  if (!isValid(consent, asOfMs)) return { status: 'without-consent' };
  const source = sources[kind];
  if (!source) return { status: 'unavailable', detail: 'this deployment has no supplier of the kind' };
  const { purpose, isToldIdentity } = SOURCE_KINDS[kind];
  const person = isToldIdentity ? await personOf(deps, row) : undefined;
  if (isToldIdentity && !person) return { status: 'unavailable', detail: 'the vault does not know who is asked about' };
  const { consentId, fromMs, untilMs } = consent;
  const answer = await source.ask({
    requestId: recordId,
    sourceKind: kind,
    purpose,
    consent: { consentId, fromMs, untilMs },
    borrowerId,
    person,
  });
  if (answer.status === 'unavailable') return { status: answer.status, detail: answer.detail };
  const { status, missing, figures } = answer;
  const record = { tenantId, applicationId, recordId, borrowerId, sourceKind: kind, purpose, status, missing, figures };
  const seen = { ...record, supplier: source.supplier, seenAtMs: asOfMs };
  const isKept = await inTransaction(pool, (client) => insertSourceRecord(client, seen));
  return { status: isKept ? status : 'without-consent' };
}

/** Looked at before anybody is asked; that nothing is kept or decided without it is the database's. */
function isValid(consent: ConsentRow | undefined, atMs: number): consent is ConsentRow {
  if (!consent || consent.withdrawnAtMs !== null) return false;
  return consent.fromMs <= atMs && (consent.untilMs === null || atMs < consent.untilMs);
}

/** Undefined where one of the three is not known. */
async function personOf({ pool, vault }: Dependencies, row: ApplicationRow): Promise<PersonAsked | undefined> {
  const { name, idNumber, phone } = (await readIdentity(pool, vault, row)) ?? {};
  return name === undefined || idNumber === undefined || phone === undefined ? undefined : { name, idNumber, phone };
}
