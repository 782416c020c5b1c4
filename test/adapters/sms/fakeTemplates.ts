/**
 * Fakes of the books in which Aliyun and Tencent keep templates, for tests alone: nobody reviews here, a test decides.
 * They speak the wire format behind the fakes of `fakeCloud.ts`, and take only what is signed and within bounds.
 */
import type { Answer, CloudRequest } from './fakeCloud';

interface KeptTemplate {
  code: string;
  name: string;
  content: string;
  /** As the provider numbers its types. */
  type: number;
  remark: string;
  decision: 'pending' | 'approved' | 'rejected' | 'cancelled' | 'approved-later';
  reason: string;
}

abstract class FakeTemplates {
  readonly kept: KeptTemplate[] = [];
  /** Before a request is answered: an answer of it stands in the place of the book's. */
  before: (request: CloudRequest) => Answer | undefined = () => undefined;
  /** A template was added, and its answer is lost. */
  isAnswerLost = false;

  readonly answer = (request: CloudRequest): Answer => {
    if (!request.isSigned) return this.unsigned();
    const instead = this.before(request);
    if (instead !== undefined) return instead;
    const answer = this.book(request);
    return request.action === 'AddSmsTemplate' && this.isAnswerLost ? 'reset' : answer;
  };

  decide(decision: KeptTemplate['decision'], reason = ''): void {
    for (const template of this.kept) Object.assign(template, { decision, reason });
  }

  /** Templates that somebody else keeps on the account. */
  crowd(count: number): void {
    for (let index = 1; index <= count; index += 1)
      this.keep({ name: `other-${index}`, content: 'x', type: 1, remark: '' });
  }

  protected keep(template: Pick<KeptTemplate, 'name' | 'content' | 'type' | 'remark'>): KeptTemplate {
    const code = this.codeOf(this.kept.length + 1);
    const kept: KeptTemplate = { code, ...template, decision: 'pending', reason: '' };
    this.kept.push(kept);
    return kept;
  }

  protected abstract codeOf(number: number): string;
  protected abstract unsigned(): Answer;
  protected abstract book(request: CloudRequest): Answer;
}

const ALIYUN_STATUS = { pending: 0, approved: 1, rejected: 2, cancelled: 10, 'approved-later': 0 };

export class FakeAliyunTemplates extends FakeTemplates {
  protected codeOf(number: number): string {
    return `SMS_${100_000 + number}`;
  }

  protected unsigned(): Answer {
    return { httpStatus: 400, json: { Code: 'SignatureDoesNotMatch', Message: 'x', RequestId: 'r-1' } };
  }

  protected book({ action, parameters }: CloudRequest): Answer {
    if (action === 'AddSmsTemplate') {
      const { TemplateName: name, TemplateContent: content, TemplateType: type, Remark: remark } = parameters;
      if (name.length > 30 || content.length > 500 || remark.length > 100)
        return this.refuse('isv.TEMPLATE_OVER_LIMIT');
      const { code } = this.keep({ name, content, remark, type: Number(type) });
      return this.accept({ TemplateCode: code });
    }
    if (action === 'QuerySmsTemplate') {
      const kept = this.kept.find(({ code }) => code === parameters.TemplateCode);
      if (!kept) return this.refuse('isv.SMS_TEMPLATE_ILLEGAL');
      const { code, name, content, type, decision, reason } = kept;
      return this.accept({
        TemplateCode: code,
        TemplateName: name,
        TemplateContent: content,
        TemplateType: type,
        TemplateStatus: ALIYUN_STATUS[decision],
        Reason: reason || '无审批备注',
      });
    }
    const size = Number(parameters.PageSize);
    const from = (Number(parameters.PageIndex) - 1) * size;
    if (action !== 'QuerySmsTemplateList' || !(size >= 1 && size <= 50)) return this.refuse('isv.INVALID_PARAMETERS');
    const rows = this.kept.slice(from, from + size).map(({ code, name, content }) => ({
      TemplateCode: code,
      TemplateName: name,
      TemplateContent: content,
      AuditStatus: 'AUDIT_STATE_INIT',
    }));
    return this.accept({ SmsTemplateList: rows, TotalCount: this.kept.length, CurrentPage: parameters.PageIndex });
  }

  refuse(code: string): Answer {
    return { json: { Code: code, Message: 'about the template', RequestId: 'r-1' } };
  }

  private accept(body: object): Answer {
    return { json: { Code: 'OK', Message: 'OK', RequestId: 'r-1', ...body } };
  }
}

const TENCENT_STATUS = { approved: 0, pending: 1, 'approved-later': 2, rejected: -1, cancelled: -1 };

export class FakeTencentTemplates extends FakeTemplates {
  protected codeOf(number: number): string {
    return String(1_000_000 + number);
  }

  protected unsigned(): Answer {
    return this.refuse('AuthFailure.SignatureFailure');
  }

  protected book({ action, parameters }: CloudRequest): Answer {
    if (action === 'AddSmsTemplate') {
      const { TemplateName: name, TemplateContent: content, SmsType: type, Remark: remark, International } = parameters;
      const numbers = [...content.matchAll(/\{([^{}]*)\}/g)].map(([, number]) => Number(number));
      const highest = Math.max(0, ...numbers);
      if (International !== 0 || new Set(numbers).size !== highest || numbers.some((number) => !(number >= 1))) {
        return this.refuse('InvalidParameterValue.InvalidTemplateFormat');
      }
      const { code } = this.keep({ name, content, type, remark });
      return this.accept({ AddTemplateStatus: { TemplateId: code } });
    }
    if (action !== 'DescribeSmsTemplateList') return this.refuse('InvalidAction');
    const { TemplateIdSet: ids, Offset: from = 0, Limit: size = 0 } = parameters;
    const listed = ids
      ? this.kept.filter(({ code }) => ids.includes(Number(code)))
      : this.kept.slice(from, from + size);
    const rows = listed.map(({ code, name, content, decision, reason }) => ({
      TemplateId: Number(code),
      TemplateName: name,
      TemplateContent: content,
      International: 0,
      StatusCode: TENCENT_STATUS[decision],
      ReviewReply: reason,
      CreateTime: 1_780_000_000,
    }));
    return this.accept({ DescribeTemplateStatusSet: rows });
  }

  refuse(code: string): Answer {
    return { json: { Response: { Error: { Code: code, Message: 'about the template' }, RequestId: 'r-1' } } };
  }

  private accept(body: object): Answer {
    return { json: { Response: { ...body, RequestId: 'r-1' } } };
  }
}
