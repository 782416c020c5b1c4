/** What a text to us says, as far as we act on it: facts 3.7 (opt-out) and 2.2. */

export const INBOUND_COMMANDS = ['R', 'TD', 'T', 'N', 'other'] as const;
/** R, TD, T and N are words by which messages are refused; everything else is `other`. */
export type InboundCommand = (typeof INBOUND_COMMANDS)[number];

/** Written out in Chinese they mean the same. */
const IN_WORDS: Record<string, InboundCommand> = { 退订: 'TD', 拒收: 'R' };

/** The command word of a text. Width, case, spaces and closing marks of what people type do not matter. */
export function commandOf(text: string): InboundCommand {
  const word = text
    .slice(0, 40)
    .normalize('NFKC')
    .replace(/[\s\p{P}]/gu, '')
    .toUpperCase();
  const written = Object.hasOwn(IN_WORDS, word) ? IN_WORDS[word] : undefined;
  return written ?? INBOUND_COMMANDS.find((command) => command === word) ?? 'other';
}
