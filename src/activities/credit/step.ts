/** What a step of an account works on: the locked row, its facts and bills, and the fold of them. */

import type { AdvanceAccount, MessageAnswer } from '../../contracts/activities';
import type { ChangeResult, PurchaseResult, WriteOffProgress } from '../../contracts/credit/account';
import type { InstalmentResult } from '../../contracts/credit/instalments';
import { dropCachedState, readCachedState } from '../../db/credit/accountStateCaches';
import { type LockedAccount, lockAccount } from '../../db/credit/accounts';
import { readBills } from '../../db/credit/bills';
import { readFact, readFacts, readFactsSinceSnapshot } from '../../db/credit/facts';
import type { ChainPosition } from '../../db/evidence/accountChain';
import type { ActorSeals } from '../../db/evidence/actorSeals';
import type { EvidenceInput } from '../../db/evidence/evidenceRecords';
import { type Client, together } from '../../db/transaction';
import type { Bill, DerivedAccount } from '../../domain/credit/account';
import { deriveAccount, type FoldedAccount, foldAccount } from '../../domain/credit/derive';
import type { Fact } from '../../domain/credit/facts';
import { type CachedAccountState, FOLD_VERSION, isTouchedBy } from '../../domain/credit/revolving/revolvingStateCache';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import { PRODUCT_TABLE } from '../../domain/policy/products';
import type { IsoDate } from '../../domain/values/calendar';
import { dateAt } from '../../domain/values/clock';
import type { BookDependencies } from '../bookDependencies';
import { notFound } from '../failures';

export interface Step {
  client: Client;
  input: AdvanceAccount;
  account: LockedAccount;
  policy: LendingPolicy;
  today: IsoDate;
  /** Of a life with a snapshot: what came after it, and the bills since its last. */
  facts: Fact[];
  issued: Bill[];
  from: CachedAccountState | undefined;
  purchases: Record<string, PurchaseResult>;
  changes: Record<string, ChangeResult | InstalmentResult | WriteOffProgress>;
  /** The answer to the arrival that is being taken, when it asks for one. */
  answer: MessageAnswer | undefined;
  /** Numbers of what this step has set aside. */
  setAside: number[];
  /** What people decided, for the chain: appended at the very end, and empty for nearly every step. */
  evidence: EvidenceInput[];
  actors: ActorSeals | undefined;
  /** Who sent the arrival that is being taken; null: nobody, or from before principals were kept. */
  principal: string | null;
}

export async function beginStep(
  client: Client,
  deps: Pick<BookDependencies, 'policies' | 'actors'>,
  input: AdvanceAccount,
): Promise<Step> {
  const { tenantId, accountId, asOfMs } = input;
  // The facts are read after the lock is held, by a statement of their own: whoever held it may have added to them.
  const [account, facts] = await together([
    lockAccount(client, { tenantId, accountId }),
    readFactsSinceSnapshot(client, { tenantId, accountId, foldVersion: FOLD_VERSION }),
  ]);
  if (!account) throw notFound(`account ${accountId} of tenant ${tenantId} is not in the books`);
  const policy = await deps.policies.version(client, tenantId, account.policyVersion);
  const { isBilled } = PRODUCT_TABLE[account.product];
  const from = isBilled ? await readCachedState(client, { tenantId, accountId, foldVersion: FOLD_VERSION }) : undefined;
  const fromNumber = from?.state.lastStatement?.number;
  const issued = isBilled ? await readBills(client, { tenantId, accountId, fromNumber }) : [];
  return {
    client,
    input,
    account,
    policy,
    today: dateAt(asOfMs, policy.zone),
    facts,
    issued,
    from,
    purchases: {},
    changes: {},
    answer: undefined,
    setAside: [],
    evidence: [],
    actors: deps.actors,
    principal: null,
  };
}

type Mark = Omit<Step, 'client' | 'input' | 'policy' | 'today'> & { chainAt: ChainPosition };

/** What an arrival may change in a step, so that one that fails leaves nothing of itself. */
export function markOf(step: Step): Mark {
  const { account, facts, issued, from, purchases, changes, answer, setAside, evidence, actors, principal } = step;
  return {
    account,
    issued,
    from,
    answer,
    actors,
    principal,
    chainAt: account.chain.at,
    facts: [...facts],
    purchases: { ...purchases },
    changes: { ...changes },
    setAside: [...setAside],
    evidence: [...evidence],
  };
}

/** The step as it was when it was marked; a mark is gone back to once. */
export function goBack(step: Step, mark: Mark): void {
  const { chainAt, account, facts, issued, from, purchases, changes, answer, setAside, evidence, actors, ...rest } =
    mark;
  step.account = account;
  step.facts = facts;
  step.issued = issued;
  step.from = from;
  step.purchases = purchases;
  step.changes = changes;
  step.answer = answer;
  step.setAside = setAside;
  step.evidence = evidence;
  step.actors = actors;
  const { principal, ...left } = rest;
  step.principal = principal;
  // Does not compile when a mark holds more than is given back here.
  left satisfies Record<keyof typeof left, never>;
  step.account.chain.returnTo(chainAt);
}

export function answerPurchase(step: Step, purchaseId: string, result: PurchaseResult): void {
  step.purchases[purchaseId] = result;
  step.answer = result;
}

export function answerChange(
  step: Step,
  key: string,
  result: ChangeResult | InstalmentResult | WriteOffProgress,
): void {
  step.changes[key] = result;
  step.answer = result;
}

export function derive({ account, facts, issued, from, policy, today }: Step): DerivedAccount {
  return deriveAccount({ terms: account.terms, facts, issued, from }, policy, today);
}

/** As `derive`, with the snapshot that later steps go on from; about once a month there is a new one. */
export function fold({ account, facts, issued, from, policy, today }: Step): FoldedAccount {
  return foldAccount({ terms: account.terms, facts, issued, from }, policy, today);
}

/** A fact that counts from before the snapshot: the whole life is read, and folded from its beginning. */
export async function takeFact(step: Step, fact: Fact): Promise<void> {
  const { client, input, from } = step;
  const { tenantId, accountId } = input;
  const reversed = from && fact.kind === 'reversed' ? await knownFact(step, fact.reverses) : undefined;
  if (!from || !isTouchedBy(from, fact, reversed)) {
    step.facts.push(fact);
    return;
  }
  await dropCachedState(client, { tenantId, accountId });
  step.from = undefined;
  step.facts = await readFacts(client, { tenantId, accountId });
  step.issued = await readBills(client, { tenantId, accountId });
}

/** A fact that is recorded already, before the snapshot or after it. */
export async function knownFact({ client, input, facts, from }: Step, key: string): Promise<Fact | undefined> {
  const { tenantId, accountId } = input;
  return (
    facts.find((fact) => fact.key === key) ?? (from ? await readFact(client, { tenantId, accountId, key }) : undefined)
  );
}

/** The step as it would be with a fact that is not recorded. */
export async function supposing(step: Step, fact: Fact): Promise<Step> {
  const { client, input, from, facts } = step;
  if (!from || !isTouchedBy(from, fact, undefined)) return { ...step, facts: [...facts, fact] };
  const { tenantId, accountId } = input;
  const all = await readFacts(client, { tenantId, accountId });
  const issued = await readBills(client, { tenantId, accountId });
  return { ...step, from: undefined, facts: [...all, fact], issued };
}
