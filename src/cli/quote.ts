/**
 * `creditloom quote`: what a credit would cost, worked out by the rules that service it. Needs no server and stores
 * nothing. Its questions are described in docs/quote.md.
 */
import { ArgumentError } from './arguments';
import type { Answer } from './quoteAnswer';
import { type Options, readOptions } from './quoteArguments';
import { INSTALMENT_OPTIONS, quoteInstalment } from './quoteInstalment';
import { CASH_LOAN_OPTIONS, COST_OPTIONS, quoteCashLoan, quoteCost } from './quoteLoan';
import { PAYMENT_OPTIONS, quotePayment } from './quotePayment';
import { PENALTY_OPTIONS, quotePenalty } from './quotePenalty';
import { runCommandLine } from './runCommandLine';

interface Question {
  /** Names of its options, besides `json`. */
  options: readonly string[];
  example: string;
  answer: (options: Options) => Answer;
}

const JSON_FLAG = '--json';

const QUESTIONS: Record<string, Question> = {
  'cash-loan': {
    options: CASH_LOAN_OPTIONS,
    example: '--principal 10000.00 --daily-rate 0.0004 --start 2026-01-15 --months 6 --method level',
    answer: quoteCashLoan,
  },
  instalment: { options: INSTALMENT_OPTIONS, example: '--principal 3000.00 --months 12', answer: quoteInstalment },
  cost: {
    options: COST_OPTIONS,
    example: '--principal 10000.00 --months 12 --monthly-rate 0.015 --upfront-fee 300.00',
    answer: quoteCost,
  },
  penalty: {
    options: PENALTY_OPTIONS,
    example: '--principal 2345.67 --days 15 --daily-rate 0.0004',
    answer: quotePenalty,
  },
  payment: {
    options: PAYMENT_OPTIONS,
    example: '--owed fee=1.00,penalty=2.00,interest=3.00,principal=100.00 --amount 50.00',
    answer: quotePayment,
  },
};

export async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === '--help') {
    process.stdout.write(`${usage().join('\n')}\n`);
    return 0;
  }
  const question = name !== undefined && Object.hasOwn(QUESTIONS, name) ? QUESTIONS[name] : undefined;
  if (!question) {
    const fault = name === undefined ? 'a question is missing' : `${JSON.stringify(name)} is no question`;
    throw new ArgumentError(`${fault}; there are:\n${usage().join('\n')}`);
  }
  const isJson = rest.includes(JSON_FLAG);
  const words = rest.filter((word) => word !== JSON_FLAG);
  const options = readOptions(words, question.options);
  const { json, text } = answerOf(question, options);
  process.stdout.write(isJson ? `${JSON.stringify(json, null, 2)}\n` : `${text.join('\n')}\n`);
  return 0;
}

/** A figure that no rule can work out is a wrong question: the domain says what is wrong with it. */
function answerOf({ answer }: Question, options: Options): Answer {
  try {
    return answer(options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ArgumentError(`this cannot be quoted: ${error.message}; give other rates, fees, months or amounts`);
  }
}

function usage(): string[] {
  return Object.entries(QUESTIONS).map(([name, { example }]) => `  quote ${name} ${example} [${JSON_FLAG}]`);
}

if (require.main === module) runCommandLine(main);
