/** Codes of clouds: the table of docs/cloud-providers.md and the code say the same, and windows end when they end. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  ALIYUN_CODES,
  ALIYUN_FAMILIES,
  aliyunMeaning,
  type CodeMeaning,
  endOfWindowMs,
  outcomeOf,
  readableCode,
  TENCENT_CODES,
  TENCENT_FAMILIES,
  tencentMeaning,
} from '../../../src/adapters/sms/providers/cloudFailures';
import { byContent } from '../../support/inOrder';

const DOCUMENT = readFileSync(join(__dirname, '../../../docs/cloud-providers.md'), 'utf8');
const CLASSES = ['doubt', 'transient', 'windowed', 'account-stop', 'config-bug', 'bad-address'];

/** Codes of a column of the table by class. */
function documented(column: number, table: 'codes' | 'families' = 'codes'): Map<string, string> {
  const lead = table === 'codes' ? '' : 'as ';
  const classes = table === 'codes' ? CLASSES : CLASSES.filter((name) => name !== 'bad-address');
  const rows = DOCUMENT.split('\n').filter((line) => classes.some((name) => line.startsWith(`| ${lead}\`${name}\` |`)));
  expect(rows).toHaveLength(classes.length);
  return new Map(
    rows.flatMap((line) => {
      const cells = line.split('|');
      const name = cells[1]?.trim().slice(lead.length).replaceAll('`', '') ?? '';
      return [...(cells[column] ?? '').matchAll(/`([^`]+)`/g)].map(([, code]) => [code ?? '', name] as const);
    }),
  );
}

function classesOf(codes: ReadonlyMap<string, CodeMeaning>): [string, string][] {
  return [...codes].map(([code, { failure }]): [string, string] => [code, failure]).sort(byContent);
}

describe('codes', () => {
  it('are documented with their class, each once', () => {
    expect(classesOf(ALIYUN_CODES)).toEqual([...documented(2)].sort(byContent));
    expect(classesOf(TENCENT_CODES)).toEqual([...documented(3)].sort(byContent));
    expect(classesOf(ALIYUN_FAMILIES)).toEqual([...documented(2, 'families')].sort(byContent));
    expect(classesOf(TENCENT_FAMILIES)).toEqual([...documented(3, 'families')].sort(byContent));
  });

  it.each([
    ['InternalError.SigVerificationFail', 'account-stop'],
    ['InternalError.SigFieldMissing', 'account-stop'],
    ['InternalError.RequestTimeException', 'account-stop'],
    ['InternalError.RestApiInterfaceNotExist', 'account-stop'],
    ['InternalError.JsonParseFail', 'config-bug'],
    ['FailedOperation.FailResolvePacket', 'config-bug'],
    ['FailedOperation.PhoneNumberParseFail', 'bad-address'],
    ['FailedOperation.NobodyHeardOf', 'config-bug'],
    ['FailedOperation', 'config-bug'],
    ['IpNotInWhitelist', 'account-stop'],
    ['IpInBlacklist', 'account-stop'],
    ['LimitExceeded', 'windowed'],
    ['LimitExceeded.NobodyHeardOf', 'windowed'],
    ['LimitExceeded.PhoneNumberCountLimit', 'config-bug'],
    ['RequestLimitExceeded.UinLimitExceeded', 'transient'],
    ['AuthFailure.TokenFailure', 'account-stop'],
    ['UnauthorizedOperation.NobodyHeardOf', 'account-stop'],
    ['ActionOffline', 'account-stop'],
    ['NoSuchVersion', 'account-stop'],
    ['ResourceInsufficient.Package', 'account-stop'],
    ['MissingParameter', 'config-bug'],
    ['1003', 'account-stop'],
    ['1021', 'account-stop'],
    ['InternalError', 'doubt'],
    ['InternalError.Timeout', 'doubt'],
    ['InternalError.SendAndRecvFail', 'doubt'],
    ['InternalError.ParseBackendResponseFail', 'doubt'],
    ['InternalError.NobodyHeardOf', 'doubt'],
    ['ServiceUnavailable', 'doubt'],
    ['ResponseSizeLimitExceeded', 'doubt'],
    ['1007', 'doubt'],
    ['60008', 'doubt'],
    ['Strange.NobodyHeardOf', 'doubt'],
    ['LimitExceededAlmost', 'doubt'],
  ])('of Tencent: %s is %s', (code, failure) => {
    expect(tencentMeaning(code).failure).toBe(failure);
  });

  it.each([
    ['isv.SECURITY_FROZEN_ACCOUNT', 'account-stop'],
    ['isv.CUSTOMER_REFUSED', 'bad-address'],
    ['isv.NEVER_HEARD_OF', 'config-bug'],
    ['Throttling.Api', 'transient'],
    ['InvalidAccessKeyId.Inactive', 'account-stop'],
    ['InvalidTimeStamp.Expired', 'account-stop'],
    ['InvalidAction.NotFound', 'account-stop'],
    ['Forbidden.AccessKeyDisabled', 'account-stop'],
    ['MissingTemplateCode', 'config-bug'],
    ['isp.SYSTEM_ERROR', 'doubt'],
    ['isp.GATEWAY_ERROR', 'doubt'],
    ['isp.NEVER_HEARD_OF', 'doubt'],
    ['InternalError', 'doubt'],
    ['ServiceUnavailable', 'doubt'],
    ['SomethingElse', 'doubt'],
  ])('of Aliyun: %s is %s', (code, failure) => {
    expect(aliyunMeaning(code).failure).toBe(failure);
  });

  it('that may quote a number are not repeated', () => {
    expect(readableCode('isv.OUT_OF_SERVICE')).toBe('isv.OUT_OF_SERVICE');
    for (const code of ['13800000000', 'isv.13800000000', '失败', '', 'x'.repeat(90), 'a b']) {
      expect(readableCode(code)).toBe('a code that cannot be read');
    }
  });

  it('in doubt never become a refusal: something may have been sent', () => {
    const asked = { provider: 'aliyun', code: 'isp.SYSTEM_ERROR', message: '', atMs: 0 };
    expect(outcomeOf({ ...asked, meaning: { failure: 'doubt' } }).status).toBe('unknown');
  });
});

describe('windows', () => {
  const at = (text: string) => Date.parse(`${text}+08:00`);

  it.each([
    ['aliyun-text', '触发分钟级流控Permits:1', '2026-07-10T14:03:59.999', '2026-07-10T14:04:00'],
    ['aliyun-text', '触发分钟级流控Permits:1', '2026-07-10T14:04:00', '2026-07-10T14:05:00'],
    ['aliyun-text', '触发小时级流控Permits:5', '2026-07-10T23:30:00', '2026-07-11T00:00:00'],
    ['aliyun-text', '触发天级流控Permits:10', '2026-07-10T14:03:20', '2026-07-11T14:03:20'],
    ['aliyun-text', 'no word', '2026-07-10T14:03:20', '2026-07-11T14:03:20'],
    ['thirty-seconds', '', '2026-07-10T14:03:20', '2026-07-10T14:03:50'],
    ['one-hour', '', '2026-07-10T14:03:20', '2026-07-10T15:03:20'],
    ['calendar-day', '', '2026-07-10T00:00:00', '2026-07-11T00:00:00'],
    ['calendar-day', '', '2026-07-10T23:59:59', '2026-07-11T00:00:00'],
    ['morning', '', '2026-07-10T22:10:00', '2026-07-11T08:00:00'],
    ['morning', '', '2026-07-11T03:00:00', '2026-07-11T08:00:00'],
  ] as const)('%s (%s) at %s ends at %s', (window, words, now, end) => {
    expect(endOfWindowMs(window, at(now), words)).toBe(at(end));
  });
});
