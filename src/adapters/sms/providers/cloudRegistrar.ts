/**
 * How a text becomes known to a cloud, whichever it is: looked for by our own name of it before it is added, because a
 * submission whose answer was lost is tried again. Errors name codes alone: those of the SDKs hold URL and text.
 */
import { createHash } from 'node:crypto';
import type { RegistrationStatus } from '../../../domain/messaging/templates/templateStages';
import { firstCharacters } from '../../../domain/values/characters';
import type { RegistrableTemplate, RegistrationAnswer, TemplateRegistrar } from '../registrar';
import { type Timeouts, withinBound } from './cloudCalls';
import { readableCode } from './cloudFailures';

/** A page of the templates of an account. */
interface TemplatePage {
  rows: readonly { name: string; code: string }[];
  isLast: boolean;
}

export interface CloudTemplate {
  /** In the provider's own form. */
  content: string;
  status: Exclude<RegistrationStatus, 'not-needed'>;
  /** The provider's words; of a rejected one. */
  reason?: string | undefined;
}

/** The interface of one cloud. Each call throws where it got no answer; what it throws is not shown. */
export interface CloudTemplates {
  readonly provider: string;
  /** Codes that refuse the wording itself: no second try can help. Any other trouble is tried again. */
  readonly refusals: ReadonlySet<string>;
  /** Our {name} as the provider writes variables. */
  contentOf(body: string): string;
  /** `index` from 0. */
  list(index: number): Promise<TemplatePage>;
  /** The new template's code. */
  add(template: { name: string; content: string; remark: string }): Promise<string>;
  read(code: string): Promise<CloudTemplate>;
  /** Code of an error that is an answer of the provider; undefined where there was no answer. */
  codeOf(error: unknown): string | undefined;
}

/** An answer of the provider that says no. */
export class CloudRefusal extends Error {
  override readonly name = 'CloudRefusal';

  constructor(
    provider: string,
    readonly code: string,
  ) {
    super(`${provider} answered ${readableCode(code)}`);
  }
}

/** An answer that is not as the provider documents it; the message names what is missing and quotes nothing. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
}

/** Aliyun's bound, in characters. */
const LONGEST_NAME = 30;
const HASH_LENGTH = 8;
const LONGEST_REASON = 200;
/** With the call that follows at its bound of ten seconds, below the thirty of an attempt (workflows/proxies.ts). */
const LOOKING_MS = 15_000;
/** For the people who review it. */
const REMARK = '借款人还款相关的服务通知，变量为产品名称、金额、日期、天数或核验码';

/** `now`: real milliseconds. */
export function createCloudRegistrar(
  cloud: CloudTemplates,
  timeouts: Timeouts,
  now: () => number = Date.now,
): TemplateRegistrar {
  const { provider } = cloud;
  /** One call within its bound; whatever it throws leaves as an error without URL and text. */
  const ask = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await withinBound(call(), timeouts);
    } catch (error) {
      if (error instanceof CloudRefusal || error instanceof UnreadableAnswer) throw error;
      const code = cloud.codeOf(error);
      if (code !== undefined) throw new CloudRefusal(provider, code);
      throw new Error(`${provider} did not answer, or not in time`);
    }
  };

  const find = async (name: string): Promise<string | undefined> => {
    const untilMs = now() + LOOKING_MS;
    for (let index = 0; ; index += 1) {
      const { rows, isLast } = await ask(() => cloud.list(index));
      const row = rows.find((each) => each.name === name);
      if (row) return row.code;
      // Not after it: an attempt that was given up must not add what the next one has looked for already.
      if (now() > untilMs) throw new Error(`${provider} took too long to list its templates`);
      if (isLast) return undefined;
    }
  };

  const read = async (code: string, { body }: RegistrableTemplate): Promise<RegistrationAnswer> => {
    const { content, status, reason } = await ask(() => cloud.read(code));
    // People can change a text in the provider's console: what it approved then is not what was reviewed here.
    if (content.trim() !== cloud.contentOf(body).trim()) {
      return { status: 'rejected', code, reason: `${provider} has another wording under this name` };
    }
    return status === 'rejected' ? { status, code, reason: shownReason(reason) } : { status, code };
  };

  return {
    provider,
    async submit(template) {
      const name = cloudNameOf(template);
      const known = await find(name);
      if (known !== undefined) return read(known, template);
      try {
        const content = cloud.contentOf(template.body);
        return { status: 'pending', code: await ask(() => cloud.add({ name, content, remark: REMARK })) };
      } catch (error) {
        if (!(error instanceof CloudRefusal) || !cloud.refusals.has(error.code)) throw error;
        return { status: 'rejected', reason: error.message };
      }
    },
    status: read,
  };
}

/**
 * Our name as it fits: its end, which tells kind and version, and a fingerprint of name and wording, so that two
 * deployments on one account never take the other's text for theirs.
 */
export function cloudNameOf({ name, body }: RegistrableTemplate): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([name, body]))
    .digest('hex');
  const end = name.slice(HASH_LENGTH + 1 - LONGEST_NAME).replace(/^-+/, '');
  return `${end}-${hash.slice(0, HASH_LENGTH)}`;
}

function shownReason(reason: string | undefined): string {
  const words = (reason ?? '').replace(/[\s\p{C}]+/gu, ' ').trim();
  return words === '' ? 'no reason was given' : firstCharacters(words, LONGEST_REASON);
}
