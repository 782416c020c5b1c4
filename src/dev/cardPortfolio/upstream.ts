/**
 * The upstream system that these card accounts come from, as the running system sees it: it applies, accepts, and
 * tells of purchases, refunds and payments, all through the HTTP API. Every write has an idempotency key made of the
 * account and the deed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { IsoDate } from '../../domain/values/calendar';
import { inventedResidentId } from '../../domain/values/residentId';
import { type ApiAnswer, type ApiClient, acceptAsShown } from '../demo/apiClient';
import type { CardAccount } from './cardFile';
import type { ReplayedAccount } from './outcome';
import type { ScheduledEvent } from './timetable';

/** An application is judged in milliseconds; what takes so long does not come any more. */
const OFFER_WITHIN_MS = 60_000;
const FIRST_PAUSE_MS = 50;
const NOT_FOUND = 404;

export class Upstream {
  constructor(private readonly api: ApiClient) {}

  /** Applies for the limit that the account has in the file. */
  async apply(account: CardAccount): Promise<void> {
    const { id, limitFen } = account;
    const applicationId = applicationIdOf(account);
    const applied = await this.api.post('/v1/applications', `${applicationId}-apply`, {
      applicationId,
      product: 'revolving',
      requestedFen: limitFen,
      borrower: { borrowerId: `holder-${id}`, ...inventedPerson(id) },
      ...GRANTED_ALREADY,
      finances: { ...GRANTED_ALREADY.finances, monthlyIncomeFen: limitFen },
    });
    expectStatus(applied, 202, 'the application');
  }

  /** Accepts the offer, which opens the account. */
  async accept(account: CardAccount): Promise<void> {
    const { limitFen } = account;
    const applicationId = applicationIdOf(account);
    const offer = await this.offerOf(applicationId);
    if (offer.limitFen !== limitFen) throw new Error(`the offer is ${offer.limitFen} fen, not ${limitFen}`);
    const borrower = `holder-${account.id}`;
    expectStatus(await acceptAsShown(this.api, applicationId, {}, borrower), 201, 'the acceptance');
  }

  /** Tells of what happened on the date; a purchase is answered with its decision. */
  async tell(event: ScheduledEvent, date: IsoDate): Promise<void> {
    const { account, kind, id, amountFen } = event;
    const path = `/v1/accounts/${cardAccountIdOf(account)}`;
    switch (kind) {
      case 'payment':
      case 'credit': {
        const body = { paymentId: id, amountFen, paidOn: date };
        return expectStatus(await this.api.post(`${path}/payments`, id, body), 202, 'the payment');
      }
      case 'refund': {
        const body = { refundId: id, amountFen, refundedOn: date };
        return expectStatus(await this.api.post(`${path}/refunds`, id, body), 202, 'the refund');
      }
      case 'purchase': {
        const answer = await this.api.post(`${path}/purchases`, id, { purchaseId: id, amountFen, purchasedOn: date });
        expectStatus(answer, 200, 'the purchase');
        const { status, reasonCodes } = answer.body;
        if (status !== 'approved') throw new Error(`the purchase is ${status}: ${reasonCodes.join(', ')}`);
      }
    }
  }

  /** The account as it is at the end, with its bills; undefined when it was never opened. */
  async result(account: CardAccount): Promise<ReplayedAccount | undefined> {
    const answer = await this.api.get(`/v1/accounts/${cardAccountIdOf(account)}`);
    if (answer.status === NOT_FOUND) return undefined;
    expectStatus(answer, 200, 'the account');
    return { limitFen: answer.body.terms.limitFen, bills: answer.body.statements };
  }

  private async offerOf(applicationId: string): Promise<{ limitFen: number }> {
    const giveUpAtMs = Date.now() + OFFER_WITHIN_MS;
    for (let pauseMs = FIRST_PAUSE_MS; Date.now() < giveUpAtMs; pauseMs *= 2) {
      const answer = await this.api.get(`/v1/offers/${applicationId}`);
      if (answer.status !== NOT_FOUND) {
        expectStatus(answer, 200, 'the offer');
        return answer.body;
      }
      await sleep(pauseMs);
    }
    const application = await this.api.get(`/v1/applications/${applicationId}`);
    throw new Error(`there is no offer: ${JSON.stringify(application.body)}`);
  }
}

/** The file does not say why the issuer granted a limit, and the replay's policy does not ask: invented, all sound. */
const GRANTED_ALREADY = {
  identity: { check: 'matched', adult: true },
  finances: {
    monthlyDebtServiceFen: 0,
    unsecuredDebtFen: 0,
    worstBureauCode: 0,
    openOverdue: false,
    bureauInquiries3Months: 0,
  },
  behaviour: { monthsOnPlatform: 12, monthlySpendFen: 0, onTimePaymentRatio: '1', refundRatio: '0' },
};

/** Visibly nobody. */
function inventedPerson(id: number): { name: string; idNumber: string; phone: string } {
  const digits = String(id).padStart(7, '0');
  return { name: `样例${id}`, idNumber: inventedResidentId(id), phone: `1990${digits}` };
}

function applicationIdOf({ id }: CardAccount): string {
  return `card-${id}`;
}

/** The first account under an application. */
export function cardAccountIdOf(account: CardAccount): string {
  return `${applicationIdOf(account)}-1`;
}

function expectStatus({ status, body }: ApiAnswer, expected: number, what: string): void {
  if (status !== expected) throw new Error(`${what} was answered ${status}: ${JSON.stringify(body)}`);
}
