/**
 * Message ids in one form. SMSCs answer a submit with an id in one base and name it in the receipt in the other; ids are
 * kept and compared in decimal then.
 */

/** `same`: both are compared as they are. Otherwise the base of the id in submit_sm_resp, and in the receipt. */
export const ID_FORMS = ['same', 'hex', 'submit-hex-receipt-decimal', 'submit-decimal-receipt-hex'] as const;
export type IdForm = (typeof ID_FORMS)[number];

/** SMPP 3.4: 64 characters and the zero. */
const MOST_CHARACTERS = 64;

/** The kept form of an id from submit_sm_resp; undefined when there is none. */
export function idOfSubmit(raw: string, form: IdForm): string | undefined {
  return normalised(raw, form === 'hex' || form === 'submit-hex-receipt-decimal' ? 16 : 10, form);
}

/** The kept form of an id from a receipt; undefined when there is none. */
export function idOfReceipt(raw: string, form: IdForm): string | undefined {
  return normalised(raw, form === 'hex' || form === 'submit-decimal-receipt-hex' ? 16 : 10, form);
}

/** The form in which the SMSC is asked about a kept id: that of its answer to the submit, without leading zeros. */
export function idForQuery(kept: string, form: IdForm): string {
  const isHex = form === 'hex' || form === 'submit-hex-receipt-decimal';
  return isHex && /^\d+$/.test(kept) ? BigInt(kept).toString(16).toUpperCase() : kept;
}

function normalised(raw: string, base: 10 | 16, form: IdForm): string | undefined {
  const id = raw.trim();
  if (!/^[\x21-\x7e]+$/.test(id) || id.length > MOST_CHARACTERS) return undefined;
  if (form === 'same') return id;
  const hex = /^(?:0x)?([0-9a-f]+)$/i.exec(id)?.[1];
  if (base === 10 && /^\d+$/.test(id)) return BigInt(id).toString();
  // Decimal was agreed on, and letters say that it is not: carriers name the id of the answer in the parameter of a
  // receipt, and the other form in its text.
  if (hex !== undefined) return BigInt(`0x${hex}`).toString();
  // Of neither base: kept as it is, so that at least equal ids meet.
  return id;
}
