/** `quote cash-loan` and `quote cost`: the schedule of a loan, and what it costs with all its charges. */

import { monthlyRateOf } from '../../domain/credit/cashLoan/schedule';
import { type LoanQuestion, NO_CHARGES, type Quote, type QuotedRate, quoteLoan } from '../../domain/origination/quote';
import { COST_CAP, COST_TOLERANCE, cappedRateOf, withinCostCap } from '../../domain/origination/trueCost';
import { defaultPolicy } from '../../domain/policy/defaultPolicy';
import { type CashLoanPolicy, REPAYMENT_METHODS } from '../../domain/policy/lendingPolicy';
import { type DecimalRate, formatYuan, scaleRate } from '../../domain/values/money';
import { ArgumentError } from '../arguments';
import { type QuoteAnswer, quoteRows, ratesOf } from './quoteAnswer';
import { choiceOption, dateOption, exactlyOne, money, monthsOption, type Options, rate } from './quoteArguments';
import { costLines, instalmentTable, lines, percent } from './quoteText';

const START_EXAMPLE = '2026-01-15';

export function quoteCashLoan(options: Options): QuoteAnswer {
  const question = loanOf(options);
  if (options.has('product')) {
    choiceOption(options, 'product', ['cash-loan']);
    const faults = productFaults(question, defaultPolicy.cashLoan);
    if (faults.length > 0) throw new ArgumentError(faults.join('\n'));
  }
  const quote = quoteLoan(question, NO_CHARGES);
  const { totalInterestFen } = quote;
  return {
    json: { instalments: quoteRows(quote, { hasFees: false }), totalInterestFen, ...ratesOf(quote) },
    text: [...instalmentTable(quote), '', ...lines([['interest', formatYuan(totalInterestFen)], ...costLines(quote)])],
  };
}

export function quoteCost(options: Options): QuoteAnswer {
  const question = loanOf(options);
  const feeOf = (name: string, example: string) => money(options, name, { example, minFen: 0, byDefault: 0 });
  const upfrontFeeFen = feeOf('upfront-fee', '300.00');
  const monthlyFeeFen = feeOf('monthly-fee', '50.00');
  if (upfrontFeeFen >= question.principalFen) {
    throw new ArgumentError(
      `--upfront-fee ${options.get('upfront-fee')} leaves nothing of ${options.get('principal')}: give less than the principal`,
    );
  }
  const cap = rate(options, 'cap', COST_CAP, COST_CAP);
  const tolerance = rate(options, 'tolerance', COST_TOLERANCE, COST_TOLERANCE);
  const quote = quoteLoan(question, { upfrontFeeFen, monthlyFeeFen });
  const { receivedFen, totalInterestFen, totalFeeFen } = quote;
  const withinCap = withinCostCap(cappedRateOf(quote.cost), cap, tolerance);
  return {
    json: {
      instalments: quoteRows(quote, { hasFees: true }),
      receivedFen,
      totalInterestFen,
      totalFeeFen,
      ...ratesOf(quote),
      cap,
      tolerance,
      withinCap,
    },
    text: [...instalmentTable(quote), '', ...lines([...costTotals(quote), [capWords(cap), withinCap ? 'yes' : 'NO']])],
  };
}

function costTotals(quote: Quote): [name: string, figure: string][] {
  return [
    ['received', formatYuan(quote.receivedFen)],
    ['interest', formatYuan(quote.totalInterestFen)],
    ['fees', formatYuan(quote.totalFeeFen)],
    ...costLines(quote),
  ];
}

function capWords(cap: DecimalRate): string {
  return `within the cap of ${percent(Number(cap))}`;
}

function loanOf(options: Options): LoanQuestion {
  const principalFen = money(options, 'principal', { example: '10000.00', minFen: 1 });
  const months = monthsOption(options);
  const quoted = rateOf(options);
  const method = choiceOption(options, 'method', REPAYMENT_METHODS, 'monthly' in quoted ? 'level-monthly' : 'level');
  if ('monthly' in quoted && method !== 'level-monthly') {
    throw new ArgumentError(
      `--method ${method} counts days, and --monthly-rate has none: give --daily-rate, or --method level-monthly`,
    );
  }
  const startDate = dateOption(options, 'start', START_EXAMPLE);
  if (startDate === undefined && method !== 'level-monthly') {
    throw new ArgumentError(`--start is missing: --method ${method} counts days from it, such as ${START_EXAMPLE}`);
  }
  return { principalFen, months, method, rate: quoted, startDate };
}

function rateOf(options: Options): QuotedRate {
  return exactlyOne(options, ['daily-rate', 'monthly-rate']) === 'daily-rate'
    ? { daily: rate(options, 'daily-rate', '0.0004') }
    : { monthly: rate(options, 'monthly-rate', '0.012') };
}

/** What the product does not offer, a line each: the option, the fault, the range. */
function productFaults(question: LoanQuestion, policy: CashLoanPolicy): string[] {
  const { principalFen, months, method, rate: quoted } = question;
  const { min, max } = policy.principalFen;
  const faults: string[] = [];
  if (principalFen < min || principalFen > max) {
    const range = `${formatYuan(min)} to ${formatYuan(max)}`;
    faults.push(`--principal ${formatYuan(principalFen)} is outside cash-loan: it lends ${range}`);
  }
  if (!policy.termsMonths.includes(months)) {
    faults.push(`--months ${months} is outside cash-loan: it runs ${policy.termsMonths.join(', ')} months`);
  }
  if (!policy.methods.includes(method)) {
    faults.push(`--method ${method} is outside cash-loan: it is repaid by ${policy.methods.join(', ')}`);
  }
  if (method === 'interest-first' && months > policy.interestFirstMaxMonths) {
    const most = policy.interestFirstMaxMonths;
    faults.push(`--months ${months} is outside cash-loan: interest-first runs at most ${most} months`);
  }
  return [...faults, ...rateFaults(quoted, policy)];
}

/** A monthly rate is held against 30 days of the daily range. */
function rateFaults(quoted: QuotedRate, { dailyRate }: CashLoanPolicy): string[] {
  const monthly = 'monthly' in quoted ? scaleRate(quoted.monthly) : monthlyRateOf(quoted.daily);
  if (monthly >= monthlyRateOf(dailyRate.min) && monthly <= monthlyRateOf(dailyRate.max)) return [];
  const option = 'monthly' in quoted ? `--monthly-rate ${quoted.monthly}` : `--daily-rate ${quoted.daily}`;
  const byMonth = 'monthly' in quoted ? ', and 30 times that a month' : '';
  return [`${option} is outside cash-loan: it charges ${dailyRate.min} to ${dailyRate.max} a day${byMonth}`];
}
