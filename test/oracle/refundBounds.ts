/**
 * A second reckoning of what bounds a refund, from docs/ledger.md alone ("What bounds a refund"): each purchase by
 * itself, and the account day by day. No code of the first one is used.
 */

interface Bought {
  id: string;
  fen: number;
  /** Days are whole numbers. */
  day: number;
  /** It waits for its confirmation; `confirmedOn` is the day of that, absent: never. */
  isHeld: boolean;
  confirmedOn?: number | undefined;
}

export interface GivenBack {
  fen: number;
  day: number;
  /** Id of the purchase that it names. */
  of?: string | undefined;
}

export interface Shop {
  bought: Bought[];
  givenBack: GivenBack[];
}

/** The day from which the refund counts, or the code with which it is refused. */
export function refundDayOf(asked: GivenBack, shop: Shop): number | string {
  const named = shop.bought.find(({ id }) => id === asked.of);
  if (asked.of !== undefined && !named) return 'UNKNOWN_PURCHASE';
  if (named && sumOf(shop.givenBack.filter(({ of }) => of === named.id)) + asked.fen > named.fen) {
    return 'REFUND_ABOVE_PURCHASE';
  }
  const lastDay = Math.max(asked.day, ...shop.bought.flatMap(({ day, confirmedOn }) => [day, confirmedOn ?? day]));
  for (let day = asked.day; day <= lastDay; day++) {
    const withIt = { ...shop, givenBack: [...shop.givenBack, { ...asked, day }] };
    let isCovered = true;
    for (let each = day; each <= lastDay || each <= furthestDay(shop); each++) {
      const left = leftOn(each, withIt);
      if (left < 0 && left < leftOn(each, shop)) isCovered = false;
    }
    if (isCovered) return day;
  }
  return 'REFUND_ABOVE_PURCHASES';
}

/** What was bought and posted by the end of a day, less what was refunded of it by then. */
export function leftOn(day: number, { bought, givenBack }: Shop): number {
  const ofHolds = bought.reduce((sum, purchase) => sum + ofHold(purchase, day, givenBack), 0);
  const posted = bought.filter((each) => postingDay(each) <= day);
  return sumOf(posted) + ofHolds - sumOf(givenBack.filter((each) => each.day <= day));
}

/** What refunds took of a hold goes off both sides: it is not posted at the confirmation, and was no debt before. */
function ofHold(purchase: Bought, day: number, givenBack: readonly GivenBack[]): number {
  if (!purchase.isHeld) return 0;
  const released = givenBack.filter(
    (each) => each.of === purchase.id && each.day >= purchase.day && each.day < postingDay(purchase) && each.day <= day,
  );
  const fen = Math.min(purchase.fen, sumOf(released));
  return postingDay(purchase) <= day ? 0 : fen;
}

function postingDay({ isHeld, day, confirmedOn }: Bought): number {
  return isHeld ? (confirmedOn ?? Number.POSITIVE_INFINITY) : day;
}

function furthestDay({ givenBack }: Shop): number {
  return Math.max(0, ...givenBack.map(({ day }) => day));
}

function sumOf(items: readonly { fen: number }[]): number {
  return items.reduce((sum, { fen }) => sum + fen, 0);
}
