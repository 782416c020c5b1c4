/**
 * What goes out over whole lives, day by day, through the ladder, the last look and the contact rules: what a text says
 * is what the account's figures of that day are, and doing what it says puts things right.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DerivedAccount, Terms } from '../../../src/domain/credit/account';
import { deriveAccount } from '../../../src/domain/credit/derive';
import type { Fact } from '../../../src/domain/credit/facts';
import { dueTogether } from '../../../src/domain/credit/figures';
import { planForAccount } from '../../../src/domain/credit/reminderLadder';
import { comingDebit, judgeDebit } from '../../../src/domain/debits/autoDebit';
import { mayContact } from '../../../src/domain/messaging/contact/contactRules';
import type { PastPromise, PlannedNotice } from '../../../src/domain/messaging/outbox/notices';
import { figuresOf, render, smsParts } from '../../../src/domain/messaging/outbox/noticeText';
import { isStillTrue } from '../../../src/domain/messaging/outbox/noticeTruth';
import { type WordingName, wordingsFor } from '../../../src/domain/messaging/outbox/wordings';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import type { AutoDebitPolicy, LendingPolicy, NoticeKind } from '../../../src/domain/policy/lendingPolicy';
import { SIGNATURE, TEMPLATES } from '../../../src/domain/policy/shippedTemplates';
import { addDays, daysBetween, type IsoDate } from '../../../src/domain/values/calendar';
import { endOfDateMs, SHANGHAI, startOfDateMs } from '../../../src/domain/values/clock';
import { formatYuan } from '../../../src/domain/values/money';
import {
  accountChangesFrom,
  cashLoanTerms,
  loanChangesFrom,
  movementsFrom,
  paymentsFrom,
  revolvingTerms,
} from '../lives';

const DAYS = 300;
const DEADLINES: ReadonlySet<NoticeKind> = new Set(['bill-issued', 'due-soon', 'due-today']);
const GONE = new Set(['paid', 'settled', 'minimum-met', 'too-small']);

interface Life {
  terms: Terms;
  facts: Fact[];
}

/** Fewer payments than in other properties, so that much is past due. */
const loanLives: fc.Arbitrary<Life> = cashLoanTerms.chain((terms) =>
  fc
    .tuple(paymentsFrom(terms.startDate, DAYS), loanChangesFrom(terms.startDate, DAYS), fc.nat(6))
    .map(([payments, changes, few]) => ({
      terms,
      facts: [
        { kind: 'disbursed', key: 'disbursement', valueDate: terms.startDate, amountFen: terms.principalFen },
        ...payments.slice(0, few),
        ...changes,
      ],
    })),
);

const cardLives: fc.Arbitrary<Life> = revolvingTerms.chain((terms) =>
  fc
    .tuple(movementsFrom(terms.openDate, DAYS), accountChangesFrom(terms.openDate, DAYS), fc.boolean())
    .map(([movements, changes, paysLittle]) => ({
      terms,
      facts: [
        { kind: 'opened', key: 'opening', valueDate: terms.openDate, limitFen: terms.limitFen },
        ...movements.filter(({ kind }, index) => kind !== 'paid' || !paysLittle || index % 3 === 0),
        ...changes,
      ],
    })),
);

/** Due days on which rungs of the ladder and bill days fall together, and small sums. */
const smallCards: fc.Arbitrary<Life> = cardLives.chain(({ terms, facts }) =>
  fc.tuple(fc.constantFrom(2, 16, 17, 24, 28), fc.constantFrom(1, 10, 1_000)).map(([dueDay, by]) => ({
    terms: { ...terms, dueDay } as Terms,
    facts: facts.map((fact) =>
      'amountFen' in fact ? { ...fact, amountFen: Math.max(1, Math.floor(fact.amountFen / by)) } : fact,
    ),
  })),
);

const policies = fc.constantFrom<LendingPolicy>(
  defaultPolicy,
  { ...defaultPolicy, cashLoan: { ...defaultPolicy.cashLoan, graceDays: 3 } },
  { ...defaultPolicy, notices: { ...defaultPolicy.notices, toleranceFen: 20_000 } },
);

function dateOf(fact: Fact): IsoDate {
  return 'billableFrom' in fact ? fact.billableFrom : fact.valueDate;
}

function at({ terms, facts }: Life, policy: LendingPolicy, asOf: IsoDate, more: Fact[] = []): DerivedAccount {
  const known = facts.filter((fact) => dateOf(fact) <= asOf);
  return deriveAccount({ terms, facts: [...known, ...more], issued: [] }, policy, asOf);
}

type Text = PlannedNotice & { date: IsoDate; account: DerivedAccount; waiting: PlannedNotice[] };

/** Every text of the life, as step and lane make them: a step on each date with a fact or a deadline. */
function textsOf(life: Life, policy: LendingPolicy): Text[] {
  const start = life.facts[0]?.valueDate ?? '';
  const stepDates = new Set(life.facts.map(dateOf));
  const texts: Text[] = [];
  const promises: PastPromise[] = [];
  let waiting: PlannedNotice[] = [];
  let before: DerivedAccount | undefined;
  for (let date = start; daysBetween(start, date) <= DAYS; date = addDays(date, 1)) {
    const isStep = stepDates.has(date) || before?.nextChangeOn === date;
    const isLook = waiting.some(({ sendAfterMs }) => sendAfterMs < endOfDateMs(date, SHANGHAI));
    if (!isStep && !isLook) continue;
    const account = at(life, policy, date);
    if (isStep) {
      const asOfMs = startOfDateMs(date, SHANGHAI);
      const input = { policy: policy.notices, zone: SHANGHAI, asOfMs, accountKey: 'a', promises };
      const planned = planForAccount({ ...input, before, after: account });
      promises.push(...planned.map(({ dedupeKey }) => ({ dedupeKey, isPaidAway: false })));
      waiting.push(...planned);
      before = account;
    }
    waiting = sendDue({ date, account, policy, waiting, texts, promises });
  }
  return texts;
}

interface Day {
  date: IsoDate;
  account: DerivedAccount;
  policy: LendingPolicy;
  waiting: PlannedNotice[];
  texts: Text[];
  promises: PastPromise[];
}

/** What is due on the date, most important first; what is put off within it is looked at again. Returns what waits. */
function sendDue({ date, account, policy, waiting, texts, promises }: Day): PlannedNotice[] {
  const endMs = endOfDateMs(date, SHANGHAI);
  let left = [...waiting];
  for (;;) {
    const due = left
      .filter(({ sendAfterMs }) => sendAfterMs < endMs)
      .sort((one, other) => one.sendAfterMs - other.sendAfterMs || one.priority - other.priority)[0];
    if (!due) return left;
    left = left.filter((each) => each !== due);
    const verdict = isStillTrue(due, account, due.sendAfterMs, policy.notices);
    if (!verdict.send) {
      const isPaidAway = GONE.has(verdict.reason);
      if (isPaidAway) promises.push({ dedupeKey: due.dedupeKey, isPaidAway });
      continue;
    }
    const answer = mayContact({
      instantMs: due.sendAfterMs,
      kind: due.kind,
      priority: due.priority,
      moreImportantToday: 0,
      holds: [],
      hasOptedOut: false,
      isRestDay: () => false,
      policy: policy.notices,
      zone: SHANGHAI,
      sentAtMs: texts.filter(({ priority }) => priority > 0).map(({ sendAfterMs }) => sendAfterMs),
      accountSentAtMs: account.daysPastDue > 0 ? texts.map(({ sendAfterMs }) => sendAfterMs) : [],
    });
    if (answer.status === 'later') left.push({ ...due, sendAfterMs: answer.notBeforeMs });
    else texts.push({ ...due, date, account, waiting: [...left] });
  }
}

/** Facts that count after a payment on the same date change what it was reckoned on. */
function hasLaterFactsToday({ facts }: Life, date: IsoDate): boolean {
  const after = ['instalment-settled', 'instalment-started', 'restructured', 'credit-returned', 'written-off', 'paid'];
  return facts.some((fact) => dateOf(fact) === date && after.includes(fact.kind));
}

const lives = fc.oneof(loanLives, cardLives, smallCards);
const speaksOfDebt = ({ obligationKey }: Text) => obligationKey !== undefined;

describe('in every life of both products', () => {
  test('a text says the figures of its day, and all that is past due', () => {
    fc.assert(
      fc.property(lives, policies, (life, policy) => {
        for (const text of textsOf(life, policy).filter(speaksOfDebt)) {
          const { kind, account, obligationKey } = text;
          const { minimumOverdueFen, overdueFen, pastDueSince, daysPastDue } = account;
          const said = figuresOf(account, obligationKey);
          expect(said.minimumFen).toBeGreaterThan(0);
          expect(said.amountFen).toBeLessThanOrEqual(account.dueFen);
          if (account.product === 'revolving') expect(said.amountFen).toBeLessThanOrEqual(account.payoffFen);
          if (DEADLINES.has(kind)) {
            const own = account.obligations.find(({ key }) => key === obligationKey);
            expect(said.dueDate).toBe(own?.dueDate);
            expect(said.minimumFen).toBe(minimumOverdueFen + inGraceFen(account) + (own?.minimumFen ?? 0));
            if (kind !== 'bill-issued') {
              expect(minimumOverdueFen).toBeLessThanOrEqual(policy.notices.toleranceFen ?? 0);
            }
          } else {
            expect(minimumOverdueFen).toBeGreaterThan(policy.notices.toleranceFen ?? 0);
            expect(said).toMatchObject({ minimumFen: minimumOverdueFen, amountFen: overdueFen, daysPastDue });
            expect(said.dueDate).toBe(pastDueSince);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('at most one text a day while something is past due', () => {
    fc.assert(
      fc.property(lives, policies, (life, policy) => {
        const late = textsOf(life, policy).filter(({ account }) => account.daysPastDue > 0);
        const dates = late.map(({ date }) => date);
        expect(dates).toEqual([...new Set(dates)]);
      }),
      { numRuns: 60 },
    );
  });

  test('paying the minimum that a text names brings days past due to 0, and nothing sounds like its deadline', () => {
    fc.assert(
      fc.property(lives, policies, (life, policy) => {
        const texts = textsOf(life, policy).filter(speaksOfDebt);
        for (const { date, account, obligationKey, waiting } of texts.filter(
          (each) => !hasLaterFactsToday(life, each.date),
        )) {
          const named = dueTogether(account, obligationKey ?? '');
          const amountFen = named?.minimumFen ?? 0;
          const paid: Fact = { kind: 'paid', key: 'zz', valueDate: date, amountFen, intent: 'instalment' };
          const after = at(life, policy, date, [paid]);
          expect(after.daysPastDue).toBe(0);
          const keys = account.obligations
            .filter(({ dueDate }) => dueDate <= (named?.named.dueDate ?? ''))
            .map(({ key }) => key);
          const asOfMs = startOfDateMs(date, SHANGHAI) + 12 * 3_600_000;
          const input = { policy: policy.notices, zone: SHANGHAI, asOfMs, accountKey: 'a', promises: [] };
          const planned = [...waiting, ...planForAccount({ ...input, before: undefined, after })];
          for (const notice of planned.filter((each) => keys.includes(each.obligationKey ?? ''))) {
            const verdict = isStillTrue(notice, after, asOfMs, policy.notices);
            expect(verdict.send ? notice.dedupeKey : verdict.reason).toMatch(/^(paid|settled|minimum-met)$/);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('the wording of the account can be filled, and tells the sums and the hour that the debit keeps', () => {
    const debits = fc.constantFrom<AutoDebitPolicy['amount'] | undefined>('due', 'minimum', undefined);
    fc.assert(
      fc.property(lives, debits, (life, amount) => {
        for (const { kind, account, obligationKey, sendAfterMs } of textsOf(life, defaultPolicy).filter(speaksOfDebt)) {
          const autoDebit: AutoDebitPolicy = { at: '20:00', retryOnDaysAfter: [], amount: amount ?? 'due' };
          const asked = { policy: autoDebit, zone: SHANGHAI, asOfMs: sendAfterMs };
          const debit = amount && comingDebit(account, obligationKey ?? '', asked);
          const { product } = account;
          const isPastDue = account.daysPastDue > 0;
          const [name] = wordingsFor(kind, { product, isPastDue, debit: debit?.takes }) as [WordingName];
          const figures = { ...figuresOf(account, obligationKey), debitAt: debit?.at };
          const text = render(TEMPLATES[name].body, SIGNATURE, figures, { code: '7H4KQ9XW' });
          expect(smsParts(text)).toBeLessThanOrEqual(2);
          expect(text).toContain(formatYuan(figures.minimumFen ?? 0));
          expect(text.includes('最低')).toBe(product === 'revolving' && !kind.startsWith('overdue'));
          expect(text.includes('20:00')).toBe(debit !== undefined && kind.startsWith('due-'));
          if (!debit || !kind.startsWith('due-')) continue;
          const verdict = judgeDebit({ obligationKey: obligationKey ?? '', dueAtMs: sendAfterMs }, account, {
            policy: autoDebit,
            asOfMs: sendAfterMs,
            hasMandate: true,
          });
          expect(verdict).toEqual({
            debit: true,
            amountFen: amount === 'due' ? figures.amountFen : figures.minimumFen,
          });
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** Due and not late yet: asked for with what comes next. */
function inGraceFen({ obligations, asOf }: DerivedAccount): number {
  const inGrace = obligations.filter(({ dueDate, lateFrom }) => dueDate < asOf && lateFrom > asOf);
  return inGrace.reduce((sum, { minimumFen }) => sum + minimumFen, 0);
}
