/** The steps of a template's review: what is decided is written and returned in one transaction. */

import { type RegistrationAnswer, registrarOf } from '../../adapters/sms/registrar';
import type {
  AdvanceTemplate,
  AdvanceTemplateResult,
  TemplateReviewActivities,
  TemplateStep,
  TemplateVersionRef,
} from '../../contracts/activities';
import {
  decideReview,
  type ProviderRegistration,
  retire as retireTemplate,
  type TemplateAnswer,
  type TemplateReviewState,
} from '../../contracts/messaging/templateReview';
import { workflowIds } from '../../contracts/names';
import type { Acted } from '../../contracts/operations/actor';
import { keepRefusedMessage } from '../../db/credit/refusedMessages';
import { withoutActor } from '../../db/evidence/actorSeals';
import { appendEvidence } from '../../db/evidence/evidenceRecords';
import { templateEvidence } from '../../db/evidence/recordContents';
import { faultName } from '../../db/faults';
import {
  type RegistrationRow,
  readRegistrations,
  saveRegistration,
} from '../../db/messaging/templates/templateRegistrations';
import {
  lockTemplate,
  readTemplate,
  saveTemplate,
  supersedeActive,
  type TemplateChange,
  type TemplateRow,
} from '../../db/messaging/templates/templates';
import { recordWordingReview } from '../../db/messaging/templates/wordingReviews';
import { type Client, inTransaction } from '../../db/transaction';
import { checkTemplateText } from '../../domain/messaging/templates/templateChecks';
import { TEMPLATE_POLICY, templatePolicyOf } from '../../domain/messaging/templates/templatePolicy';
import { isClosedTemplate } from '../../domain/messaging/templates/templateStages';
import { isPrincipal, isSamePrincipal, UNVERIFIED } from '../../domain/values/principals';
import { DAY_MS } from '../../domain/values/timeUnits';
import type { BookDependencies } from '../bookDependencies';
import { notFound } from '../failures';
import { takeOrRefuse } from '../messageAtFault';
import type { WordingDependencies } from './noticeDependencies';

type TemplateDependencies = Pick<BookDependencies, 'pool' | 'actors'> &
  Pick<WordingDependencies, 'registrars' | 'guard' | 'officialNumbers'>;

/** Who decides where nobody does. */
const CHECKS = 'checks';
const DEADLINE = 'deadline';

export function createTemplateReviewActivities(deps: TemplateDependencies): TemplateReviewActivities {
  return {
    /** Safe to retry: a step that was done is answered by where the template stands. */
    advanceTemplate: (input) =>
      takeOrRefuse(deps.pool, {
        take: (client) => advance(deps, client, input),
        refuse: (client, fault) => advanceWithout(deps, client, input, fault),
      }),
    /** Safe to retry: a submission is found by its name, and a final answer is kept once. */
    registerTemplate: (input) => register(deps, input),
  };
}

interface Stepping {
  deps: TemplateDependencies;
  client: Client;
  row: TemplateRow;
  asOfMs: number;
}

interface Stepped {
  row: TemplateRow;
  answer?: TemplateAnswer;
  supersededVersion?: number | undefined;
}

async function advance(
  deps: TemplateDependencies,
  client: Client,
  { asOfMs, step, workflowId, ...ref }: AdvanceTemplate,
): Promise<AdvanceTemplateResult> {
  const row = await lockTemplate(client, ref);
  if (!row) return { fault: `template ${ref.kind} version ${ref.version} is not on record: submit its draft first` };
  const expected = workflowIds.templateReview(ref.tenantId, ref.kind, ref.version);
  if (workflowId !== undefined && workflowId !== expected) return { fault: `the review lives as ${expected}` };
  if (step.kind === 'begin' && step.submittedBy !== row.submittedBy) {
    return { fault: `submittedBy must be ${row.submittedBy}, who submitted the draft` };
  }
  const done = await take({ deps, client, row, asOfMs }, step);
  const state = stateOf(done.row, await readRegistrations(client, ref));
  const answer = done.answer ?? { status: 'accepted', stage: done.row.status };
  return { state, answer, supersededVersion: done.supersededVersion };
}

/** Somebody's word is kept and refused; what the workflow does by itself has no sender, and is tried again. */
async function advanceWithout(
  deps: TemplateDependencies,
  client: Client,
  input: AdvanceTemplate,
  fault: unknown,
): Promise<AdvanceTemplateResult> {
  const { tenantId, kind, version, step, asOfMs } = input;
  if (step.kind !== 'decision' && step.kind !== 'retirement') throw fault;
  const result = await advance(deps, client, { ...input, step: { kind: 'look' } });
  if ('fault' in result) return result;
  const kept = { kind: step.kind, fault: faultName(fault), message: step, atMs: asOfMs };
  await keepRefusedMessage(client, { tenantId, subjectKind: 'template', subjectId: `${kind}/${version}`, ...kept });
  return { ...result, answer: { status: 'refused', refusal: 'not-taken', stage: result.state.stage } };
}

function take(stepping: Stepping, step: TemplateStep): Promise<Stepped> {
  switch (step.kind) {
    case 'begin':
      return begin(stepping);
    case 'decision':
      return decide(stepping, sentBy(stepping, decideReview.name, step.decision));
    case 'retirement':
      return retire(stepping, sentBy(stepping, retireTemplate.name, step.retirement));
    case 'registered':
      return conclude(stepping);
    case 'look':
      return expire(stepping);
  }
}

/** What was told, by its principal; the name that was said counts for nothing. */
function sentBy<Message extends Acted & { decidedBy: string }>(
  { deps, row }: Stepping,
  name: string,
  message: Message,
): Omit<Message, 'actor'> {
  const workflowId = workflowIds.templateReview(row.tenantId, row.kind, row.version);
  const decidedBy = deps.actors?.principalOf({ workflowId, name, message }) ?? UNVERIFIED;
  return { ...withoutActor(message), decidedBy };
}

/** The checks; what they find ends it, before a person has looked. */
async function begin(stepping: Stepping): Promise<Stepped> {
  const { deps, client, row, asOfMs } = stepping;
  if (row.status !== 'draft') return { row };
  const findings = checkTemplateText({ ...row, policy: templatePolicyOf(deps.officialNumbers) });
  const reviewByMs = asOfMs + TEMPLATE_POLICY.reviewDays * DAY_MS;
  // Fixed here, with the wording: every provider of the configuration that takes registered texts only.
  const configured = (deps.registrars ?? []).map(({ provider }) => provider);
  const requiredProviders = [...new Set([...row.requiredProviders, ...configured])];
  if (findings.length === 0) {
    return { row: await saveTemplate(client, row, { status: 'in-review', reviewByMs, requiredProviders }) };
  }
  const rules = [...new Set(findings.map(({ rule }) => rule))].join(', ');
  return reject(stepping, { findings, decisionReason: `the checks found ${rules}` }, CHECKS);
}

async function decide(
  stepping: Stepping,
  { decidedBy, decision, reason }: Omit<Extract<TemplateStep, { kind: 'decision' }>['decision'], 'actor'>,
): Promise<Stepped> {
  const { deps, client, row, asOfMs } = stepping;
  const refused = (refusal: 'author' | 'unverified' | 'not-in-review'): Stepped => ({
    row,
    answer: { status: 'refused', refusal, stage: row.status },
  });
  // An approval is the second of two words: the author's was given with a key.
  if (decision === 'approve' && !(isPrincipal(decidedBy) && isPrincipal(row.submittedBy))) return refused('unverified');
  if (isSamePrincipal(decidedBy, row.submittedBy)) return refused('author');
  // The same word again, after its answer was lost.
  if ([row.approvedBy, row.rejectedBy].includes(decidedBy) && row.status !== 'in-review') return { row };
  if (row.status !== 'in-review') return refused('not-in-review');
  if (decision === 'reject') return reject(stepping, { rejectedBy: decidedBy, decisionReason: reason }, decidedBy);
  const approved: TemplateChange = {
    status: 'registering',
    approvedBy: decidedBy,
    decidedAtMs: asOfMs,
    decisionReason: reason,
  };
  const after = await save(stepping, approved, decidedBy);
  if (deps.guard) {
    const review = { ...ref(row), submittedBy: row.submittedBy, approvedBy: decidedBy, atMs: asOfMs };
    await recordWordingReview(client, deps.guard.seals, review);
  }
  return { row: after };
}

async function retire(
  stepping: Stepping,
  { decidedBy, reason }: Omit<Extract<TemplateStep, { kind: 'retirement' }>['retirement'], 'actor'>,
): Promise<Stepped> {
  const { row, asOfMs } = stepping;
  if (row.status === 'retired' && row.retiredBy === decidedBy) return { row };
  if (isClosedTemplate(row.status)) {
    return { row, answer: { status: 'refused', refusal: 'ended', stage: row.status } };
  }
  const change = { status: 'retired', retiredBy: decidedBy, retiredAtMs: asOfMs, retireReason: reason } as const;
  return { row: await save(stepping, change, decidedBy) };
}

/** Active when every provider that must know the text does; rejected when one refuses it. */
async function conclude(stepping: Stepping): Promise<Stepped> {
  const { client, row, asOfMs } = stepping;
  if (row.status !== 'registering') return { row };
  const registrations = await readRegistrations(client, row);
  const refused = registrations.find(({ status }) => status === 'rejected');
  if (refused) {
    const decisionReason = `${refused.provider} refused it: ${refused.reason}`;
    return reject(stepping, { decisionReason }, refused.provider);
  }
  const isKnown = (provider: string) =>
    registrations.some((each) => each.provider === provider && each.status !== 'pending');
  if (!row.requiredProviders.every(isKnown)) return { row };
  // First: there is one active at most at any moment, and the index says so.
  const supersededVersion = await supersedeActive(client, row);
  if (supersededVersion !== undefined) await superseded(stepping, supersededVersion);
  const approver = row.approvedBy ?? '';
  return { row: await save(stepping, { status: 'active', activatedAtMs: asOfMs }, approver), supersededVersion };
}

async function superseded({ client, row, asOfMs }: Stepping, version: number): Promise<void> {
  const before = await readTemplate(client, { ...ref(row), version });
  if (!before) return;
  const records = [templateEvidence(before, row.approvedBy ?? '', asOfMs)];
  await appendEvidence(client, { tenantId: row.tenantId, records });
}

/** Nobody decided in time. Of another stage there is nothing to be missed: it is only read. */
async function expire(stepping: Stepping): Promise<Stepped> {
  const { row, asOfMs } = stepping;
  if (row.status !== 'in-review' || row.reviewByMs === null || row.reviewByMs > asOfMs) return { row };
  return reject(stepping, { decisionReason: 'nobody decided in time' }, DEADLINE);
}

async function reject(stepping: Stepping, change: TemplateChange, by: string): Promise<Stepped> {
  return { row: await save(stepping, { status: 'rejected', decidedAtMs: stepping.asOfMs, ...change }, by) };
}

async function save({ client, row, asOfMs }: Stepping, change: TemplateChange, by: string): Promise<TemplateRow> {
  const after = await saveTemplate(client, row, change);
  await appendEvidence(client, { tenantId: row.tenantId, records: [templateEvidence(after, by, asOfMs)] });
  return after;
}

async function register(
  deps: TemplateDependencies,
  { provider, asOfMs, ...version }: TemplateVersionRef & { provider: string; asOfMs: number },
): Promise<ProviderRegistration> {
  const row = await readTemplate(deps.pool, version);
  if (!row) throw notFound(`template ${version.kind} version ${version.version} is not on record`);
  const known = (await readRegistrations(deps.pool, version)).find((each) => each.provider === provider);
  if (known && known.status !== 'pending') return viewOf(known);
  const answer = await ask(deps, row, provider, known?.code ?? undefined);
  const code = 'code' in answer ? (answer.code ?? null) : null;
  const reason = answer.status === 'rejected' ? answer.reason : null;
  const kept = { ...version, provider, status: answer.status, code, reason, askedAtMs: asOfMs };
  await inTransaction(deps.pool, (client) => saveRegistration(client, kept));
  return viewOf(kept);
}

async function ask(
  { registrars }: TemplateDependencies,
  { tenantId, kind, version, body, signature }: TemplateRow,
  provider: string,
  code: string | undefined,
): Promise<RegistrationAnswer> {
  const registrar = registrarOf(provider, registrars);
  if (!registrar) return { status: 'rejected', reason: 'no provider of this name is set up here' };
  const template = { name: `${tenantId}-${kind}-${version}`, body, signature };
  return code === undefined ? registrar.submit(template) : registrar.status(code, template);
}

function viewOf({ provider, status, reason }: Pick<RegistrationRow, 'provider' | 'status' | 'reason'>) {
  return { provider, status, reason: reason ?? undefined };
}

function ref({ tenantId, kind, version }: TemplateRow): TemplateVersionRef {
  return { tenantId, kind, version };
}

function stateOf(row: TemplateRow, registrations: RegistrationRow[]): TemplateReviewState {
  const { status: stage, kind, version, findings, requiredProviders } = row;
  const reason = row.retireReason ?? (stage === 'rejected' ? row.decisionReason : null) ?? undefined;
  const answered = registrations.filter(({ status }) => status !== 'pending').map(({ provider }) => provider);
  const pending = requiredProviders.filter((provider) => !answered.includes(provider));
  const waits = stage === 'registering' && pending.length > 0 ? ` · waits for ${pending.join(', ')}` : '';
  return {
    stage,
    findings,
    requiredProviders,
    registrations: registrations.map(viewOf),
    reviewByMs: stage === 'in-review' ? (row.reviewByMs ?? undefined) : undefined,
    reason,
    summary: `**${stage}** · ${kind} ${version}${waits}${reason === undefined ? '' : ` · ${reason}`}`,
  };
}
