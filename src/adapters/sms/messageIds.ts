/** Ids of providers. An id that is empty or cannot be printed finds no receipt: it is trouble, and no id. */
import type { SendOutcome } from './port';

/** The id as it is kept; undefined for what is none. */
export function messageIdOf(value: unknown): string | undefined {
  const id = typeof value === 'string' ? value.trim() : '';
  return /^[\x21-\x7e]{1,200}$/.test(id) ? id : undefined;
}

/** An acceptance without ids that can be used is doubt, whichever adapter gave it: the message may be on its way. */
export function withIds(outcome: SendOutcome): SendOutcome {
  if (outcome.status !== 'accepted') return outcome;
  const isUsable =
    outcome.providerMessageIds.length > 0 && outcome.providerMessageIds.every((id) => messageIdOf(id) === id);
  return isUsable ? outcome : { status: 'unknown', detail: 'the provider took the message and named no id' };
}
