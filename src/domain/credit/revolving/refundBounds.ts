/**
 * What goes back for goods is bounded by what was bought: of each purchase, and on the account on every date
 * (docs/ledger.md, "What bounds a refund"). Judged when a refund arrives; facts that are on record stay as they are.
 */

import type { IsoDate } from '../../values/calendar';
import type { Fen } from '../../values/money';
import type { ToldFact } from '../factKinds';
import { type ReferenceFault, referenceFault } from '../references';

/** What the bounds are made of, with the date that each counts from; that of billing changes nothing here. */
export type Goods = Extract<ToldFact, { kind: 'purchased' | 'confirmed' | 'refunded' }>;

type RefundRefusal = ReferenceFault | 'REFUND_ABOVE_PURCHASES';

export type RefundVerdict =
  | { refusal: RefundRefusal }
  /** The first date, from its own on, from which the purchases cover it. */
  | { valueDate: IsoDate };

const ORDER = { purchased: 0, confirmed: 1, refunded: 2 } as const satisfies Record<Goods['kind'], number>;

export function isGoods<Each extends { kind: string }>(fact: Each): fact is Extract<Each, { kind: Goods['kind'] }> {
  return Object.hasOwn(ORDER, fact.kind);
}

/** `goods`: all purchases, confirmations and refunds of the account that came before. */
export function judgeRefund(refund: Extract<Goods, { kind: 'refunded' }>, goods: readonly Goods[]): RefundVerdict {
  const fault = referenceFault(refund, goods);
  if (fault) return { refusal: fault };
  const before = roomsOf(goods);
  const isCovered = (valueDate: IsoDate) => leavesRoom(before, roomsOf([...goods, { ...refund, valueDate }]));
  const dates = goods.flatMap(({ kind, valueDate }) =>
    kind !== 'refunded' && valueDate > refund.valueDate ? [valueDate] : [],
  );
  const candidates = [refund.valueDate, ...new Set(dates.sort())];
  // The later the date, the less it must be covered on: what the last one does not carry, none does.
  const last = candidates.at(-1);
  if (last === undefined || !isCovered(last)) return { refusal: 'REFUND_ABOVE_PURCHASES' };
  return { valueDate: candidates.find(isCovered) ?? last };
}

/** By how much more was refunded than bought, in all and of single purchases; nothing where the bounds hold. */
export interface RefundExcess {
  refundedFen: Fen;
  purchasedFen: Fen;
  excessFen: Fen;
}

/** Undefined where no more was refunded than bought. A hold that was released is on neither side. */
export function refundExcessOf(goods: readonly Goods[]): RefundExcess | undefined {
  const sums = { purchasedFen: 0, refundedFen: 0 };
  const held = new Map<string, Fen>();
  for (const fact of [...goods].sort(compareGoods)) {
    const { postedFen, refundedFen } = effectOf(fact, held);
    sums.purchasedFen += postedFen;
    sums.refundedFen += refundedFen;
  }
  const excessFen = Math.max(sums.refundedFen - sums.purchasedFen, excessOfPurchases(goods));
  return excessFen > 0 ? { ...sums, excessFen } : undefined;
}

/** Sum over the purchases that refunds name, known or not, of what was refunded above them. */
function excessOfPurchases(goods: readonly Goods[]): Fen {
  const boughtFen = new Map(goods.flatMap((fact) => (fact.kind === 'purchased' ? [[fact.key, fact.amountFen]] : [])));
  const refundedFen = new Map<string, Fen>();
  for (const fact of goods) {
    if (fact.kind !== 'refunded' || fact.purchaseKey === undefined) continue;
    refundedFen.set(fact.purchaseKey, (refundedFen.get(fact.purchaseKey) ?? 0) + fact.amountFen);
  }
  return [...refundedFen].reduce((sum, [key, fen]) => sum + Math.max(0, fen - (boughtFen.get(key) ?? 0)), 0);
}

interface Room {
  date: IsoDate;
  /** Bought and posted, and not refunded, at the end of the date; below 0 only of lives from before the bounds. */
  roomFen: Fen;
}

function roomsOf(goods: readonly Goods[]): Room[] {
  const rooms: Room[] = [];
  const held = new Map<string, Fen>();
  let roomFen = 0;
  for (const fact of [...goods].sort(compareGoods)) {
    const { postedFen, refundedFen } = effectOf(fact, held);
    roomFen += postedFen - refundedFen;
    const last = rooms.at(-1);
    if (last?.date === fact.valueDate) last.roomFen = roomFen;
    else rooms.push({ date: fact.valueDate, roomFen });
  }
  return rooms;
}

/** Whether there is room on every date after it, or no less than there was before. Both lists are by date. */
function leavesRoom(before: readonly Room[], after: readonly Room[]): boolean {
  let next = 0;
  let beforeFen = 0;
  return after.every(({ date, roomFen }) => {
    for (let room = before[next]; room && room.date <= date; room = before[next]) {
      beforeFen = room.roomFen;
      next += 1;
    }
    return roomFen >= Math.min(0, beforeFen);
  });
}

/** What is held was never posted: a refund that names it takes of the hold first. */
function effectOf(fact: Goods, held: Map<string, Fen>): { postedFen: Fen; refundedFen: Fen } {
  switch (fact.kind) {
    case 'purchased':
      if (!fact.awaitsConfirmation) return { postedFen: fact.amountFen, refundedFen: 0 };
      held.set(fact.key, fact.amountFen);
      return { postedFen: 0, refundedFen: 0 };
    case 'confirmed': {
      const postedFen = held.get(fact.purchaseKey) ?? 0;
      held.delete(fact.purchaseKey);
      return { postedFen, refundedFen: 0 };
    }
    case 'refunded': {
      const { purchaseKey = '', amountFen } = fact;
      const heldFen = held.get(purchaseKey) ?? 0;
      const releasedFen = Math.min(heldFen, amountFen);
      if (releasedFen > 0) held.set(purchaseKey, heldFen - releasedFen);
      return { postedFen: 0, refundedFen: amountFen - releasedFen };
    }
  }
}

function compareGoods(first: Goods, second: Goods): number {
  if (first.valueDate !== second.valueDate) return first.valueDate < second.valueDate ? -1 : 1;
  const order = ORDER[first.kind] - ORDER[second.kind];
  return order !== 0 ? order : first.key < second.key ? -1 : 1;
}
