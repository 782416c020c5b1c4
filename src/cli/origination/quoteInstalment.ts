/** `quote instalment`: a bill or a purchase in parts with a fee. */
import {
  FEE_PAYERS,
  feeRateOf,
  instalmentTermsOf,
  splitIntoInstalments,
} from '../../domain/credit/revolving/instalmentFees';
import { quoteInstalmentPlan } from '../../domain/origination/quote';
import { defaultPolicy } from '../../domain/policy/defaultPolicy';
import type { InstalmentPolicy } from '../../domain/policy/lendingPolicy';
import { type DecimalRate, type Fen, formatYuan } from '../../domain/values/money';
import { ArgumentError } from '../arguments';
import { type QuoteAnswer, quoteRows, ratesOf } from './quoteAnswer';
import { choiceOption, money, monthsOption, type Options, rate } from './quoteArguments';
import { costLines, instalmentTable, lines } from './quoteText';

export function quoteInstalment(options: Options): QuoteAnswer {
  const principalFen = money(options, 'principal', { example: '3000.00', minFen: 1 });
  const months = monthsOption(options);
  const feePayer = choiceOption(options, 'fee-payer', FEE_PAYERS, 'borrower');
  const { instalments: policy } = defaultPolicy.revolving;
  const feeRate = feeRateFor(options, months, policy);
  if (options.has('product')) checkProduct(options, principalFen, policy);
  const terms = { principalFen, months, feeRate, feePayer };
  const quote = quoteInstalmentPlan(terms);
  const { merchantFeeFen } = splitIntoInstalments(terms);
  const { totalInterestFen, totalFeeFen } = quote;
  return {
    json: {
      instalments: quoteRows(quote, { hasFees: true }),
      totalInterestFen,
      totalFeeFen,
      merchantFeeFen,
      feeRate,
      feePayer,
      ...ratesOf(quote),
    },
    text: [
      ...instalmentTable(quote),
      '',
      ...lines([
        ['fee of the borrower', formatYuan(totalFeeFen)],
        ['fee of the merchant', formatYuan(merchantFeeFen)],
        ...costLines(quote),
      ]),
    ],
  };
}

function feeRateFor(options: Options, months: number, policy: InstalmentPolicy | undefined): DecimalRate {
  const offered = feeRateOf(months, policy);
  if (options.has('fee-rate') || offered !== undefined) return rate(options, 'fee-rate', '0.088', offered);
  const terms = instalmentTermsOf(policy).join(', ');
  throw new ArgumentError(
    `--months ${months} has no fee in the default policy: give one of ${terms}, or a rate such as --fee-rate 0.088`,
  );
}

/** The smallest amount and the terms of the product; its fee rates stay overridable. */
function checkProduct(options: Options, principalFen: Fen, policy: InstalmentPolicy | undefined): void {
  choiceOption(options, 'product', ['revolving']);
  const terms = instalmentTermsOf(policy);
  const months = monthsOption(options);
  const faults: string[] = [];
  if (policy && principalFen < policy.minimumFen) {
    const least = formatYuan(policy.minimumFen);
    faults.push(`--principal ${formatYuan(principalFen)} is outside revolving: it splits ${least} or more`);
  }
  if (!terms.includes(months)) {
    faults.push(`--months ${months} is outside revolving: it splits in ${terms.join(', ')} months`);
  }
  if (faults.length > 0) throw new ArgumentError(faults.join('\n'));
}
