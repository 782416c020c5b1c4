/** Mainland mobile numbers, as people type them and as carriers name a sender. */

/** What separates digits when people type or paste: spaces, dashes, dots and brackets, also the full-width ones. */
const SEPARATORS = /[\s\p{Dash_Punctuation}\p{Default_Ignorable_Code_Point}().·]/gu;

/**
 * A mainland mobile number as 11 digits, however it was written: with `+86`, `0086`, `86` or nothing before it, with or
 * without what separates digits. Undefined for anything else.
 */
export function readPhoneNumber(written: string): string | undefined {
  const digits = written
    .normalize('NFKC')
    .replace(SEPARATORS, '')
    .replace(/^(?:\+|00)?86(?=1)/, '');
  return /^1\d{10}$/.test(digits) ? digits : undefined;
}
