/** Records of evidence as they are made of rows: what each keeps, and the hash by which its row is known again. */
import type { Fact } from '../../domain/credit/facts';
import { contentHash, textHash } from '../contentHash';
import type { DecisionInput } from './decisions';
import type { EvidenceInput } from './evidenceRecords';

/** Of a row of `decision_record`. The body stays in the row; the record keeps its hash. */
export function creditDecisionEvidence(decision: DecisionInput & { decisionId: number }): EvidenceInput {
  const { decisionId, subjectKind, subjectId, kind, reasonCodes, policyVersion, decidedBy, decidedAtMs } = decision;
  const body = { decisionId, outcome: kind, reasonCodes, policyVersion, decidedBy, rowHash: decisionHash(decision) };
  return { kind: 'credit-decision', subjectKind, subjectId, body, atMs: decidedAtMs };
}

function decisionHash(decision: DecisionInput): string {
  return contentHash(decisionContent(decision));
}

/** What the row says, as its record's hash is made of it. */
export function decisionContent(decision: DecisionInput) {
  const { subjectKind, subjectId, kind, reasonCodes, policyVersion, body, decidedAtMs, decidedBy } = decision;
  return {
    subjectKind,
    subjectId,
    kind,
    reasonCodes,
    policyVersion,
    decidedAtMs,
    decidedBy,
    body: JSON.parse(JSON.stringify(body ?? null)),
  };
}

/** Of the fact by which an account was written off. */
export function writeOffEvidence(
  accountId: string,
  fact: Extract<Fact, { kind: 'written-off' }>,
  atMs: number,
): EvidenceInput {
  const body = { factKey: fact.key, valueDate: fact.valueDate, decidedBy: fact.decidedBy, rowHash: contentHash(fact) };
  return { kind: 'write-off-decision', subjectKind: 'account', subjectId: accountId, body, atMs };
}

export interface TemplateDecision {
  kind: string;
  version: number;
  status: string;
  body: string;
  signature: string;
  approvedBy: string | null;
}

/** Of a template that was approved, made active or retired. */
export function templateEvidence(template: TemplateDecision, decidedBy: string, atMs: number): EvidenceInput {
  const { kind, version, status, approvedBy } = template;
  const body = { status, approvedBy, decidedBy, rowHash: wordingHash(template) };
  return { kind: 'template-decision', subjectKind: 'template', subjectId: `${kind}/${version}`, body, atMs };
}

type Wording = Pick<TemplateDecision, 'body' | 'signature' | 'approvedBy'>;

function wordingHash(wording: Wording): string {
  return contentHash(wordingContent(wording));
}

/** What never changes once it is approved. */
export function wordingContent({ body, signature, approvedBy }: Wording) {
  return { bodyHash: textHash(body), signature, approvedBy };
}

export interface IncidentDecision {
  incidentId: string;
  eventKey: string;
  kind: string;
  by: string;
  body: unknown;
  atMs: number;
}

/** Of an event of an incident's timeline. */
export function incidentEvidence(event: IncidentDecision): EvidenceInput {
  const { incidentId, eventKey, kind, by, atMs } = event;
  const body = { eventKey, event: kind, by, rowHash: incidentEventHash(event) };
  return { kind: 'incident-decision', subjectKind: 'incident', subjectId: incidentId, body, atMs };
}

function incidentEventHash(event: Omit<IncidentDecision, 'incidentId'>): string {
  return contentHash(incidentEventContent(event));
}

export function incidentEventContent({ eventKey, kind, by, body, atMs }: Omit<IncidentDecision, 'incidentId'>) {
  return { eventKey, kind, by, atMs, body: JSON.parse(JSON.stringify(body ?? {})) };
}

export interface ModelDecision {
  /** `CARD/VERSION`. */
  modelId: string;
  eventKey: string;
  kind: string;
  by: string;
  body: unknown;
  atMs: number;
}

/** Of an event in the life of a model. */
export function modelEvidence(event: ModelDecision): EvidenceInput {
  const { modelId, eventKey, kind, by, atMs } = event;
  const body = { eventKey, event: kind, by, rowHash: contentHash(modelEventContent(event)) };
  return { kind: 'model-decision', subjectKind: 'model', subjectId: modelId, body, atMs };
}

export function modelEventContent({ eventKey, kind, by, body, atMs }: Omit<ModelDecision, 'modelId'>) {
  return { eventKey, kind, by, atMs, body: JSON.parse(JSON.stringify(body ?? {})) };
}
