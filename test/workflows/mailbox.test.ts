/** The order in which a mailbox gives what was put into it. Asking and ending need a run: the stories show them. */
import { describe, expect, it } from '@jest/globals';
import { Mailbox } from '../../src/workflows/mailbox';

function mailboxOf(...messages: string[]): Mailbox<string, string> {
  const mailbox = new Mailbox<string, string>();
  for (const message of messages) mailbox.put(message);
  return mailbox;
}

const messagesOf = (mailbox: Mailbox<string, string>) => mailbox.takeAll().map(({ message }) => message);

describe('a mailbox', () => {
  it('gives one message after the other in the order in which they came, and then none', () => {
    const mailbox = mailboxOf('first', 'second');
    expect(mailbox.takeOne()?.message).toBe('first');
    expect(mailbox.isEmpty).toBe(false);
    expect(mailbox.takeOne()?.message).toBe('second');
    expect(mailbox.isEmpty).toBe(true);
    expect(mailbox.takeOne()).toBeUndefined();
  });

  it('gives all at once; what comes after them is for the next one who takes', () => {
    const mailbox = mailboxOf('first', 'second');
    const taken = mailbox.takeAll();
    mailbox.put('third');
    expect(taken.map(({ message }) => message)).toEqual(['first', 'second']);
    expect(messagesOf(mailbox)).toEqual(['third']);
    expect(messagesOf(mailbox)).toEqual([]);
  });

  it('gives an opening before what came with the start', () => {
    const mailbox = mailboxOf('payment');
    mailbox.putFirst('opening');
    expect(messagesOf(mailbox)).toEqual(['opening', 'payment']);
  });

  it('keeps nothing of what was answered at the end', () => {
    const mailbox = mailboxOf('late');
    mailbox.answerRest('it is over');
    expect(mailbox.isEmpty).toBe(true);
  });

  it('lets a short run go on without waiting for anybody', async () => {
    await expect(mailboxOf().isTimeToRenew(false)).resolves.toBe(false);
  });
});
