/** The applications of a run by their outcome, each with an example: why, and what would change the answer. */
import { type DecidedApplication, readDecidedApplications } from '../../db/origination/decidedApplications';
import { readWithdrawn } from '../../db/origination/withdrawnConsents';
import type { Reader } from '../../db/transaction';
import { REASONS, type ReasonCode } from '../../domain/policy/reasonCodes';
import { recourseLines, type TextInBoth } from '../../domain/risk/recourseText';
import { formatYuan } from '../../domain/values/money';

export interface OutcomeFound {
  outcome: string;
  count: number;
  example: { applicationId: string; requestedFen: number; limitFen: number };
  reasons: TextInBoth[];
  change: TextInBoth[];
}

const PAGE = 500;
/** Of reasons, and of changes: a person looks at an example here, and reads the rest where it is kept. */
const MOST_LINES = 4;
/** In the order in which an application is judged; the first that a decline bears names it. */
const DECLINES: [string, ReasonCode[]][] = [
  ['declined: nobody decided in time', ['REFERRAL_DEADLINE_PASSED']],
  ['declined by a person', ['DECLINED_BY_PERSON']],
  ['declined by affordability', ['DEBT_SERVICE_TOO_HIGH', 'RESIDUAL_INCOME_TOO_LOW', 'UNSECURED_DEBT_CAP']],
  ['declined by score', ['SCORE_BELOW_MINIMUM']],
  ['declined by the amount', ['REQUEST_BELOW_MINIMUM', 'LIMIT_BELOW_MINIMUM']],
];

export async function readOutcomes(reader: Reader, { tenantId }: { tenantId: string }): Promise<OutcomeFound[]> {
  const histories = new Map<string, DecidedApplication[]>();
  for (let afterId = 0; ; ) {
    const page = await readDecidedApplications(reader, { tenantId, afterId, limit: PAGE });
    for (const decision of page) {
      const { applicationId } = decision;
      histories.set(applicationId, [...(histories.get(applicationId) ?? []), decision]);
    }
    const last = page.at(-1);
    if (!last || page.length < PAGE)
      return outcomesOf([...histories.values()], await readWithdrawn(reader, { tenantId }));
    afterId = last.decisionId;
  }
}

/** `histories`: the decisions on each application, oldest first. */
export function outcomesOf(
  histories: readonly DecidedApplication[][],
  withdrawn: ReadonlySet<string> = new Set(),
): OutcomeFound[] {
  const found = new Map<string, OutcomeFound>();
  for (const history of histories) {
    const last = history.at(-1);
    if (!last) continue;
    const { applicationId, body, request } = last;
    const outcome = `${outcomeOf(history, last)}${withdrawn.has(applicationId) ? ', a consent withdrawn' : ''}`;
    const before = found.get(outcome);
    if (before) before.count += 1;
    else {
      const { recourse } = body;
      found.set(outcome, {
        outcome,
        count: 1,
        example: { applicationId, requestedFen: request.requestedFen, limitFen: body.limitFen },
        reasons: body.reasonCodes.map((code) => REASONS[code as ReasonCode] ?? { en: code, zh: code }),
        change: recourse ? recourseLines(recourse) : [],
      });
    }
  }
  return [...found.values()].sort((a, b) => (a.outcome < b.outcome ? -1 : 1));
}

function outcomeOf(history: readonly DecidedApplication[], { body, request }: DecidedApplication): string {
  const { outcome, reasonCodes, limitFen } = body;
  if (outcome === 'referred') return 'referred, waits';
  if (outcome === 'declined') {
    const named = DECLINES.find(([, codes]) => codes.some((code) => reasonCodes.includes(code)));
    return named?.[0] ?? 'declined by eligibility';
  }
  if (reasonCodes.includes('APPROVED_BY_PERSON')) {
    const isObjection = history.some((decision) => decision.body.basis?.decider.by === 'objection');
    return `approved by a person, after ${isObjection ? 'an objection' : 'a referral'}`;
  }
  if (history.length > 1) return 'approved by itself, once its source answered';
  return limitFen < request.requestedFen ? 'approved, cut' : 'approved as asked';
}

/** For people: a line for each outcome, and below it, in both languages, why and what would change it. */
export function linesOfOutcomes(found: readonly OutcomeFound[], { apiUrl, state }: { apiUrl: string; state: string }) {
  const width = Math.max(0, ...found.map(({ outcome }) => outcome.length));
  const both = ({ en, zh }: TextInBoth) => `${en} ${zh}`;
  const under = (word: string, texts: readonly TextInBoth[]) => {
    const left = texts.length - MOST_LINES;
    const told = texts.slice(0, MOST_LINES).map(both);
    return [...told, ...(left > 0 ? [`and ${left} more`] : [])].map(
      (line, index) => `      ${(index === 0 ? word : '').padEnd(8)}${line}`,
    );
  };
  const lines = found.flatMap(({ outcome, count, example, reasons, change }) => {
    const { applicationId, requestedFen, limitFen } = example;
    const amounts = `${formatYuan(limitFen)} of ${formatYuan(requestedFen)} CNY`;
    return [
      `  ${outcome.padEnd(width)} ${String(count).padStart(4)}  such as ${applicationId}, ${amounts}`,
      ...under('why', reasons),
      ...under('change', change),
    ];
  });
  return [
    'Applications by outcome, with why, and what would change the answer:',
    ...lines,
    `  Read one, while it runs: GET ${apiUrl}/v1/applications/ID, also from ${apiUrl}/docs`,
    `  Decide all again:        npx creditloom decisions replay --all${state}`,
  ];
}
