/**
 * `npx creditloom models …`: the cards that decide, from their registration to their retirement. Exit code 0: done; 1:
 * refused; 2: wrong use. See docs/model-life.md.
 */
import { readFileSync } from 'node:fs';
import { requestKey } from '../../contracts/fields';
import {
  MODEL_DECISIONS,
  type ModelReviewDecision,
  promoteModel,
  recordModelTest,
  retireModel,
  revalidateModel,
  reviewModel,
} from '../../contracts/risk/modelReview';
import { cardName, cardVersion } from '../../contracts/risk/modelReviewSchemas';
import {
  invalidModelPromotion,
  invalidModelRetirement,
  invalidModelRevalidation,
  invalidModelReviewDecision,
  invalidModelTest,
} from '../../contracts/risk/modelReviewValidation';
import { mustOf } from '../../contracts/schemaJudge';
import type { HoldoutTest } from '../../domain/risk/modelLife';
import { ModelCardError, parseModelCard } from '../../platform/policy/modelCard';
import { ArgumentError } from '../arguments';
import type { Work } from '../incidents/incidentCommands';
import { onConsole } from '../onConsole';
import { type OperatorSurroundings, runOperatorCommand } from '../operations/operatorCommand';
import { runCommandLine } from '../runCommandLine';
import { helpLines, readWords, usageOf } from '../usage';
import { comparing, listingModels, type NamedModel, registering, showingModel, tellingModel } from './modelCommands';

const USAGE = usageOf(
  'models',
  [
    'list',
    'show CARD VERSION',
    'register CARD VERSION --file CARD.json',
    'test CARD VERSION --file HOLDOUT.json',
    'review CARD VERSION --decision approve|decline --reason TEXT',
    'promote CARD VERSION --reason TEXT',
    'revalidate CARD VERSION --file HOLDOUT.json --reason TEXT',
    'retire CARD VERSION --reason TEXT',
    'compare',
  ],
  {
    each: '[--key KEY] [--tenant TENANT] [--state FOLDER] [--json]',
    besides: ['Whoever acts is the principal of OPERATOR_KEY.'],
  },
);
/** Below a refusal. */
const HELP = helpLines(USAGE).join('\n');
/** In the place of the principal, while only the rest is judged. */
const BY = 'operator';

interface Words {
  options: ReadonlyMap<string, string>;
  model: NamedModel;
}

const COMMANDS: Record<string, (words: Words) => Work> = {
  list: () => listingModels(),
  compare: () => comparing(),
  show: ({ model }) => showingModel(model),
  register: ({ model, options }) => registering(model, cardOf(options, model)),
  test: ({ model, options }) => {
    const test = jsonOf(options) as HoldoutTest;
    refuse(invalidModelTest({ by: BY, test }));
    return tellingModel(model, recordModelTest, { test }, keyOf(options));
  },
  review: ({ model, options }) => {
    const decision = textOf(options, 'decision') as ModelReviewDecision['decision'];
    if (!MODEL_DECISIONS.includes(decision)) throw new ArgumentError(`--decision must be approve or decline\n${HELP}`);
    const review = { decision, reason: textOf(options, 'reason') };
    refuse(invalidModelReviewDecision({ by: BY, ...review }));
    return tellingModel(model, reviewModel, review, keyOf(options));
  },
  promote: ({ model, options }) => {
    const promotion = { reason: textOf(options, 'reason') };
    refuse(invalidModelPromotion({ by: BY, ...promotion }));
    return tellingModel(model, promoteModel, promotion, keyOf(options));
  },
  revalidate: ({ model, options }) => {
    const revalidation = { test: jsonOf(options) as HoldoutTest, reason: textOf(options, 'reason') };
    refuse(invalidModelRevalidation({ by: BY, ...revalidation }));
    return tellingModel(model, revalidateModel, revalidation, keyOf(options));
  },
  retire: ({ model, options }) => {
    const retirement = { reason: textOf(options, 'reason') };
    refuse(invalidModelRetirement({ by: BY, ...retirement }));
    return tellingModel(model, retireModel, retirement, keyOf(options));
  },
};

/** Runs one command. Throws {@link ArgumentError} before anything is opened when the words are wrong. */
export async function modelsCommand(argv: readonly string[], surroundings: OperatorSurroundings): Promise<number> {
  const { name, options, flags, positionals } = readWords(USAGE, argv);
  const [card = '', version = ''] = positionals;
  const read = COMMANDS[name];
  if (!read) throw new Error(`${name} is in the usage, and nothing does it`);
  if (positionals.length > 0) {
    refuseWord('CARD', mustOf(cardName, card));
    refuseWord('VERSION', mustOf(cardVersion, version));
  }
  const work = read({ options, model: { card, version } });
  const where = { tenant: options.get('tenant'), stateDir: options.get('state') };
  const scope = ['register', 'test'].includes(name) ? 'models:write' : 'models:review';
  return runOperatorCommand({ work, ...where, isJson: flags.has('json'), scope }, surroundings);
}

function cardOf(options: ReadonlyMap<string, string>, model: NamedModel) {
  try {
    return parseModelCard(jsonOf(options), model);
  } catch (error) {
    if (error instanceof ModelCardError) throw new ArgumentError(error.message);
    throw error;
  }
}

function jsonOf(options: ReadonlyMap<string, string>): unknown {
  const file = textOf(options, 'file');
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ArgumentError(`--file ${file} cannot be read as JSON: ${error instanceof Error ? error.message : error}`);
  }
}

function textOf(options: ReadonlyMap<string, string>, name: string): string {
  const text = options.get(name);
  if (text === undefined) throw new ArgumentError(`--${name} is needed\n${HELP}`);
  return text;
}

/** Makes a repeat the same write: over HTTP it would be the Idempotency-Key. */
function keyOf(options: ReadonlyMap<string, string>): string | undefined {
  const key = options.get('key');
  if (key !== undefined) refuseWord('--key', mustOf(requestKey, key));
  return key;
}

function refuseWord(word: string, must: string | undefined): void {
  if (must !== undefined) throw new ArgumentError(`${word} ${must}`);
}

function refuse(fault: string | undefined): void {
  if (fault !== undefined) throw new ArgumentError(`${fault}\n${HELP}`);
}

if (require.main === module) runCommandLine(onConsole(modelsCommand), USAGE);
