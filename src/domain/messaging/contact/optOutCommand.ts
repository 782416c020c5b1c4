/** What a text to us says, as far as we act on it: facts 3.7 (opt-out) and 2.2. */

export const INBOUND_COMMANDS = ['R', 'TD', 'T', 'N', 'other'] as const;
/** R, TD, T and N are words by which messages are refused; everything else is `other`. */
export type InboundCommand = (typeof INBOUND_COMMANDS)[number];

/** Written out in Chinese they mean the same. */
const IN_WORDS: Record<string, InboundCommand> = { 退订: 'TD', 退訂: 'TD', 拒收: 'R' };
const CHINESE_WORD = Object.keys(IN_WORDS).join('|');

/** A Latin word stands alone: `TDD` and `R2` are none. */
const latin = (words: string) => `(?<![A-Z0-9])(?:${words})(?![A-Z0-9])`;
const WORD = `${latin('T ?D|R|T|N')}|${CHINESE_WORD}`;
/** `回复TD`, as our own texts and those of others tell people to write. */
const REPLY = '(?:回复|回覆|回) ?';
/** Said again, as in `TD退订` and `退订回T`: a single letter counts only as what is replied. */
const AGAIN = `${latin('T ?D')}|${CHINESE_WORD}|${REPLY}(?:${WORD})`;
const THANKS = '(?:谢谢|謝謝|多谢|多謝|感谢|感謝|谢|謝|辛苦|麻烦|麻煩|劳驾|勞駕|拜托|拜託|费心)';
const TO_WHOM = '你们|你|您|大家|了|啦|啊|呀|哦|哈|配合|合作|理解|支持|帮助|幫助';
const LATIN_COURTESY = 'THANKS|THANK YOU|THANK U|THX|TKS|PLEASE|PLS|OK|BYE';
const COURTESY = `${THANKS}(?:${TO_WHOM})*|请|請|您好|你好|好的|好|再见|再見|拜拜|${latin(LATIN_COURTESY)}`;

const BEGINNING = new RegExp(`^(?:${REPLY})?(?<word>${WORD})`);
/** Taken out one after another and never tried again: a thousand thanks take no longer than they are long. */
const NOTHING_ELSE = new RegExp(`${AGAIN}|${COURTESY}| `, 'g');

/** What shows nothing, but for white space: signs without width, controls, marks on letters. */
const WITHOUT_WIDTH = /(?!\s)[\p{C}\p{M}\p{Default_Ignorable_Code_Point}]/gu;
const BETWEEN_WORDS = /[\s\p{P}\p{S}]+/gu;
const AROUND_CHINESE = / (?=\p{Script=Han})|(?<=\p{Script=Han}) /gu;

/**
 * The command word of a text. After an optional 回复, what begins with the word and holds nothing else but courtesy, or the
 * word again, is that command. Width, case, spaces, marks and signs of what people type do not matter. A word within a
 * question or any other sentence is `other`: whoever asks what TD means has refused nothing.
 */
export function commandOf(text: string): InboundCommand {
  const said = text
    .normalize('NFKC')
    .replace(WITHOUT_WIDTH, '')
    .replace(BETWEEN_WORDS, ' ')
    .replace(AROUND_CHINESE, '')
    .trim()
    .toUpperCase();
  const begun = BEGINNING.exec(said);
  const word = begun?.groups?.word?.replace(' ', '');
  // The text as a whole, so that nothing hides behind a cut.
  if (!begun || word === undefined || said.slice(begun[0].length).replace(NOTHING_ELSE, '') !== '') return 'other';
  return IN_WORDS[word] ?? INBOUND_COMMANDS.find((command) => command === word) ?? 'other';
}
