/**
 * Signatures of who sends a message: a keyed hash that fits one message to one workflow. Whoever reaches Temporal can
 * write any message and read every signature that was ever sent; without the secret none of it fits another message.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Acted, type Actor, isPrincipal, UNVERIFIED } from '../../domain/values/principals';
import { contentHash } from '../contentHash';

/** A message as it goes to Temporal. */
interface SentMessage {
  workflowId: string;
  /** Of the signal or update; of a start the workflow's type. */
  name: string;
  message: Acted;
}

interface Sender {
  principal: string;
  /** Real milliseconds. */
  issuedAtMs: number;
  messageId?: string | undefined;
}

export interface ActorSeals {
  /** The message with its sender, signed. */
  signed<Message extends object>(sent: SentMessage & { message: Message }, sender: Sender): Message & { actor: Actor };
  /**
   * Who sent it, {@link UNVERIFIED} unless that is rightly signed. `messageId`: of the update by which it came; then
   * one that was signed for another update is not this one.
   */
  principalOf(sent: SentMessage, messageId?: string): string;
}

/** `secret`: of the deployment, for API, worker and commands alone. */
export function createActorSeals(secret: string): ActorSeals {
  const macOf = ({ workflowId, name, message }: SentMessage, { principal, issuedAtMs, messageId }: Sender): Buffer => {
    const content = contentHash(withoutActor(message));
    const parts = ['creditloom-actor-1', workflowId, name, principal, issuedAtMs, messageId ?? null, content];
    return createHmac('sha256', secret).update(JSON.stringify(parts)).digest();
  };
  return {
    signed(sent, { principal, issuedAtMs, messageId }) {
      const sender = { principal, issuedAtMs, ...(messageId === undefined ? {} : { messageId }) };
      return { ...sent.message, actor: { ...sender, mac: macOf(sent, sender).toString('hex') } };
    },

    principalOf(sent, messageId) {
      const actor: unknown = sent.message.actor;
      if (!isActor(actor)) return UNVERIFIED;
      const isOfThisUpdate = messageId === undefined || actor.messageId === messageId;
      const isSigned = timingSafeEqual(macOf(sent, actor), Buffer.from(actor.mac, 'hex'));
      return isOfThisUpdate && isSigned ? actor.principal : UNVERIFIED;
    },
  };
}

/** The message as it is kept and compared: the same again from another key, or later, is the same. */
export function withoutActor<Message extends Acted>({ actor: _, ...message }: Message): Omit<Message, 'actor'> {
  return message;
}

/** It comes from anybody: what is not of the shape is as if it were not there. */
function isActor(value: unknown): value is Actor {
  if (typeof value !== 'object' || value === null) return false;
  const { principal, issuedAtMs, messageId, mac }: Partial<Record<keyof Actor, unknown>> = value;
  const isId = messageId === undefined || typeof messageId === 'string';
  return isPrincipal(principal) && typeof issuedAtMs === 'number' && isId && typeof mac === 'string' && MAC.test(mac);
}

const MAC = /^[0-9a-f]{64}$/;
