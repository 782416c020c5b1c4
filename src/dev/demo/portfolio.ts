/**
 * The sample portfolio at work: each persona applies, takes up its offer and then buys, pays or does not, in business
 * time and through the HTTP API only. Every write has an idempotency key made of the persona and the step, so a second
 * run over the same data does nothing twice.
 */
import { SUPPLIED_KINDS } from '../../domain/origination/dataSources';
import { PRODUCT_TABLE } from '../../domain/policy/products';
import { addDays, dayOfMonth, type IsoDate } from '../../domain/values/calendar';
import { atWallTimeMs, type Zone } from '../../domain/values/clock';
import { type Random, seeded } from '../../domain/values/random';
import { DAY_MS } from '../../domain/values/timeUnits';
import type { Agenda } from './agenda';
import { type ApiClient, acceptAsShown } from './apiClient';
import { type Persona, takesUpOffer } from './personas';

export interface PortfolioOptions {
  api: ApiClient;
  agenda: Agenda;
  zone: Zone;
  startDate: IsoDate;
  /** How many months of behaviour to plan. */
  months: number;
  /** Where a run before this one stopped: payments and purchases well before it are done, all else is tried again. */
  resumedAtMs: number | undefined;
}

/** Puts the first step of every persona on the agenda; the steps after it follow from what comes of it. */
export function planPortfolio(personas: readonly Persona[], options: PortfolioOptions): void {
  for (const persona of personas) new Borrower(persona, options).begin();
}

/** Steps so near to the stop of the run before may not have been done: done twice, they count once. */
const TRIED_AGAIN_MS = 30 * DAY_MS;

/** What the payslips of those say whose income was not known. */
const PROVED_INCOME_FEN = 1_200_000;
/** What is left of the debts that the record still showed, as an objection says and the lender's papers prove. */
const PROVED_DEBT_SERVICE_FEN = 50_000;
const OBJECTION = { finances: { monthlyDebtServiceFen: PROVED_DEBT_SERVICE_FEN } };

/** How long a borrower waits for a decision before the run calls it a failure. */
const PATIENCE_DAYS = 20;

/** Days after the due date on which a late payer pays, by the month of the loan. */
const LATE_MONTHS: Record<number, number> = { 2: 4, 3: 20, 5: 2 };
/** From this month on a lost borrower pays no more. */
const LOST_FROM_MONTH = 3;
const PREPAYS_IN_MONTH = 3;

type PayableAmount = 'dueFen' | 'minimumFen' | 'payoffFen' | 'overdueFen';

class Borrower {
  private readonly random: Random;
  private accountId = '';

  constructor(
    private readonly persona: Persona,
    private readonly options: PortfolioOptions,
  ) {
    this.random = seeded(persona.seed);
  }

  begin(): void {
    const { startDate } = this.options;
    const appliesOn = addDays(startDate, this.persona.appliesOnDay);
    this.at([appliesOn, '09:30'], 'applies', () => this.apply(appliesOn), 'always');
  }

  private async apply(on: IsoDate): Promise<void> {
    const { persona } = this;
    await this.sendApplication();
    if (persona.behaviour === 'consent-withdrawn') {
      this.at([on, '11:00'], 'withdraws a consent', () => this.withdrawConsent());
    }
    if (!takesUpOffer(persona)) return;
    if (persona.behaviour === 'referred-approved') {
      this.at([addDays(on, 2), '11:00'], 'is approved by a person', () => this.beApproved(addDays(on, 2)));
    }
    if (persona.behaviour === 'objects') {
      return this.at([addDays(on, 1), '11:00'], 'objects', () => this.object(addDays(on, 1)), 'always');
    }
    this.at([addDays(on, 4), '10:00'], 'accepts', () => this.accept(addDays(on, 4)), 'always');
  }

  private async sendApplication(): Promise<void> {
    const { persona } = this;
    await this.expect(202, '/v1/applications', 'apply', {
      applicationId: persona.applicationId,
      product: persona.product,
      requestedFen: persona.requestedFen,
      borrower: {
        borrowerId: persona.borrowerId,
        name: persona.name,
        idNumber: persona.idNumber,
        phone: persona.phone,
      },
      ...persona.facts,
      consents: SUPPLIED_KINDS.map((sourceKind) => ({ sourceKind })),
    });
  }

  private async withdrawConsent(): Promise<void> {
    const { applicationId } = this.persona;
    const path = `/v1/applications/${applicationId}/consents/financial-record/withdrawal`;
    await this.expect(200, path, 'withdrawal', { reason: 'the applicant does not want it any more' });
  }

  private async beApproved(on: IsoDate): Promise<void> {
    if ((await this.stage()) === 'assessing') {
      return this.tryAgain(on, '11:00', 'is approved by a person', (date) => this.beApproved(date));
    }
    const isObjection = this.persona.behaviour === 'objects';
    await this.expect(200, `/v1/applications/${this.persona.applicationId}/referral-decisions`, 'referral', {
      decision: 'approve',
      decidedBy: 'staff-07',
      reason: isObjection ? 'the debts were repaid, as papers show' : 'income proved by documents',
      proved: isObjection ? OBJECTION : { finances: { monthlyIncomeFen: PROVED_INCOME_FEN } },
    });
  }

  private async object(on: IsoDate): Promise<void> {
    const { applicationId } = this.persona;
    const stage = await this.stage();
    if (stage === 'assessing' || stage === 'referred') {
      return this.tryAgain(on, '11:00', 'objects', (date) => this.object(date));
    }
    await this.expect(202, `/v1/applications/${applicationId}/objections`, 'objection', {
      objectedBy: 'borrower',
      reason: 'most of these debts are repaid',
      claimed: OBJECTION,
    });
    const reviewed = addDays(on, 2);
    this.at([reviewed, '11:00'], 'is approved in review', () => this.beApproved(reviewed), 'always');
    this.at([addDays(on, 4), '10:00'], 'accepts', () => this.accept(addDays(on, 4)), 'always');
  }

  private async accept(on: IsoDate): Promise<void> {
    const { applicationId, product, loan } = this.persona;
    if (['assessing', 'referred'].includes(await this.stage())) {
      return this.tryAgain(on, '10:00', 'accepts', (date) => this.accept(date));
    }
    const offer = await this.options.api.get(`/v1/offers/${applicationId}`);
    if (offer.status !== 200) throw new Error(`no offer: ${JSON.stringify(offer.body)}`);
    const { limitFen } = offer.body;
    const { months, method } = loan;
    const body = { 'cash-loan': { principalFen: limitFen, months, method }, revolving: { dueDay: 10 } }[product];
    // The first account under an application. One that an earlier run opened is not opened again.
    this.accountId = `${applicationId}-1`;
    const isOpen = (await this.options.api.get(`/v1/accounts/${this.accountId}`)).status === 200;
    if (!isOpen) await this.takeUp(body);
    if (this.hasMandate) this.at([addDays(on, 1), '09:00'], 'gives a mandate', () => this.giveMandate());
    if (PRODUCT_TABLE[product].isBilled) this.planMonths(on, limitFen);
    else this.planInstalments(on);
  }

  /** A third of those who pay on time let themselves be debited. */
  private get hasMandate(): boolean {
    return this.persona.behaviour === 'on-time' && this.persona.number % 3 === 0;
  }

  private async giveMandate(): Promise<void> {
    const { borrowerId } = this.persona;
    const body = { changeId: `${borrowerId}-mandate`, mandateId: `mandate-of-${borrowerId}` };
    await this.expect(200, `/v1/accounts/${this.accountId}/mandate`, 'mandate', body);
  }

  private async takeUp(terms: Record<string, string | number>): Promise<void> {
    const { applicationId, borrowerId } = this.persona;
    const answer = await acceptAsShown(this.options.api, applicationId, terms, borrowerId);
    if (answer.status !== 201) throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }

  private async stage(): Promise<string> {
    const application = await this.options.api.get(`/v1/applications/${this.persona.applicationId}`);
    return application.status === 200 ? application.body.stage : 'assessing';
  }

  /** Business days pass in a second here: a system under load answers some of them later. */
  private tryAgain(on: IsoDate, time: string, what: string, run: (on: IsoDate) => Promise<void>): void {
    const lastDay = addDays(this.options.startDate, this.persona.appliesOnDay + PATIENCE_DAYS);
    if (on >= lastDay) throw new Error(`no decision on ${this.persona.applicationId} by ${on}`);
    const next = addDays(on, 1);
    this.at([next, time], what, () => run(next), 'always');
  }

  private planInstalments(acceptedOn: IsoDate): void {
    const { behaviour, loan } = this.persona;
    for (let month = 1; month <= Math.min(loan.months, this.options.months); month++) {
      const dueDate = addMonths(acceptedOn, month);
      if (this.hasMandate) {
        this.planHandPayment(dueDate);
        continue;
      }
      if (behaviour === 'lost' && month >= Math.min(LOST_FROM_MONTH, loan.months)) return;
      if (behaviour === 'prepays' && month === PREPAYS_IN_MONTH) {
        const on = addDays(dueDate, -10);
        this.at([on, '12:00'], 'pays everything', () => this.pay('payoffFen', `payoff-${month}`, 'payoff'));
        return;
      }
      const lateDays = behaviour === 'late-and-cured' ? (LATE_MONTHS[month] ?? 0) : 0;
      const payOn = addDays(dueDate, lateDays > 0 ? lateDays : -this.random.between(0, 3));
      this.at([payOn, '12:00'], 'pays an instalment', () => this.pay('dueFen', `instalment-${month}`, 'instalment'));
    }
  }

  /** What was not debited in time, because days of this clock pass in a second, is paid by hand. */
  private planHandPayment(dueDate: IsoDate): void {
    const step = `by-hand-${dueDate}`;
    this.at([addDays(dueDate, 5), '12:00'], 'pays by hand', () => this.pay('overdueFen', step, 'instalment'));
  }

  private planMonths(openedOn: IsoDate, limitFen: number): void {
    const { behaviour } = this.persona;
    for (let month = 0; month < this.options.months; month++) {
      const billDate = dayOfMonth(openedOn, 1, month + 1);
      const isLost = behaviour === 'lost' && month >= LOST_FROM_MONTH;
      // Buys once more, and leaves the bill for it unpaid.
      if (month <= LOST_FROM_MONTH || !isLost) this.planPurchases(dayOfMonth(openedOn, 1, month), openedOn, limitFen);
      if (isLost) continue;
      if (this.hasMandate) {
        this.planHandPayment(addDays(billDate, 9));
        continue;
      }
      const lateDays = behaviour === 'late-and-cured' ? (LATE_MONTHS[month] ?? 0) : 0;
      const payOn = lateDays > 0 ? addDays(billDate, 9 + lateDays) : addDays(billDate, this.random.between(2, 8));
      const amount = behaviour === 'minimum-payer' ? 'minimumFen' : 'dueFen';
      this.at([payOn, '12:00'], 'pays a bill', () => this.pay(amount, `bill-${month}`, 'instalment'));
    }
  }

  private planPurchases(monthStart: IsoDate, notBefore: IsoDate, limitFen: number): void {
    const count = this.random.between(1, 3);
    for (let number = 1; number <= count; number++) {
      const on = addDays(monthStart, this.random.between(11, 26));
      const amountFen = Math.floor((limitFen * this.random.between(4, 12)) / 100);
      if (on <= notBefore) continue;
      const id = `${this.persona.borrowerId}-${monthStart}-${number}`;
      this.at([on, '15:00'], 'buys', () => this.buy(id, amountFen));
      if (this.persona.behaviour === 'returns-goods' && number === 1) {
        this.at([addDays(on, 5), '15:00'], 'returns goods', () => this.giveBack(id, Math.floor(amountFen / 2)));
      }
    }
  }

  private async buy(purchaseId: string, amountFen: number): Promise<void> {
    await this.expect(200, `/v1/accounts/${this.accountId}/purchases`, `buy-${purchaseId}`, { purchaseId, amountFen });
  }

  private async giveBack(purchaseId: string, amountFen: number): Promise<void> {
    const refundId = `${purchaseId}-refund`;
    await this.expect(202, `/v1/accounts/${this.accountId}/refunds`, refundId, { refundId, amountFen });
  }

  /** Pays what the account says is due now; nothing when nothing is. */
  private async pay(amount: PayableAmount, step: string, intent: string): Promise<void> {
    const account = await this.options.api.get(`/v1/accounts/${this.accountId}`);
    if (account.status !== 200) throw new Error(`no account ${this.accountId}: ${JSON.stringify(account.body)}`);
    const amountFen = account.body[amount];
    if (!(amountFen > 0)) return;
    const paymentId = `${this.persona.borrowerId}-${step}`;
    await this.expect(202, `/v1/accounts/${this.accountId}/payments`, paymentId, { paymentId, amountFen, intent });
  }

  /** A write; one that an earlier run did already (409: the same key) is done. */
  private async expect(status: number, path: string, step: string, body: unknown): Promise<void> {
    const answer = await this.options.api.post(path, `${this.persona.borrowerId}-${step}`, body);
    const wasDoneBefore = answer.status === 409 && this.options.resumedAtMs !== undefined;
    if (answer.status === status || wasDoneBefore) return;
    throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }

  private isDone(on: IsoDate): boolean {
    const { resumedAtMs, zone } = this.options;
    return resumedAtMs !== undefined && atWallTimeMs(on, '23:59', zone) < resumedAtMs - TRIED_AGAIN_MS;
  }

  private at([date, time]: [IsoDate, string], what: string, run: () => Promise<void>, when?: 'always'): void {
    if (when !== 'always' && this.isDone(date)) return;
    const atMs = atWallTimeMs(date, time, this.options.zone);
    this.options.agenda.add({ atMs, what: `${this.persona.borrowerId} ${what}`, run });
  }
}

function addMonths(date: IsoDate, months: number): IsoDate {
  return dayOfMonth(date, Number(date.slice(8, 10)), months);
}
