/** `quote penalty`: what an overdue sum bears, and at which rate exactly. */
import { accrueDays, type ExactRate, exactRate, postAccrual, startAccrual } from '../../domain/credit/accrual';
import { penaltyRate } from '../../domain/credit/cashLoan/lateInterest';
import { defaultPolicy } from '../../domain/policy/defaultPolicy';
import { PRODUCTS } from '../../domain/policy/lendingPolicy';
import { formatYuan } from '../../domain/values/money';
import { decimalText } from '../../domain/values/rateText';
import { ArgumentError } from '../arguments';
import type { QuoteAnswer } from './quoteAnswer';
import { choiceOption, countOption, exactlyOne, money, type Options, rate } from './quoteArguments';
import { lines } from './quoteText';

const MAX_DAYS = 36_500;

export function quotePenalty(options: Options): QuoteAnswer {
  const principalFen = money(options, 'principal', { example: '2345.67', minFen: 1 });
  const days = countOption(options, 'days', { min: 0, max: MAX_DAYS, example: 15 });
  const applied = rateOf(options);
  const accrual = startAccrual(applied);
  accrueDays(accrual, principalFen, days);
  const penaltyFen = postAccrual(accrual);
  const { numerator, denominator } = reduced(applied);
  const dailyRateFraction = `${numerator}/${denominator}`;
  const dailyRate = decimalText(applied);
  return {
    json: { principalFen, days, dailyRate, dailyRateFraction, penaltyFen },
    text: lines([
      ['overdue principal', formatYuan(principalFen)],
      ['days', String(days)],
      ['rate a day', dailyRate],
      ['exactly', dailyRateFraction],
      ['penalty', formatYuan(penaltyFen)],
    ]),
  };
}

/** From the contract of a cash loan, from the revolving product, or as it is given. */
function rateOf(options: Options): ExactRate {
  const product = options.has('product') ? choiceOption(options, 'product', PRODUCTS) : undefined;
  switch (product) {
    case 'revolving':
      exactlyOne(options, ['product', 'daily-rate', 'penalty-rate']);
      return exactRate(defaultPolicy.revolving.overdueDailyRate);
    case 'cash-loan':
      if (options.has('daily-rate')) break;
      throw new ArgumentError(
        '--daily-rate is missing: the penalty of a cash loan follows its contract rate, such as 0.0005',
      );
    case undefined:
      if (options.has('daily-rate') || options.has('penalty-rate')) break;
      throw new ArgumentError('one of --daily-rate, --product revolving, --penalty-rate is missing: give exactly one');
  }
  return exactlyOne(options, ['daily-rate', 'penalty-rate']) === 'daily-rate'
    ? penaltyRate(rate(options, 'daily-rate', '0.0005'), defaultPolicy.cashLoan)
    : exactRate(rate(options, 'penalty-rate', '0.0005'));
}

function reduced({ numerator, denominator }: ExactRate): ExactRate {
  let [divisor, rest] = [denominator, numerator];
  while (rest !== 0n) [divisor, rest] = [rest, divisor % rest];
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}
