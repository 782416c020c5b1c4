/** Attacks on notices, each with ways to do it more quietly. `plant` puts one in a day; nothing here knows the guard. */

import type { NoticeKind } from '../../../policy/lendingPolicy';
import type { Random } from '../../../values/random';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../values/timeUnits';
import { promiseOf } from '../../outbox/notices';
import type { GuardRule } from '../anomalyGuard';
import type { GuardedDay } from './guardedDay';
import { simulatedWordingHash } from './guardedDay';
import { drawNotice, SHAPES, type SimulatedNotice } from './simulatedNotices';

export interface Attack {
  name: string;
  variant: string;
  /** One that the issue lists; the others are ours. */
  isListed: boolean;
  /** What catches it; without it a small one goes through. */
  rule: GuardRule;
  /** `size`: of messages or checks, where the attacker has a choice. */
  plant(day: GuardedDay, random: Random, size: number): void;
}

export const USUAL_SIZE = 300;
/** Numbers of invented accounts beyond those of the day. */
const STRANGERS = 5_000_000;

/** Puts the wording in place of the active one while there is still something to send of its kind. */
function replaceWording(
  day: GuardedDay,
  random: Random,
  change: (body: string) => string,
  review: 'old' | 'none' | 'own' | 'forged',
): void {
  const kind = random.pick(onFirstDay(day).filter(({ sendAtMs }) => sendAtMs > day.day.startMs + 9 * HOUR_MS)).kind;
  const lastMs = Math.max(
    ...onFirstDay(day)
      .filter((each) => each.kind === kind)
      .map(({ sendAtMs }) => sendAtMs),
  );
  const atMs = random.between(day.day.startMs, lastMs);
  day.at(atMs, () => {
    const active = day.templates.get(kind);
    if (!active) return;
    const body = change(active.body);
    const hash = simulatedWordingHash(body, active.signature);
    const approvedHash = { old: active.approvedHash, none: null, own: hash, forged: hash }[review];
    const submittedBy = review === 'own' ? active.approvedBy : active.submittedBy;
    day.templates.set(kind, { ...active, body, wordingHash: hash, approvedHash, submittedBy });
  });
}

function onFirstDay({ planned, day }: GuardedDay): SimulatedNotice[] {
  return planned.filter(({ sendAtMs }) => sendAtMs < day.startMs + DAY_MS);
}

/** Another character in a random place of the fixed text. */
function oneCharacter(random: Random): (body: string) => string {
  return (body) => {
    const places = [...body.matchAll(/[\u4e00-\u9fff](?![^{]*\})/g)].map(({ index }) => index);
    const place = random.pick(places);
    return `${body.slice(0, place)}${body[place] === '末' ? '未' : '末'}${body.slice(place + 1)}`;
  };
}

/** Changes the text of a share of the day's notices after they were rendered. */
function tamperShare(day: GuardedDay, random: Random, change: (text: string) => string, size: number): void {
  const withAmount = onFirstDay(day).filter(({ kind }) => kind !== 'account-settled');
  const share = Math.min(1, size < USUAL_SIZE ? size / withAmount.length : 0.02 + random.next());
  for (const notice of withAmount) if (random.chance(share)) notice.tamper = change;
}

function amountChange(change: (digits: string) => string): (text: string) => string {
  return (text) => text.replace(/[\d,]+\.\d{2}(?=元)/, (amount) => change(amount));
}

function lastDigit(amount: string, step: number): string {
  return amount.slice(0, -1) + ((Number(amount.at(-1)) + step) % 10);
}

/** The batch again, as renewed promises or under keys of the attacker's own. */
function replay(
  day: GuardedDay,
  random: Random,
  { of, keys }: { of: 'yesterday' | 'today'; keys: 'renewed' | 'own' },
  size: number,
): void {
  const atMs = day.day.startMs + random.between(of === 'today' ? 14 * 60 : 9 * 60, 20 * 60) * MINUTE_MS;
  // Of today only what has been sent by then, and is due on the same day: then all but the promise is in order.
  const source =
    of === 'yesterday' ? day.day.yesterday : day.planned.filter(({ sendAtMs }) => sendAtMs < atMs - 3 * HOUR_MS);
  source.slice(0, size).forEach((notice, index) => {
    const dedupeKey = keys === 'renewed' ? `${promiseOf(notice.dedupeKey)}#2` : `${notice.dedupeKey}/again-${index}`;
    day.add({ ...copyOf(notice, `replayed-${index}`), dedupeKey, sendAtMs: atMs + index * 1000 });
  });
}

function copyOf(notice: SimulatedNotice, noticeId: string): SimulatedNotice {
  return { ...notice, noticeId, isAttack: true };
}

/** Notices to strangers by whoever holds a key of ours: true in form and figures. */
function sendByKey(
  day: GuardedDay,
  random: Random,
  { atMinute, everyMs, kinds }: { atMinute: number; everyMs: number; kinds?: readonly NoticeKind[] },
  size: number,
): void {
  const shapes = SHAPES.filter(({ kind }) => kinds === undefined || kinds.includes(kind));
  const atMs = day.day.startMs + atMinute * MINUTE_MS;
  for (let index = 0; index < size; index += 1) {
    const notice = drawNotice(random, random.pick(shapes), day.day.date, STRANGERS + index);
    day.add({ ...notice, isAttack: true, sendAtMs: atMs + index * everyMs });
  }
}

function lieFrom(day: GuardedDay, random: Random, minute: number): void {
  const carrier = random.pick(day.carriers);
  carrier.liesFromMs = day.day.startMs + minute * MINUTE_MS;
  day.isUnit = (_, by, atMs) => by === carrier && carrier.lies(atMs);
}

const LATIN_A = '\u0430';

export const ATTACKS: readonly Attack[] = [
  template('a link, by SQL', 'template', (day, random) =>
    replaceWording(day, random, (body) => `${body}详情 dk-hk.example/p`, 'old'),
  ),
  template('one character, by SQL', 'template', (day, random) =>
    replaceWording(day, random, oneCharacter(random), 'old'),
  ),
  template('new version without review', 'template', (day, random) =>
    replaceWording(day, random, (body) => `${body}逾期将上门。`, 'none'),
  ),
  template('reviewed by its author', 'template', (day, random) =>
    replaceWording(day, random, oneCharacter(random), 'own'),
  ),
  template('look-alike link, review forged', 'foreign', (day, random) =>
    replaceWording(day, random, (body) => `${body}请登录p${LATIN_A}y 点 c n 处理。`, 'forged'),
  ),
  template('number in full-width digits, review forged', 'foreign', (day, random) =>
    replaceWording(day, random, (body) => `${body}致电１３８－００００－００００。`, 'forged'),
  ),
  batch('yesterday, as renewed promises', 'promise', 'yesterday', 'renewed'),
  batch('yesterday, under keys of its own', 'schedule', 'yesterday', 'own'),
  batch('this morning again', 'promise', 'today', 'renewed'),
  amount('off by one fen', (text) => amountChange((digits) => lastDigit(digits, 1))(text)),
  amount('one digit', (text) => amountChange((digits) => `${(Number(digits[0]) % 9) + 1}${digits.slice(1)}`)(text)),
  amount('point moved', (text) => amountChange((digits) => `${digits.replace('.', '')}.00`)(text)),
  { ...amount('full-width digits', (text) => text.replace(/\d(?=\d?元)/, '９')), rule: 'text' },
  { ...amount('hidden sign inside', (text) => text.replace(/\.(?=\d\d元)/, '\u200b.')), rule: 'text' },
  key('03:00, a batch', 'hours', { atMinute: 180, everyMs: 200 }),
  key('03:00, slowly', 'hours', { atMinute: 180, everyMs: 45_000 }),
  key('by day, a batch', 'volume', { atMinute: 14 * 60, everyMs: 200, kinds: ['loan-disbursed'] }),
  key('by day, slowly', 'volume', { atMinute: 11 * 60, everyMs: 90_000, kinds: ['due-soon'] }),
  key('by day, of every kind', 'volume', { atMinute: 17 * 60, everyMs: 30_000 }),
  liar('from the first message', () => 0),
  liar('in the middle of the day', (random) => random.between(9 * 60, 20 * 60)),
  liar('in the morning rush', (random) => random.between(600, 606)),
  {
    name: 'receipts turn to failures',
    variant: 'half to all',
    isListed: false,
    rule: 'receipt-failures',
    plant(day, random) {
      const carrier = random.pick(day.carriers);
      const atMs = day.day.startMs + random.between(480, 960) * MINUTE_MS;
      carrier.failsFrom = { atMs, share: 0.5 + random.next() / 2 };
      day.isUnit = (_, by, sentAtMs) => by === carrier && sentAtMs >= atMs;
    },
  },
  {
    name: 'one phone flooded',
    variant: 'phones changed in the vault',
    isListed: false,
    rule: 'recipient',
    plant(day, random, size) {
      const victim = random.pick(onFirstDay(day)).recipient;
      const chosen = onFirstDay(day)
        .filter(() => random.chance(0.3))
        .slice(0, size);
      for (const notice of chosen) {
        notice.recipient = victim;
        notice.isAttack = true;
      }
    },
  },
  {
    name: 'phishing from outside',
    variant: 'codes that fail',
    isListed: false,
    rule: 'code-checks',
    plant: (day, random, size) =>
      trickle(day, random, size, (atMs) => {
        day.failedChecksAtMs.push(atMs);
      }),
  },
  {
    name: 'key of a provider stolen',
    variant: 'receipts of strangers',
    isListed: false,
    rule: 'foreign-receipts',
    plant: (day, random, size) => {
      const carrier = random.pick(day.carriers);
      trickle(day, random, size, () => {
        carrier.foreignReceipts += 1;
      });
    },
  },
];

/** One after the other until the guard says so. */
function trickle(day: GuardedDay, random: Random, size: number, act: (atMs: number) => void): void {
  const startMs = day.day.startMs + random.between(480, 1080) * MINUTE_MS;
  for (let index = 0; index < size; index += 1) {
    const atMs = startMs + index * 40_000;
    day.at(atMs, () => {
      if (day.isAlarmed) return;
      act(atMs);
      day.countUnit(atMs);
    });
  }
}

function template(variant: string, rule: GuardRule, plant: Attack['plant']): Attack {
  return { name: 'rogue template', variant, isListed: true, rule, plant };
}

function batch(variant: string, rule: GuardRule, of: 'yesterday' | 'today', keys: 'renewed' | 'own'): Attack {
  const plant: Attack['plant'] = (day, random, size) => replay(day, random, { of, keys }, size);
  return { name: 'replayed batch', variant, isListed: true, rule, plant };
}

function amount(variant: string, change: (text: string) => string): Attack {
  const plant: Attack['plant'] = (day, random, size) => tamperShare(day, random, change, size);
  return { name: 'tampered amount', variant, isListed: true, rule: 'figures', plant };
}

function key(variant: string, rule: GuardRule, how: Parameters<typeof sendByKey>[2]): Attack {
  const plant: Attack['plant'] = (day, random, size) => sendByKey(day, random, how, size);
  return { name: 'stolen key', variant, isListed: true, rule, plant };
}

function liar(variant: string, minuteOf: (random: Random) => number): Attack {
  const plant: Attack['plant'] = (day, random) => lieFrom(day, random, minuteOf(random));
  return { name: 'false success', variant, isListed: true, rule: 'receipt-silence', plant };
}
