/**
 * The business of the attacked system as an honest upstream does it: borrowers who apply, accept and pay. What it opens
 * is what the attack aims at, and its payments are what shows that an account still goes on.
 */

import type { Product } from '../../domain/policy/lendingPolicy';
import { dateAt, SHANGHAI } from '../../domain/values/clock';
import { inventedResidentId } from '../../domain/values/residentId';
import { SOUND_FACTS } from '../localSystem/soundFacts';
import { ATTACKED_TENANT, type Target } from './target';
import { until, type WireAnswer } from './wire';

export interface Account {
  accountId: string;
  applicationId: string;
  borrowerId: string;
  product: Product;
}

const LOAN = { principalFen: 1_000_000, months: 3, method: 'level' };
export const REQUESTED_FEN = 1_000_000;
/** A step that a dead worker held is given to another one after 10 s. */
const STEP_WITHIN_MS = 30_000;

export class World {
  private serial = 0;
  private canaryId: Promise<string> | undefined;

  constructor(readonly target: Target) {}

  /** The attacked system's clock is the real one. */
  today(): string {
    return dateAt(Date.now(), SHANGHAI);
  }

  freshId(what = 'x'): string {
    this.serial += 1;
    return `${what}-${this.serial}`;
  }

  write(path: string, body: unknown, idempotencyKey = this.freshId('key')): Promise<WireAnswer> {
    return this.target.wire.insist({ method: 'POST', path, body, idempotencyKey }, STEP_WITHIN_MS);
  }

  /** A body of an application by a borrower who was never seen. */
  application(product: Product, applicationId = this.freshId('app')) {
    this.serial += 1;
    const suffix = String(this.serial % 10_000).padStart(4, '0');
    const borrower = {
      borrowerId: `b-${this.serial}`,
      name: `样例${suffix}`,
      idNumber: inventedResidentId(this.serial),
      phone: `1990000${suffix}`,
    };
    return { applicationId, product, requestedFen: REQUESTED_FEN, borrower, ...SOUND_FACTS };
  }

  /** Applies and waits for the stage; with `finances: {}` it is referred to a person. */
  async apply(
    product: Product,
    changes: object = {},
  ): Promise<{ applicationId: string; borrowerId: string; stage: string }> {
    const body = { ...this.application(product), ...changes };
    const { applicationId, borrower } = body;
    const answer = await this.write('/v1/applications', body);
    if (answer.status !== 202) throw unexpected('POST /v1/applications', answer);
    const stage = await this.stageOf(applicationId);
    return { applicationId, borrowerId: borrower.borrowerId, stage };
  }

  async stageOf(applicationId: string, withinMs = STEP_WITHIN_MS): Promise<string> {
    let stage = 'assessing';
    await until(async () => {
      stage = (await this.target.wire.get(`/v1/applications/${applicationId}`)).body?.stage ?? 'assessing';
      return stage !== 'assessing';
    }, withinMs);
    return stage;
  }

  /** Reads what it costs, confirms it and accepts. */
  async accept(
    applicationId: string,
    terms: Record<string, string | number>,
    path = 'acceptance',
  ): Promise<WireAnswer> {
    const query = new URLSearchParams(
      Object.entries(terms).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const shown = await this.target.wire.get(`/v1/offers/${applicationId}/cost-sheet?${query}`);
    if (shown.status !== 200) return shown;
    const costSheet = { hash: shown.body.hash, confirmedBy: 'borrower', confirmedAt: shown.body.presentedAt };
    return this.write(`/v1/offers/${applicationId}/${path}`, { ...terms, costSheet });
  }

  /** An account that has taken its first step. */
  async open(product: Product, applicationId?: string): Promise<Account> {
    const applied = await this.apply(product, applicationId === undefined ? {} : { applicationId });
    if (applied.stage !== 'offered') throw new Error(`${applied.applicationId} is ${applied.stage}, not offered`);
    const accepted = await this.accept(applied.applicationId, { 'cash-loan': LOAN, revolving: {} }[product]);
    if (accepted.status !== 201) throw unexpected('the acceptance', accepted);
    const { accountId } = accepted.body;
    const isBooked = await until(
      async () => (await this.target.wire.get(`/v1/accounts/${accountId}`)).body?.bookedOn != null,
      STEP_WITHIN_MS,
    );
    if (!isBooked) throw new Error(`${accountId} took no first step`);
    return { accountId, applicationId: applied.applicationId, borrowerId: applied.borrowerId, product };
  }

  /** An account that nobody attacks, and that must not notice. */
  canary(): Promise<string> {
    this.canaryId ??= this.open('revolving').then(({ accountId }) => accountId);
    return this.canaryId;
  }

  /** Sends a payment of one fen, and does not wait for its booking. */
  async pay(accountId: string, paymentId = this.freshId('pay'), amountFen = 1): Promise<string> {
    await this.write(`/v1/accounts/${accountId}/payments`, { paymentId, amountFen });
    return paymentId;
  }

  /** Which of the payments are booked. */
  async booked(accountId: string, paymentIds: readonly string[]): Promise<Set<string>> {
    const keys = paymentIds.map((id) => `payment/${id}`);
    const rows = await this.target.rows<{ key: string }>(
      'select business_key as key from account_fact where tenant_id = $1 and account_id = $2 and business_key = any($3)',
      [ATTACKED_TENANT, accountId, keys],
    );
    return new Set(rows.map(({ key }) => key.slice('payment/'.length)));
  }

  /** Whether the account takes a payment now and books it: the property that every attack must leave true. */
  async goesOn(accountId: string, withinMs = STEP_WITHIN_MS): Promise<boolean> {
    const paymentId = await this.pay(accountId);
    return until(async () => (await this.booked(accountId, [paymentId])).size === 1, withinMs);
  }

  /** An incident that stops nothing which the attack needs. */
  async openIncident(): Promise<string> {
    const by = 'staff-opens';
    const body = { by, measures: ['auto-debit'], reasonCode: 'ATTACK_DRILL', remedyChannel: 'hotline' };
    const answer = await this.write('/v1/incidents', body);
    if (answer.status !== 201) throw unexpected('POST /v1/incidents', answer);
    return answer.body.incidentId;
  }
}

function unexpected(what: string, { status, body, fault }: WireAnswer): Error {
  return new Error(`${what} answered ${status}: ${fault ?? JSON.stringify(body)}`);
}
