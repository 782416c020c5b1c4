/** The speed of notices: through all of ours against what the gateway reaches alone, and a claim in a full outbox. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../../../platform/provision';
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
  /** With receipts on disk, as for the notices. */
  kannelPerSecond: number;
  kannelInMemoryPerSecond: number;
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
    const kannels = await startKannels(options.report);
    try {
      return await Promise.race([measure(database, kannels, options), interrupted]);
    } finally {
      await stopKannels(kannels);
    }
  } finally {
    await database.stop();
  }
}

interface Kannels {
  durable: Kannel;
  /** The same but for its receipts: what durability costs it is seen, and belongs to no goal. */
  inMemory: Kannel;
}

/** Undefined, and told why, when it is not installed. */
async function startKannels(report: Report): Promise<Kannels | undefined> {
  try {
    findKannel();
  } catch (error) {
    report(`notices: ${error instanceof Error ? error.message : HOW_TO_GET}`);
    return undefined;
  }
  const durable = await Kannel.start({ carrier: { kind: 'fakesmsc' } });
  try {
    return { durable, inMemory: await Kannel.start({ carrier: { kind: 'fakesmsc' }, receiptsIn: 'memory' }) };
  } catch (error) {
    await durable.stop();
    throw error;
  }
}

async function stopKannels(kannels: Kannels | undefined): Promise<void> {
  await kannels?.inMemory.stop();
  await kannels?.durable.stop();
}

async function measure(database: Database, kannels: Kannels | undefined, options: NoticesOptions): Promise<Measured> {
  const { report, planned, notices } = options;
  const sending = sendingOf(kannels ? await measureSending(database, kannels, options) : []);
  const claims = claimsOf(await measureClaims(database, { planned, report }), planned);
  return {
    machine: {
      ...(await describeDatabase(database.pool)),
      ...(kannels && { kannel: await kannels.durable.version() }),
    },
    load: { notices, noticeLanes: LANES, noticesPlanned: planned },
    figures: { ...sending.figures, ...claims.figures },
    goals: [sending.goal, claims.goal],
  };
}

async function measureSending(
  database: Database,
  { durable, inMemory }: Kannels,
  { repetitions, notices: count, report }: NoticesOptions,
): Promise<NoticesMeasured[]> {
  const due = await DueNotices.start(database, durable.sendsmsUrl);
  const ours = () => reachingCarrier(durable, count, () => due.measure(count));
  // The texts that ours had in their last turn, to the same phones.
  const alone = (kannel: Kannel) =>
    reachingCarrier(kannel, count, () => measureKannelAlone(kannel.sendsmsUrl, due.sent));
  const measured: NoticesMeasured[] = [];
  try {
    // Number 0 warms up. Who goes first changes.
    for (let number = 0; number <= repetitions; number++) {
      let kannelPerSecond = number % 2 === 1 ? await alone(durable) : 0;
      const noticesPerSecond = await ours();
      if (number % 2 === 0) kannelPerSecond = await alone(durable);
      const kannelInMemoryPerSecond = await alone(inMemory);
      const words = number === 0 ? 'warm-up' : `repetition ${number} of ${repetitions}`;
      const rates = [noticesPerSecond, kannelPerSecond, kannelInMemoryPerSecond].map((rate) => rate.toFixed(1));
      report(`notices, ${words}: ${rates[0]}/s, Kannel alone ${rates[1]}/s, with receipts in memory ${rates[2]}/s`);
      if (number > 0) measured.push({ noticesPerSecond, kannelPerSecond, kannelInMemoryPerSecond });
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
      kannelInMemoryPerSecond: spreadOf(measured.map((each) => each.kannelInMemoryPerSecond)),
      noticesToKannel,
      noticesToKannelInMemory: spreadOf(measured.map((each) => each.noticesPerSecond / each.kannelInMemoryPerSecond)),
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
