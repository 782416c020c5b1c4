/**
 * `creditloom quote`: what a credit would cost, worked out by the rules that service it. Needs no server and stores
 * nothing. Its questions are described in docs/quote.md.
 */
import { ArgumentError } from '../arguments';
import { runCommandLine } from '../runCommandLine';
import { optionsOf, usageOf } from '../usage';
import type { QuoteAnswer } from './quoteAnswer';
import { type Options, readOptions } from './quoteArguments';
import { quoteInstalment } from './quoteInstalment';
import { quoteCashLoan, quoteCost } from './quoteLoan';
import { quotePayment } from './quotePayment';
import { quotePenalty } from './quotePenalty';

interface Question {
  /** Its options, as the usage says them. */
  options: string;
  example: string;
  answer: (options: Options) => QuoteAnswer;
}

const LOAN_OPTIONS =
  '--principal YUAN [--daily-rate RATE] [--monthly-rate RATE] [--start DATE] --months N [--method METHOD]';

const QUESTIONS: Record<string, Question> = {
  'cash-loan': {
    options: `${LOAN_OPTIONS} [--product cash-loan]`,
    example: '--principal 10000.00 --daily-rate 0.0004 --start 2026-01-15 --months 6 --method level',
    answer: quoteCashLoan,
  },
  instalment: {
    options: '--principal YUAN --months N [--fee-rate RATE] [--fee-payer borrower|merchant] [--product revolving]',
    example: '--principal 3000.00 --months 12',
    answer: quoteInstalment,
  },
  cost: {
    options: `${LOAN_OPTIONS} [--upfront-fee YUAN] [--monthly-fee YUAN] [--cap RATE] [--tolerance RATE]`,
    example: '--principal 10000.00 --months 12 --monthly-rate 0.015 --upfront-fee 300.00',
    answer: quoteCost,
  },
  penalty: {
    options: '--principal YUAN --days N [--daily-rate RATE] [--product revolving] [--penalty-rate RATE]',
    example: '--principal 2345.67 --days 15 --daily-rate 0.0004',
    answer: quotePenalty,
  },
  payment: {
    options: '--owed COMPONENT=YUAN,… --amount YUAN [--order COMPONENT,…]',
    example: '--owed fee=1.00,penalty=2.00,interest=3.00,principal=100.00 --amount 50.00',
    answer: quotePayment,
  },
};

const EXAMPLES = Object.entries(QUESTIONS).map(([name, { example }]) => `  quote ${name} ${example} [--json]`);
const USAGE = usageOf(
  'quote',
  Object.entries(QUESTIONS).map(([name, { options }]) => `${name} ${options} [--json]`),
  { besides: ['such as:', ...EXAMPLES] },
);

export async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  const question = name !== undefined && Object.hasOwn(QUESTIONS, name) ? QUESTIONS[name] : undefined;
  if (!question) {
    const fault = name === undefined ? 'a question is missing' : `${JSON.stringify(name)} is no question`;
    throw new ArgumentError(`${fault}; there are:\n${EXAMPLES.join('\n')}`);
  }
  const { options, flags } = readOptions(rest, optionsOf(USAGE, name));
  const { json, text } = answerOf(question, options);
  process.stdout.write(flags.has('json') ? `${JSON.stringify(json, null, 2)}\n` : `${text.join('\n')}\n`);
  return 0;
}

/** A figure that no rule can work out is a wrong question: the domain says what is wrong with it. */
function answerOf({ answer }: Question, options: Options): QuoteAnswer {
  try {
    return answer(options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ArgumentError(`this cannot be quoted: ${error.message}; give other rates, fees, months or amounts`);
  }
}

if (require.main === module) runCommandLine(main, USAGE);
