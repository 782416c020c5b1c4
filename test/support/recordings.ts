/**
 * The committed histories of test/histories: one for each shape that the control flow of a workflow can take. They are
 * replayed against today's code for ever, because accounts that are years old will be. recordHistories.ts makes them.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { temporal } from '@temporalio/proto';
import { type EventName, eventNames, type History as Recorded } from './replays';

const { History } = temporal.api.history.v1;

const HISTORIES = join(__dirname, '../histories');

export interface Shape {
  ends: 'completed' | 'continued' | 'waiting';
  /** Events without which it would be another shape, in this order; others may come between. */
  passes: EventName[];
  /** Words that its payloads hold: the stages and answers that are this shape. */
  says: string[];
}

const STEP = 'MARKER_RECORDED';
const SIGNAL = 'WORKFLOW_EXECUTION_SIGNALED';
const UPDATE = 'WORKFLOW_EXECUTION_UPDATE_COMPLETED';
const TIMER = 'TIMER_FIRED';
const ASKED = 'ACTIVITY_TASK_COMPLETED';

/** Shapes that the code of today makes no more, and must replay for ever. */
export const OF_BEFORE: readonly string[] = [
  'cashLoan/written-off',
  'cashLoan/kept-and-paid',
  'cashLoan/restructured',
  'revolvingAccount/written-off',
  'revolvingAccount/asked-in-turn',
  'revolvingAccount/asked-and-stuck',
];

/** By path below test/histories: the workflow's name, then the shape's. */
export const SHAPES: Record<string, Shape> = {
  'application/used-up': { ends: 'completed', passes: [STEP, STEP, UPDATE], says: ['approved', 'opened', 'accepted'] },
  'application/drawn-in-part': {
    ends: 'completed',
    passes: [STEP, STEP, UPDATE, TIMER, STEP],
    says: ['opened', 'accepted'],
  },
  'application/offer-expired': { ends: 'completed', passes: [STEP, TIMER, STEP], says: ['approved', 'expired'] },
  'application/taken-up-again': {
    ends: 'completed',
    passes: [STEP, STEP, TIMER, STEP],
    says: ['drawnFen', 'a-1 begins', 'accepted'],
  },
  'application/draw-refused': { ends: 'completed', passes: [STEP, UPDATE, TIMER, STEP], says: ['refused', 'expired'] },
  'application/declined': { ends: 'completed', passes: [STEP], says: ['declined'] },
  'application/referred-then-accepted': {
    ends: 'completed',
    passes: [STEP, STEP, UPDATE, STEP, UPDATE],
    says: ['referred', 'approve', 'opened', 'accepted'],
  },
  'application/referred-then-declined': {
    ends: 'completed',
    passes: [STEP, STEP, UPDATE],
    says: ['referred', 'DECLINED_BY_PERSON'],
  },
  'application/referral-deadline': {
    ends: 'completed',
    passes: [STEP, TIMER, STEP],
    says: ['referred', 'REFERRAL_DEADLINE_PASSED'],
  },
  // A decline by the rules stays open to an objection, which a person reviews; late, a person is called each day.
  'application/objection-not-made': {
    ends: 'completed',
    passes: [STEP, TIMER, STEP],
    says: ['objectUntilMs', 'closeApplication', 'declined'],
  },
  'application/objection-upheld': {
    ends: 'completed',
    passes: [STEP, STEP, UPDATE, STEP, UPDATE, STEP, UPDATE],
    says: ['objectUntilMs', 'in-review', 'OBJECTION', 'APPROVED_BY_PERSON', 'opened'],
  },
  'application/objection-late-and-declined': {
    ends: 'completed',
    passes: [STEP, STEP, UPDATE, TIMER, STEP, TIMER, STEP, UPDATE],
    says: ['in-review', 'OBJECTION_OVERDUE', 'DECLINED_BY_PERSON'],
  },
  // A source was down, was asked again by a timer, and what it showed was judged without a person.
  'application/sources-came': {
    ends: 'waiting',
    passes: [ASKED, STEP, TIMER, ASKED, STEP, TIMER, ASKED, STEP],
    says: ['askSource', 'FINANCIAL_SOURCE_INCOMPLETE', 'toAsk', 'approved'],
  },
  'application/sources-never-came': {
    ends: 'completed',
    passes: [ASKED, STEP, TIMER, ASKED, STEP, TIMER, STEP],
    says: ['SOURCE_DEADLINE_PASSED', 'REFERRAL_DEADLINE_PASSED', 'declined'],
  },
  'application/sources-down-and-decided': {
    ends: 'completed',
    passes: [ASKED, STEP, TIMER, ASKED, UPDATE],
    says: ['CONSUMPTION_SOURCE_INCOMPLETE', 'DECLINED_BY_PERSON'],
  },
  'cashLoan/on-time': { ends: 'completed', passes: [STEP, SIGNAL, STEP, SIGNAL, STEP], says: ['current', 'settled'] },
  'cashLoan/late-and-cured': {
    ends: 'completed',
    passes: [STEP, TIMER, STEP, TIMER, STEP, SIGNAL, STEP],
    says: ['overdue', 'settled'],
  },
  'cashLoan/written-off': {
    ends: 'completed',
    passes: [STEP, TIMER, STEP, UPDATE, UPDATE, STEP],
    says: ['write-off-review', 'same-person', 'needs-second-person', 'written-off'],
  },
  'cashLoan/kept-and-paid': {
    ends: 'completed',
    passes: [STEP, TIMER, STEP, UPDATE, SIGNAL, STEP],
    says: ['write-off-review', 'kept', 'settled'],
  },
  'cashLoan/written-off-in-the-books': {
    ends: 'completed',
    passes: [STEP, TIMER, STEP, STEP, UPDATE, STEP, UPDATE, STEP, UPDATE],
    says: ['write-off-words-in-books', 'needs-second-person', 'same-person', 'written-off'],
  },
  'cashLoan/kept-in-the-books-and-paid': {
    ends: 'completed',
    passes: [STEP, TIMER, STEP, STEP, UPDATE, STEP, UPDATE, SIGNAL, STEP],
    says: ['write-off-words-in-books', 'needs-second-person', 'kept', 'settled'],
  },
  'cashLoan/prepaid': { ends: 'completed', passes: [STEP, SIGNAL, STEP], says: ['payoff', 'settled'] },
  'cashLoan/books-out-of-reach': {
    ends: 'completed',
    passes: [STEP, SIGNAL, TIMER, STEP],
    says: ['the books are out of reach', 'settled'],
  },
  'cashLoan/clock-moved': {
    ends: 'completed',
    passes: [STEP, SIGNAL, SIGNAL, STEP],
    says: ['businessEpochMs', 'settled'],
  },
  'cashLoan/restructured': {
    ends: 'completed',
    passes: [STEP, TIMER, STEP, UPDATE, SIGNAL, STEP],
    says: ['overdue', 'rate-correction', 'restructuring', 'accepted', 'settled'],
  },
  'cashLoan/restructured-by-approval': {
    ends: 'completed',
    passes: [STEP, TIMER, STEP, UPDATE, UPDATE, UPDATE, SIGNAL, STEP],
    says: ['overdue', 'rate-correction', 'proposed', 'restructuring-approval', 'accepted', 'settled'],
  },
  'cashLoan/alive-again': {
    ends: 'completed',
    passes: [SIGNAL, STEP, TIMER, STEP, SIGNAL, STEP],
    says: ['paymentReversed', 'current', 'overdue', 'settled'],
  },
  'cashLoan/continued-first-run': { ends: 'continued', passes: [STEP, SIGNAL, STEP], says: ['resumed'] },
  'cashLoan/continued-second-run': { ends: 'completed', passes: [SIGNAL, STEP], says: ['resumed', 'settled'] },
  'revolvingAccount/paid-in-full': {
    ends: 'waiting',
    passes: [STEP, UPDATE, TIMER, STEP, SIGNAL, STEP],
    says: ['approved', 'current'],
  },
  'revolvingAccount/minimum-then-overdue-and-cured': {
    ends: 'waiting',
    passes: [STEP, UPDATE, TIMER, STEP, SIGNAL, STEP, TIMER, STEP, UPDATE, SIGNAL, STEP],
    says: ['overdue', 'ACCOUNT_OVERDUE', 'current'],
  },
  'revolvingAccount/refunded': { ends: 'waiting', passes: [STEP, UPDATE, SIGNAL, STEP], says: ['refundId'] },
  'revolvingAccount/held-and-confirmed': {
    ends: 'waiting',
    passes: [STEP, UPDATE, SIGNAL, STEP, SIGNAL, STEP, UPDATE],
    says: ['at-confirmation', 'confirmationId', 'credit-return', 'ABOVE_CREDIT'],
  },
  // Two asked under one key, when the second waited for the first one's answer.
  'revolvingAccount/asked-in-turn': {
    ends: 'waiting',
    passes: [STEP, UPDATE, STEP, UPDATE],
    says: ['approved', 'SAME_KEY_OTHER_CONTENT'],
  },
  // Three did: the answer of the one was taken by the other, and the task failed again and again.
  'revolvingAccount/asked-and-stuck': {
    ends: 'waiting',
    passes: [STEP, 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED', 'WORKFLOW_TASK_FAILED'],
    says: ['authorisePurchase', 'the answer was there a moment ago'],
  },
  'revolvingAccount/asked-together': {
    ends: 'waiting',
    passes: [STEP, UPDATE, UPDATE, UPDATE],
    says: ['asked-together', 'approved', 'SAME_KEY_OTHER_CONTENT', 'answers'],
  },
  'cashLoan/set-aside-and-taken': {
    ends: 'waiting',
    passes: [SIGNAL, STEP, SIGNAL, STEP],
    says: ['setAside', 'takeAgain', 'clocks-judged'],
  },
  'application/word-not-taken': {
    ends: 'completed',
    passes: [STEP, STEP, UPDATE, STEP, UPDATE],
    says: ['notTaken', 'staff-07', 'DECLINED_BY_PERSON'],
  },
  // Three did: the first decision could not be taken, the second one decides, and the third is refused.
  'application/decided-together': {
    ends: 'completed',
    passes: [
      'TIMER_STARTED',
      'WORKFLOW_EXECUTION_UPDATE_ACCEPTED',
      'WORKFLOW_EXECUTION_UPDATE_ACCEPTED',
      'WORKFLOW_EXECUTION_UPDATE_ACCEPTED',
      'TIMER_CANCELED',
      STEP,
      UPDATE,
      STEP,
      UPDATE,
      UPDATE,
    ],
    says: ['notTaken', 'DECLINED_BY_PERSON', 'the application is declined, not referred'],
  },
  'revolvingAccount/written-off': {
    ends: 'completed',
    passes: [STEP, UPDATE, TIMER, STEP, UPDATE, UPDATE, STEP],
    says: ['write-off-review', 'written-off'],
  },
  'revolvingAccount/written-off-in-the-books': {
    ends: 'completed',
    passes: [STEP, UPDATE, TIMER, STEP, STEP, UPDATE, STEP, UPDATE],
    says: ['write-off-words-in-books', 'needs-second-person', 'written-off'],
  },
  'revolvingAccount/continued-first-run': { ends: 'continued', passes: [STEP, UPDATE, STEP], says: ['resumed'] },
  'revolvingAccount/continued-second-run': { ends: 'waiting', passes: [STEP, UPDATE], says: ['resumed'] },
  'cashLoan/debit-settled': {
    ends: 'completed',
    passes: [STEP, UPDATE, SIGNAL, STEP],
    says: ['mandate-1', 'debitSettled', 'a-1.instalment-1.1', 'settled'],
  },
  'cashLoan/debited': {
    ends: 'completed',
    passes: [STEP, UPDATE, SIGNAL, STEP],
    says: ['mandate-1', 'debit:a-1.instalment-1.1', 'settled'],
  },
  'debitLane/rung-and-debited': {
    ends: 'waiting',
    passes: ['ACTIVITY_TASK_COMPLETED', SIGNAL, 'ACTIVITY_TASK_COMPLETED', TIMER, 'ACTIVITY_TASK_COMPLETED'],
    says: ['sweepDebits', '"settled":1'],
  },
  'debitLane/looked-by-itself': {
    ends: 'waiting',
    passes: ['ACTIVITY_TASK_COMPLETED', TIMER, 'ACTIVITY_TASK_COMPLETED'],
    says: ['lookEveryMs'],
  },
  'debitLane/rested-after-a-failure': {
    ends: 'waiting',
    passes: ['ACTIVITY_TASK_FAILED', TIMER, 'ACTIVITY_TASK_COMPLETED'],
    says: ['the rail is out of reach'],
  },
  'debitLane/continued-first-run': { ends: 'continued', passes: ['ACTIVITY_TASK_COMPLETED', TIMER], says: ['totals'] },
  'debitLane/continued-second-run': { ends: 'waiting', passes: ['ACTIVITY_TASK_COMPLETED'], says: ['totals'] },
  'endOfDay/closed-and-sealed': {
    ends: 'waiting',
    passes: [ASKED, TIMER, ASKED, ASKED, TIMER, ASKED, ASKED],
    says: ['closeEndedDates', 'sealDates', '"outcome":"succeeded"', 'sealedThrough'],
  },
  'endOfDay/waited-for-an-account': {
    ends: 'waiting',
    passes: [ASKED, TIMER, ASKED, TIMER, ASKED, ASKED],
    says: ['waitsFor', '"outcome":"succeeded"', 'sealedThrough'],
  },
  'endOfDay/waited-too-long': {
    ends: 'waiting',
    passes: [ASKED, TIMER, ASKED, TIMER, ASKED, ASKED],
    says: ['holders', 'incident-1', '"outcome":"succeeded"', 'sealedThrough'],
  },
  'endOfDay/with-differences': {
    ends: 'waiting',
    passes: [ASKED, TIMER, ASKED, ASKED],
    says: ['"outcome":"failed"', 'projection 1', 'sealedThrough'],
  },
  'endOfDay/rested-after-a-failure': {
    ends: 'waiting',
    passes: [ASKED, TIMER, 'ACTIVITY_TASK_FAILED', TIMER, ASKED, 'ACTIVITY_TASK_FAILED', TIMER, ASKED, ASKED],
    says: ['the books are out of reach', 'the chain is out of reach'],
  },
  'endOfDay/clock-moved': { ends: 'waiting', passes: [ASKED, SIGNAL, TIMER, ASKED, ASKED], says: ['businessEpochMs'] },
  'endOfDay/continued-first-run': { ends: 'continued', passes: [ASKED, TIMER, ASKED, ASKED], says: ['fromDate'] },
  'endOfDay/continued-second-run': { ends: 'waiting', passes: [ASKED], says: ['fromDate', 'closedThrough'] },
  'housekeeping/once-a-day': {
    ends: 'waiting',
    passes: ['ACTIVITY_TASK_COMPLETED', TIMER, 'ACTIVITY_TASK_COMPLETED'],
    says: ['purgeOldRows', '"requests":1'],
  },
  'housekeeping/rested-after-a-failure': {
    ends: 'waiting',
    passes: ['ACTIVITY_TASK_FAILED', TIMER, 'ACTIVITY_TASK_COMPLETED'],
    says: ['the books are out of reach'],
  },
  'housekeeping/continued-first-run': {
    ends: 'continued',
    passes: ['ACTIVITY_TASK_COMPLETED', TIMER],
    says: ['troubles'],
  },
  'housekeeping/continued-second-run': { ends: 'waiting', passes: ['ACTIVITY_TASK_COMPLETED'], says: ['troubles'] },
  'incident/resumed-by-two-and-reviewed': {
    ends: 'completed',
    passes: [STEP, UPDATE, UPDATE, UPDATE, UPDATE, UPDATE, STEP, UPDATE],
    says: ['staff-01', 'needs-second-person', 'same-person', 'changeMeasures', 'resumed', 'reviewed'],
  },
  'incident/deadlines-missed': {
    ends: 'completed',
    passes: [STEP, TIMER, STEP, UPDATE, TIMER, STEP, UPDATE, TIMER, STEP, UPDATE],
    says: ['acknowledge/1', 'mitigate/1', 'appeal/1/ap-1', 'appeals-wait', 'review/1'],
  },
  'incident/continued-first-run': { ends: 'continued', passes: [STEP, UPDATE, STEP], says: ['noted'] },
  'incident/continued-second-run': { ends: 'waiting', passes: [STEP, UPDATE], says: ['acknowledged'] },
  'templateReview/registered-and-retired': {
    ends: 'completed',
    passes: [STEP, UPDATE, STEP, UPDATE, ASKED, STEP, TIMER, ASKED, STEP, UPDATE],
    says: ['author', 'registering', 'waits for fake-cloud', 'active', 'retired'],
  },
  'templateReview/superseded': {
    ends: 'completed',
    passes: [STEP, STEP, UPDATE, ASKED, STEP, SIGNAL, STEP],
    says: ['templateSuperseded', 'superseded'],
  },
  'templateReview/took-its-place': {
    ends: 'waiting',
    passes: [STEP, STEP, UPDATE, ASKED, STEP, 'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED'],
    says: ['supersededVersion', 'active'],
  },
  'templateReview/checks-refused': { ends: 'completed', passes: [STEP], says: ['THREAT', 'rejected'] },
  'templateReview/deadline-passed': {
    ends: 'completed',
    passes: [STEP, TIMER, STEP],
    says: ['in-review', 'nobody decided in time'],
  },
  'templateReview/provider-refused': {
    ends: 'completed',
    passes: [STEP, STEP, UPDATE, ASKED, STEP],
    says: ['fake-cloud refused it'],
  },
  'templateReview/continued-first-run': {
    ends: 'continued',
    passes: [STEP, STEP, UPDATE, ASKED, STEP, TIMER, ASKED],
    says: ['waits for fake-cloud', 'polls'],
  },
  'templateReview/continued-second-run': { ends: 'waiting', passes: [STEP, ASKED, STEP], says: ['polls'] },
  'noticeLane/rung': {
    ends: 'waiting',
    passes: ['ACTIVITY_TASK_COMPLETED', SIGNAL, 'ACTIVITY_TASK_COMPLETED'],
    says: ['sent'],
  },
  'noticeLane/looked-by-itself': {
    ends: 'waiting',
    passes: ['ACTIVITY_TASK_COMPLETED', TIMER, 'ACTIVITY_TASK_COMPLETED'],
    says: ['lookEveryMs'],
  },
  'noticeLane/rested-after-a-failure': {
    ends: 'waiting',
    passes: ['ACTIVITY_TASK_FAILED', TIMER, 'ACTIVITY_TASK_COMPLETED'],
    says: ['the provider is out of reach'],
  },
  'noticeLane/continued-first-run': { ends: 'continued', passes: ['ACTIVITY_TASK_COMPLETED', TIMER], says: ['totals'] },
  'noticeLane/continued-second-run': { ends: 'waiting', passes: ['ACTIVITY_TASK_COMPLETED'], says: ['totals'] },
};

/** What a history lacks of its shape; empty when it has it. */
export function missingOf(shape: Shape, history: Recorded): string[] {
  const names = eventNames(history);
  const ends =
    names
      .at(-1)
      ?.match(/^WORKFLOW_EXECUTION_(COMPLETED|CONTINUED)/)?.[1]
      ?.toLowerCase() ?? 'waiting';
  const missing = ends === shape.ends ? [] : [`it is ${ends}, not ${shape.ends}`];
  let from = 0;
  for (const event of shape.passes) {
    const found = names.indexOf(event, from);
    if (found < 0) missing.push(`no ${event} where the shape has one`);
    else from = found + 1;
  }
  const text = JSON.stringify(readable(plain(history)));
  return [...missing, ...shape.says.filter((word) => !text.includes(word)).map((word) => `"${word}" is not in it`)];
}

export function recordingNames(): string[] {
  return readdirSync(HISTORIES, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map(({ parentPath, name }) =>
      relative(HISTORIES, join(parentPath, name)).split(sep).join('/').replace('.json', ''),
    )
    .sort();
}

export function readRecording(name: string): Recorded {
  return History.fromObject(standard(JSON.parse(readFileSync(fileOf(name), 'utf8'))) as Json);
}

/** One event a line, so that a change of a history can be read as a difference. */
export function writeRecording(name: string, history: Recorded): void {
  const { events } = readable(plain(history)) as { events: unknown[] };
  mkdirSync(dirname(fileOf(name)), { recursive: true });
  writeFileSync(fileOf(name), `{"events":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}\n`);
}

export function fileOf(name: string): string {
  return join(HISTORIES, `${name}.json`);
}

type Json = Record<string, unknown>;

/** Not the SDK's `historyToJSON`: it needs one copy of protobufjs in the whole tree, which npm does not promise. */
function plain(history: Recorded): Json {
  return History.toObject(History.fromObject(history), { enums: String, longs: String, bytes: String });
}

/** Payloads as the JSON that they hold; who ran it, where and from what build as no machine's: replay reads none. */
function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (value === null || typeof value !== 'object') return value;
  const { metadata, data } = value as { metadata?: Record<string, string>; data?: string };
  if (metadata?.encoding === PLAIN && data !== undefined) {
    const text = fromBase64(data);
    const json: unknown = JSON.parse(text);
    const { encoding: _, ...others } = metadata;
    if (JSON.stringify(json) === text && Object.keys(others).length === 0) return { json };
    if (JSON.stringify(json) === text) return { json, metadata: recoded(others, fromBase64) };
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, other(key, part) ?? readable(part)]));
}

const toBase64 = (text: string) => Buffer.from(text).toString('base64');
const fromBase64 = (base64: string) => Buffer.from(base64, 'base64').toString();
const PLAIN = toBase64('json/plain');

function recoded(metadata: Record<string, string>, recode: (text: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([key, text]) => [key, recode(text)]));
}

/** What is written otherwise than it came, by its key. */
function other(key: string, value: unknown): string | undefined {
  if (key === 'eventTime') return isoTime(value as Timestamp);
  if (key === 'stackTrace') return '';
  if (key === 'binaryChecksum') return 'test';
  if (key === 'identity') return 'worker@test';
  // A worker's own queue carries its identity.
  if (key === 'name' && typeof value === 'string' && /^\d+@/.test(value)) return 'worker@test-sticky';
  return undefined;
}

interface Timestamp {
  seconds?: string;
  nanos?: number;
}

/** To the millisecond, which is what a workflow sees of time. */
function isoTime({ seconds = '0', nanos = 0 }: Timestamp): string {
  return new Date(Number(seconds) * 1000 + Math.floor(nanos / 1e6)).toISOString();
}

function timestamp(iso: string): Timestamp {
  const ms = Date.parse(iso);
  return { seconds: String(Math.floor(ms / 1000)), nanos: (ms % 1000) * 1e6 };
}

/** What protobuf takes, from the readable form. */
function standard(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(standard);
  if (value === null || typeof value !== 'object') return value;
  if ('json' in value) {
    const { json, metadata } = value as { json: unknown; metadata?: Record<string, string> };
    const data = toBase64(JSON.stringify(json));
    return { metadata: { encoding: PLAIN, ...recoded(metadata ?? {}, toBase64) }, data };
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, key === 'eventTime' ? timestamp(part) : standard(part)]),
  );
}
