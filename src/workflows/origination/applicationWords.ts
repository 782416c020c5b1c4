/** An application as operators read it: what was granted, whom or what it waits for and until when. */
import type { Acceptance, ApplicationState } from '../../contracts/origination/application';
import { byProduct } from '../../domain/policy/products';
import { SHANGHAI } from '../../domain/values/clock';
import { instantWords } from '../../domain/values/dateWords';
import { type Fen, formatYuan } from '../../domain/values/money';

export interface ShownApplication {
  state: ApplicationState;
  requestedFen: Fen;
  decideByMs: number | undefined;
  /** What an approval without further proof grants. */
  outlookFen: number | undefined;
  /** Of a referral: which sources are asked again. */
  sourceLines: readonly string[];
}

/** True until the next of them. */
export function detailLines(shown: ShownApplication): string[] {
  const { stage, assessment, accountIds, objectUntilMs } = shown.state;
  const reasons = assessment?.reasonCodes.join(', ') || 'none';
  const accounts = `accounts: ${accountIds.join(', ') || 'none'}`;
  const head = [`**${stage}**`, ...grantInWords(shown), `reasons: ${reasons}`, accounts].join(' · ');
  switch (stage) {
    case 'referred':
      return [head, ...waitForPerson(shown), ...shown.sourceLines];
    case 'declined':
      return objectUntilMs === undefined ? [head] : [head, objectionWords(objectUntilMs)];
    case 'offered':
      return [head, `waits for the borrower: ${offerWords(shown.state)}`];
    default:
      return [head];
  }
}

/** What a person sees of an approval, before and after it: less than was asked for may be granted. */
function grantInWords({ state: { offer, stage }, requestedFen, outlookFen }: ShownApplication): string[] {
  const of = (fen: Fen) => `${formatYuan(fen)} CNY of ${formatYuan(requestedFen)} CNY asked`;
  if (offer) return [`granted ${of(offer.limitFen)}`];
  const isReferred = stage === 'referred' && outlookFen !== undefined;
  return isReferred ? [`an approval without further proof grants ${of(outlookFen)}`] : [];
}

function waitForPerson({ state, decideByMs }: ShownApplication): string[] {
  if (decideByMs === undefined) return [];
  const isObjected = isObjectedTo(state);
  const what = isObjected ? 'an objection was made; ' : '';
  const then = isObjected ? 'a person is called' : 'it is declined';
  const until = instantWords(decideByMs, SHANGHAI);
  return [`${what}waits for a person, who decides by the update \`decideReferral\` until ${until}; then ${then}`];
}

function objectionWords(objectUntilMs: number): string {
  return `an objection can be made by the update \`objectToDecision\` until ${instantWords(objectUntilMs, SHANGHAI)}`;
}

export function isObjectedTo({ assessment }: ApplicationState): boolean {
  return assessment?.reasonCodes.includes('OBJECTION') === true;
}

export function offerWords({ offer, remainingFen }: ApplicationState): string {
  const until = offer === undefined ? '' : ` until ${instantWords(offer.expiresAtMs, SHANGHAI)}`;
  return `${formatYuan(remainingFen)} CNY of the offer can be taken${until}`;
}

export function drawWords(acceptance: Acceptance): string {
  return byProduct(acceptance, {
    'cash-loan': ({ principalFen, months }) =>
      `a cash loan of ${formatYuan(principalFen)} CNY over ${months} months is taken up`,
    revolving: () => 'the revolving account is taken up',
  });
}
