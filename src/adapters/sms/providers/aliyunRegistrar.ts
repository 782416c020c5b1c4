/**
 * Registration of texts with Aliyun (interface of 2017-05-25): AddSmsTemplate, QuerySmsTemplate, QuerySmsTemplateList.
 * Aliyun takes 100 a day and recommends half a minute between two; newer accounts are pointed to CreateSmsTemplate,
 * which ties a text to a signature (docs/cloud-providers.md).
 */
import type { TemplateRegistrar } from '../registrar';
import { type AliyunClient, type AliyunSettings, aliyunGatewayCode, connectAliyun } from './aliyun';
import { DEFAULT_TIMEOUTS } from './cloudCalls';
import {
  CloudRefusal,
  type CloudTemplate,
  type CloudTemplates,
  createCloudRegistrar,
  UnreadableAnswer,
} from './cloudRegistrar';

const NOTIFICATION = 1;
const PAGE_ROWS = 50;
const STATUSES: Record<string, CloudTemplate['status']> = {
  0: 'pending',
  1: 'approved',
  2: 'rejected',
  10: 'rejected',
};
const CANCELLED = '10';
/** Those that name the wording: forbidden content, length, and variables. */
const REFUSALS = new Set([
  'isv.SMS_CONTENT_ILLEGAL',
  'isv.TEMPLATE_OVER_LIMIT',
  'isv.SMS_TEMPLATE_ILLEGAL',
  'isv.TEMPLATE_PARAMS_ILLEGAL',
  'isv.BLACK_KEY_CONTROL_LIMIT',
  'isv.PARAM_NOT_SUPPORT_URL',
]);

export function createAliyunRegistrar(settings: AliyunSettings): TemplateRegistrar {
  const timeouts = settings.timeouts ?? DEFAULT_TIMEOUTS;
  let loaded: AliyunClient | undefined;
  const load = () => {
    loaded ??= connectAliyun(settings, timeouts);
    return loaded;
  };
  return createCloudRegistrar(aliyunTemplates(load), timeouts);
}

function aliyunTemplates(load: () => AliyunClient): CloudTemplates {
  return {
    provider: 'aliyun',
    refusals: REFUSALS,
    contentOf: (body) => body.replaceAll('{', '${'),
    async list(index) {
      const { sdk, client } = load();
      const request = new sdk.QuerySmsTemplateListRequest({ pageIndex: index + 1, pageSize: PAGE_ROWS });
      const body = accepted((await client.querySmsTemplateList(request)).body);
      const rows = body.smsTemplateList ?? [];
      const total = Number(body.totalCount);
      if (!Array.isArray(rows) || !Number.isSafeInteger(total)) throw new UnreadableAnswer('aliyun sent no list');
      const isLast = index * PAGE_ROWS + rows.length >= total;
      // What is looked for may be among those that did not come.
      if (rows.length === 0 && !isLast) throw new UnreadableAnswer('aliyun listed less than it counted');
      return { rows: rows.map((row) => ({ name: String(row.templateName), code: codeIn(row) })), isLast };
    },
    async add({ name, content, remark }) {
      const { sdk, client } = load();
      const request = new sdk.AddSmsTemplateRequest({
        templateName: name,
        templateContent: content,
        remark,
        templateType: NOTIFICATION,
      });
      return codeIn(accepted((await client.addSmsTemplate(request)).body));
    },
    async read(code) {
      const { sdk, client } = load();
      const request = new sdk.QuerySmsTemplateRequest({ templateCode: code });
      const body = accepted((await client.querySmsTemplate(request)).body);
      const reported = String(body.templateStatus);
      const status = STATUSES[reported];
      if (status === undefined || typeof body.templateContent !== 'string') {
        throw new UnreadableAnswer('aliyun told neither status nor wording');
      }
      const reason = reported === CANCELLED ? 'its review was cancelled at aliyun' : body.reason;
      return { content: body.templateContent, status, reason };
    },
    codeOf: aliyunGatewayCode,
  };
}

/** HTTP 200 comes with a code of the service as well. */
function accepted<Body extends { code?: string }>(body: Body | undefined): Body {
  const code: unknown = body?.code;
  if (body === undefined || typeof code !== 'string' || code === '') {
    throw new UnreadableAnswer('aliyun answered without a code');
  }
  if (code !== 'OK') throw new CloudRefusal('aliyun', code);
  return body;
}

function codeIn({ templateCode }: { templateCode?: string }): string {
  if (typeof templateCode !== 'string' || templateCode === '') {
    throw new UnreadableAnswer('aliyun named no code of the template');
  }
  return templateCode;
}
