/** What an application told is a record like any other, under a consent that it gave by coming. */
import { figureNamesOf, SOURCE_KINDS } from '../../domain/origination/dataSources';
import type { AssessmentInput } from '../../domain/risk/assessment';
import type { Client } from '../transaction';
import { insertConsent, type OfApplication } from './consents';
import { insertSourceRecord } from './sourceRecords';

export interface ToldFacts extends OfApplication {
  borrowerId: string;
  facts: AssessmentInput;
  receivedAtMs: number;
  principal?: string | null | undefined;
}

const { application: KIND } = SOURCE_KINDS;
/** Who shows what an application tells. */
const APPLICANT = 'applicant';

/**
 * Keeps what was told once, with its consent; done again it changes nothing. To be called where an application comes in,
 * and before one is judged that came before there were records.
 */
export async function keepTold(client: Client, told: ToldFacts): Promise<void> {
  const { tenantId, applicationId, borrowerId, facts, receivedAtMs, principal } = told;
  const kept = { tenantId, applicationId, borrowerId, sourceKind: 'application', purpose: KIND.purpose } as const;
  await insertConsent(client, {
    ...kept,
    fromMs: receivedAtMs,
    givenUntilMs: null,
    recordedBy: principal ?? undefined,
  });
  const missing = figureNamesOf('application').filter((name) => !isTold(facts, name));
  await insertSourceRecord(client, {
    ...kept,
    recordId: `${applicationId}.application`,
    supplier: APPLICANT,
    seenAtMs: receivedAtMs,
    status: missing.length === 0 ? 'complete' : 'partial',
    missing,
    figures: facts,
  });
}

function isTold(facts: AssessmentInput, name: string): boolean {
  const [group = '', field = ''] = name.split('.');
  const fields: unknown = new Map(Object.entries(facts)).get(group);
  if (typeof fields !== 'object' || fields === null) return false;
  return (new Map<string, unknown>(Object.entries(fields)).get(field) ?? undefined) !== undefined;
}
