/**
 * Registration of texts with Tencent (interface of 2021-01-11): AddSmsTemplate and DescribeSmsTemplateList, which the
 * key of a main account may call and that of a sub-account may not (docs/cloud-providers.md).
 */
import type { TemplateRegistrar } from '../registrar';
import { DEFAULT_TIMEOUTS } from './cloudCalls';
import { type CloudTemplate, type CloudTemplates, createCloudRegistrar, UnreadableAnswer } from './cloudRegistrar';
import { connectTencent, type TencentClient, type TencentSettings, tencentCode } from './tencent';

const NOTIFICATION = 2;
const MAINLAND = 0;
const PAGE_ROWS = 100;
/** 2: approved, and in force later. */
const STATUSES: Record<string, CloudTemplate['status']> = {
  0: 'approved',
  1: 'pending',
  2: 'pending',
  '-1': 'rejected',
};
/** Of an account without templates: the answer to its first list. */
const NO_TEMPLATES = 'FailedOperation.MissingTemplateList';
/** Those that name the wording: forbidden words, form, length, links. */
const REFUSALS = new Set([
  'InvalidParameter.DirtyWordFound',
  'FailedOperation.ContainSensitiveWord',
  'InvalidParameterValue.InvalidTemplateFormat',
  'InvalidParameterValue.ContentLengthLimit',
  'InvalidParameterValue.ProhibitedUseUrlInTemplateParameter',
]);

export function createTencentRegistrar(settings: TencentSettings): TemplateRegistrar {
  const timeouts = settings.timeouts ?? DEFAULT_TIMEOUTS;
  let loaded: TencentClient | undefined;
  const client = () => {
    loaded ??= connectTencent(settings, timeouts);
    return loaded;
  };
  return createCloudRegistrar(tencentTemplates(client), timeouts);
}

function tencentTemplates(client: () => TencentClient): CloudTemplates {
  return {
    provider: 'tencent',
    refusals: REFUSALS,
    contentOf: numbered,
    async list(index) {
      const page = { International: MAINLAND, Offset: index * PAGE_ROWS, Limit: PAGE_ROWS };
      try {
        const answer = await client().DescribeSmsTemplateList(page);
        const rows = rowsOf(answer);
        const named = rows.map((row) => ({ name: String(row.TemplateName), code: codeIn(row.TemplateId) }));
        return { rows: named, isLast: rows.length < PAGE_ROWS };
      } catch (error) {
        if (tencentCode(error) !== NO_TEMPLATES) throw error;
        return { rows: [], isLast: true };
      }
    },
    async add({ name, content, remark }) {
      const { AddTemplateStatus: added } = await client().AddSmsTemplate({
        TemplateName: name,
        TemplateContent: content,
        Remark: remark,
        SmsType: NOTIFICATION,
        International: MAINLAND,
      });
      return codeIn(added?.TemplateId);
    },
    async read(code) {
      const question = { International: MAINLAND, TemplateIdSet: [Number(code)] };
      const rows = rowsOf(await client().DescribeSmsTemplateList(question));
      const row = rows.find(({ TemplateId: id }) => String(id) === code);
      const status = STATUSES[String(row?.StatusCode)];
      if (status === undefined || typeof row?.TemplateContent !== 'string') {
        throw new UnreadableAnswer('tencent told neither status nor wording');
      }
      return { content: row.TemplateContent, status, reason: row.ReviewReply };
    },
    codeOf: tencentCode,
  };
}

/** {1}, {2} … in the order in which the text names them first: as the sender hands the values over. */
function numbered(body: string): string {
  const names: string[] = [];
  return body.replace(/\{([^{}]*)\}/g, (_variable, name: string) => {
    if (!names.includes(name)) names.push(name);
    return `{${names.indexOf(name) + 1}}`;
  });
}

function rowsOf(answer: Awaited<ReturnType<TencentClient['DescribeSmsTemplateList']>>) {
  const { DescribeTemplateStatusSet: rows } = answer;
  if (!Array.isArray(rows)) throw new UnreadableAnswer('tencent sent no list');
  return rows;
}

/** A number in lists, and the same as a text where it was added. */
function codeIn(id: unknown): string {
  const code = typeof id === 'number' || typeof id === 'string' ? String(id) : '';
  if (!/^\d{1,15}$/.test(code)) throw new UnreadableAnswer('tencent named no id of the template');
  return code;
}
