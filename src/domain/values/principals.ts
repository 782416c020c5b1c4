/**
 * Who acts: the principal of the API key by which somebody came, a person (`staff:…`) or a system (`system:…`). Later
 * it is the signed-in person. Names beside it are what was said, and count for nothing.
 */

/** Whoever speaks to Temporal without the API or the command line: may do what one voice may, and is no second one. */
export const UNVERIFIED = 'temporal:unverified';
/** What this system does by itself, such as telling an account of a debit that it made. */
export const OWN_PRINCIPAL = 'system:creditloom';

/** Signed by the API or the command line; a workflow carries it and cannot check it. */
export interface Actor {
  principal: string;
  /** Real milliseconds. */
  issuedAtMs: number;
  /** Id of the update that it was made for; absent on signals and starts. */
  messageId?: string | undefined;
  /** HMAC-SHA-256, in hex, over workflow, message's name, content and everything here. */
  mac: string;
}

/** Of every message that somebody sends. */
export interface Acted {
  /** Absent, or not rightly signed: {@link UNVERIFIED}. */
  actor?: Actor | undefined;
}

const PRINCIPAL = /^(staff|system):[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/;
export const PRINCIPAL_FIX = 'staff:NAME of a person or system:NAME of a program, such as staff:mei or system:shop';

/** Whether it is of the form that keys are bound to; {@link UNVERIFIED} and names from before there were any are not. */
export function isPrincipal(value: unknown): value is string {
  return typeof value === 'string' && PRINCIPAL.test(value);
}

/** One person, however the name is written. */
export function isSamePrincipal(first: string, second: string): boolean {
  return first.toLowerCase() === second.toLowerCase();
}

/** Of a key that nobody bound to anyone: the system that its label names. */
export function principalOfLabel(label: string): string {
  const name = label.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return `system:${name.slice(0, 80) || 'unnamed'}`;
}
