/** The speed of notices: through all of ours against what the gateway reaches alone, and a claim in a full outbox. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../../provision';
import { describeDatabase } from '../machine';
import { atLeast, atMost, type Goal, type Measured, notMeasured } from '../result';
import { type Database, type ServersOptions, startDatabase } from '../servers';
import { spreadOf } from '../statistics';
import { type Claims, FEW_PLANNED, measureClaims } from './claims';
import { DueNotices, LANES } from './dueNotices';
import { findKannel, Kannel } from './kannel';
import { measureKannelAlone } from './kannelAlone';

export interface NoticesOptions extends ServersOptions {
  repetitions: number;
  /** Notices of a repetition, and messages of Kannel alone. */
  notices: number;
  /** Planned notices in the full outbox. */
  planned: number;
}

export interface NoticesMeasured {
  kannelPerSecond: number;
  noticesPerSecond: number;
}

const NOTICES_TO_KANNEL = 0.5;
const MANY_TO_FEW = 1.3;
const NOTICES_GOAL = 'notices from the due row to the final receipt to messages of Kannel alone';
const HOW_TO_GET = 'Kannel was not found: install the Debian packages kannel and kannel-extras';
const LOG_WITHIN_MS = 5_000;

/** Rejects with the reason when `interrupted` does; what it started is stopped in every case. */
export async function measureNotices(options: NoticesOptions, interrupted: Promise<never>): Promise<Measured> {
  const database = await startDatabase(options);
  try {
    const kannel = await startKannel(options.report);
    try {
      return await Promise.race([measure(database, kannel, options), interrupted]);
    } finally {
      await kannel?.stop();
    }
  } finally {
    await database.stop();
  }
}

/** Undefined, and told why, when it is not installed. */
async function startKannel(report: Report): Promise<Kannel | undefined> {
  try {
    findKannel();
  } catch (error) {
    report(`notices: ${error instanceof Error ? error.message : HOW_TO_GET}`);
    return undefined;
  }
  return Kannel.start({ carrier: { kind: 'fakesmsc' } });
}

async function measure(database: Database, kannel: Kannel | undefined, options: NoticesOptions): Promise<Measured> {
  const { report, planned, notices } = options;
  const sending = sendingOf(kannel ? await measureSending(database, kannel, options) : []);
  const claims = claimsOf(await measureClaims(database, { planned, report }), planned);
  return {
    machine: { ...(await describeDatabase(database.pool)), ...(kannel && { kannel: await kannel.version() }) },
    load: { notices, noticeLanes: LANES, noticesPlanned: planned },
    figures: { ...sending.figures, ...claims.figures },
    goals: [sending.goal, claims.goal],
  };
}

async function measureSending(
  database: Database,
  kannel: Kannel,
  { repetitions, notices: count, report }: NoticesOptions,
): Promise<NoticesMeasured[]> {
  const due = await DueNotices.start(database, kannel.sendsmsUrl);
  const ours = () => reachingCarrier(kannel, count, () => due.measure(count));
  // The texts that ours had in their last turn, to the same phones.
  const alone = () => reachingCarrier(kannel, count, () => measureKannelAlone(kannel.sendsmsUrl, due.sent));
  const measured: NoticesMeasured[] = [];
  try {
    // Number 0 warms up. Who goes first changes.
    for (let number = 0; number <= repetitions; number++) {
      let kannelPerSecond = number % 2 === 1 ? await alone() : 0;
      const noticesPerSecond = await ours();
      if (number % 2 === 0) kannelPerSecond = await alone();
      const words = number === 0 ? 'warm-up' : `repetition ${number} of ${repetitions}`;
      const rates = `notices ${noticesPerSecond.toFixed(1)}/s, Kannel alone ${kannelPerSecond.toFixed(1)}/s`;
      report(`notices, ${words}: ${rates}`);
      if (number > 0) measured.push({ noticesPerSecond, kannelPerSecond });
    }
    return measured;
  } finally {
    await due.stop();
  }
}

/** Throws unless just so many messages have reached the carrier meanwhile. */
async function reachingCarrier(kannel: Kannel, count: number, work: () => Promise<number>): Promise<number> {
  const before = kannel.messagesAtFakesmsc();
  const perSecond = await work();
  const giveUpAtMs = Date.now() + LOG_WITHIN_MS;
  while (kannel.messagesAtFakesmsc() - before < count && Date.now() < giveUpAtMs) await sleep(50);
  const reached = kannel.messagesAtFakesmsc() - before;
  if (reached !== count) throw new Error(`${reached} messages have reached the carrier for ${count} notices`);
  return perSecond;
}

/** Figures and goal of the notices; without Kannel there is neither, and none is made up. */
export function sendingOf(measured: readonly NoticesMeasured[]): { figures: Measured['figures']; goal: Goal } {
  if (measured.length === 0) {
    return { figures: {}, goal: notMeasured(NOTICES_GOAL, `at least ${NOTICES_TO_KANNEL}`, HOW_TO_GET) };
  }
  const noticesToKannel = spreadOf(measured.map((each) => each.noticesPerSecond / each.kannelPerSecond));
  return {
    figures: {
      noticesPerSecond: spreadOf(measured.map((each) => each.noticesPerSecond)),
      kannelPerSecond: spreadOf(measured.map((each) => each.kannelPerSecond)),
      noticesToKannel,
    },
    goal: atLeast(NOTICES_GOAL, noticesToKannel.median, NOTICES_TO_KANNEL),
  };
}

/** Figures and goal of the claims, by their medians. */
export function claimsOf({ fewMs, manyMs }: Claims, planned: number): { figures: Measured['figures']; goal: Goal } {
  const [few, many] = [spreadOf(fewMs), spreadOf(manyMs)];
  const ratio = many.median / few.median;
  return {
    figures: { claimAmongFewMs: few, claimAmongManyMs: many, manyPlannedToFew: spreadOf([ratio]) },
    goal: atMost(
      `claim of 50 due notices with ${planned} others planned to one with ${FEW_PLANNED}`,
      ratio,
      MANY_TO_FEW,
    ),
  };
}
