/**
 * What the codes of Aliyun and Tencent mean for the next step: facts 3.6, and 3.4 for the windows. What refuses before
 * sending is a definite refusal, by the providers' own lists of codes. A code that is in no table is judged by its family;
 * trouble inside the provider and its timeouts stay in doubt unless they are named, because it may have gone on after all.
 */

import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../domain/values/timeUnits';
import type { FailureClass, SendOutcome } from '../port';

/** Limits of messages, by how their window ends. Minutes and hours are those of the clock in UTC+8. */
export type Window =
  | 'aliyun-text'
  | 'thirty-seconds'
  | 'one-hour'
  | 'calendar-day'
  /** Marketing hours: from 08:00 to 22:00. */
  | 'morning';

export type CodeMeaning =
  | { failure: Exclude<FailureClass, 'windowed'> }
  | { failure: 'windowed'; window: Window }
  /** Passing trouble inside the provider: it may have sent the message, so it is asked before anything else. */
  | { failure: 'doubt' };

/** Both providers count by the clock of Beijing, which knows no summer time. */
const BEIJING_MS = 8 * HOUR_MS;
const MORNING_MS = 8 * HOUR_MS;

const ACCOUNT_STOP = { failure: 'account-stop' } as const;
const CONFIG_BUG = { failure: 'config-bug' } as const;
const BAD_ADDRESS = { failure: 'bad-address' } as const;
const TRANSIENT = { failure: 'transient' } as const;
const DOUBT = { failure: 'doubt' } as const;

function allOf<Meaning extends CodeMeaning>(meaning: Meaning, codes: string): [string, Meaning][] {
  return codes
    .trim()
    .split(/\s+/)
    .map((code) => [code, meaning]);
}

function windowed(window: Window): CodeMeaning {
  return { failure: 'windowed', window };
}

/** What every message would meet until a person has mended it stops the account, so that notices wait and are not lost. */
export const ALIYUN_CODES: ReadonlyMap<string, CodeMeaning> = new Map<string, CodeMeaning>([
  ...allOf(DOUBT, 'isp.SYSTEM_ERROR isp.GATEWAY_ERROR'),
  ['isv.BUSINESS_LIMIT_CONTROL', windowed('aliyun-text')],
  ...allOf(
    ACCOUNT_STOP,
    `isv.AMOUNT_NOT_ENOUGH isv.OUT_OF_SERVICE isv.ACCOUNT_ABNORMAL isv.ACCOUNT_NOT_EXISTS isp.RAM_PERMISSION_DENY
     isv.PRODUCT_UN_SUBSCRIPT isv.PRODUCT_UNSUBSCRIBE isv.DENY_IP_RANGE isv.DAY_LIMIT_CONTROL isv.MONTH_LIMIT_CONTROL
     isv.SECURITY_FROZEN_ACCOUNT`,
  ),
  ...allOf(
    CONFIG_BUG,
    `isv.SMS_TEMPLATE_ILLEGAL isv.SMS_SIGNATURE_ILLEGAL isv.SIGN_STATE_ILLEGAL isv.SMS_SIGNATURE_SCENE_ILLEGAL
     isv.SMS_SIGN_ILLEGAL isv.SMS_CONTENT_ILLEGAL isv.TEMPLATE_MISSING_PARAMETERS isv.INVALID_PARAMETERS
     isv.INVALID_JSON_PARAM isv.PARAM_LENGTH_LIMIT isv.PARAM_NOT_SUPPORT_URL isv.BLACK_KEY_CONTROL_LIMIT
     isv.EXTEND_CODE_ERROR isv.DOMESTIC_NUMBER_NOT_SUPPORTED isv.MOBILE_COUNT_OVER_LIMIT isv.TEMPLATE_PARAMS_ILLEGAL
     isv.UNSUPPORTED_CONTENT isv.SMS_CONTENT_MISMATCH_TEMPLATE_TYPE isv.SIGN_NAME_ILLEGAL isv.SIGNATURE_BLACKLIST
     isv.ONE_CODE_MULTIPLE_SIGN isv.CODE_EXCEED_LIMIT isv.CODE_ERROR isv.SMS_TEST_NUMBER_LIMIT
     isv.SMS_TEST_SIGN_TEMPLATE_LIMIT isv.SMS_TEST_TEMPLATE_PARAMS_ILLEGAL`,
  ),
  ...allOf(BAD_ADDRESS, 'isv.MOBILE_NUMBER_ILLEGAL isv.CUSTOMER_REFUSED'),
]);

/**
 * By number, as its older interface and its documents name them, and by name, as the interface of 2021 answers. A
 * signature that is not right, a clock that is off and an interface that is not there are found before anything is sent,
 * though they are called internal errors.
 */
export const TENCENT_CODES: ReadonlyMap<string, CodeMeaning> = new Map<string, CodeMeaning>([
  ...allOf(
    DOUBT,
    `1007 1008 60008 InternalError.Timeout InternalError.SendAndRecvFail InternalError.ParseBackendResponseFail
     InternalError.OtherError InternalError.UnknownError`,
  ),
  ['1013', windowed('calendar-day')],
  ['1023', windowed('thirty-seconds')],
  ['1024', windowed('one-hour')],
  ['1025', windowed('calendar-day')],
  ['1026', windowed('calendar-day')],
  ['1029', windowed('morning')],
  ['LimitExceeded.DeliveryFrequencyLimit', windowed('calendar-day')],
  ['LimitExceeded.PhoneNumberThirtySecondLimit', windowed('thirty-seconds')],
  ['LimitExceeded.PhoneNumberOneHourLimit', windowed('one-hour')],
  ['LimitExceeded.PhoneNumberDailyLimit', windowed('calendar-day')],
  ['LimitExceeded.PhoneNumberSameContentDailyLimit', windowed('calendar-day')],
  ['FailedOperation.MarketingSendTimeConstraint', windowed('morning')],
  ...allOf(TRANSIENT, 'RequestLimitExceeded LimitExceeded.GlobalSmsSendingRateLimit'),
  ...allOf(
    ACCOUNT_STOP,
    `1001 1003 1006 1009 1011 1019 1020 1021 1022 1031 1032 1033 1047
     InternalError.SigVerificationFail InternalError.SigFieldMissing InternalError.RequestTimeException
     InternalError.RestApiInterfaceNotExist InvalidParameter.AppidAndBizId
     FailedOperation.InsufficientBalanceInSmsPackage FailedOperation.NotEnterpriseCertification
     FailedOperation.ProhibitSubAccountUse LimitExceeded.AppDailyLimit LimitExceeded.DailyLimit
     LimitExceeded.AppMainlandChinaDailyLimit LimitExceeded.AppGlobalDailyLimit
     LimitExceeded.AppCountryOrRegionDailyLimit LimitExceeded.AppCountryOrRegionInBlacklist
     InvalidParameterValue.SdkAppIdNotExist
     UnauthorizedOperation.RequestIpNotInWhitelist UnauthorizedOperation.RequestPermissionDeny
     UnauthorizedOperation.SdkAppIdIsDisabled UnauthorizedOperation.ServiceSuspendDueToArrears
     UnauthorizedOperation.SmsSdkAppIdVerifyFail UnauthorizedOperation.IndividualUserMarketingSmsPermissionDeny`,
  ),
  ...allOf(
    CONFIG_BUG,
    `1002 1004 1012 1014 1017 1030 1034 1036 1038 1045 1046 1048
     FailedOperation.ContainSensitiveWord FailedOperation.SignatureIncorrectOrUnapproved
     FailedOperation.TemplateIncorrectOrUnapproved FailedOperation.TemplateUnapprovedOrNotExist
     FailedOperation.TemplateParamSetNotMatchApprovedTemplate FailedOperation.TemplateIdNotExist
     FailedOperation.SignIdNotExist FailedOperation.FailResolvePacket FailedOperation.JsonParseFail
     FailedOperation.OtherError FailedOperation.ParametersOtherError InternalError.JsonParseFail
     LimitExceeded.PhoneNumberCountLimit MissingParameter.EmptyPhoneNumberSet
     InvalidParameter.DirtyWordFound InvalidParameter.InvalidParameters
     InvalidParameterValue.ContentLengthLimit InvalidParameterValue.ProhibitedUseUrlInTemplateParameter
     InvalidParameterValue.SignNameLengthTooLong InvalidParameterValue.MarketingTemplateWithoutUnsubscribe
     InvalidParameterValue.TemplateParameterFormatError InvalidParameterValue.TemplateParameterLengthLimit
     UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone
     UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber
     UnsupportedOperation.GlobalTemplateToChineseMainlandPhone UnsupportedOperation.UnsupportedRegion`,
  ),
  ...allOf(
    BAD_ADDRESS,
    `1015 1016 FailedOperation.PhoneNumberInBlacklist FailedOperation.PhoneNumberParseFail
     InvalidParameterValue.IncorrectPhoneNumber`,
  ),
]);

/** Beginnings of codes, the longer before the shorter. `isv.` names the caller's fault, `isp.` the provider's own. */
export const ALIYUN_FAMILIES: ReadonlyMap<string, CodeMeaning> = new Map<string, CodeMeaning>([
  ...allOf(TRANSIENT, 'Throttling'),
  ...allOf(
    ACCOUNT_STOP,
    `InvalidAccessKeyId MissingAccessKeyId SignatureDoesNotMatch IncompleteSignature InvalidSecurityToken
     MissingSecurityToken InvalidTimeStamp IllegalTimestamp InvalidAction InvalidVersion InvalidProtocol Forbidden
     NoPermission Unauthorized`,
  ),
  ...allOf(CONFIG_BUG, 'isv. Invalid Missing Unsupported SignatureNonceUsed'),
  ...allOf(DOUBT, 'isp. InternalError ServiceUnavailable'),
]);

/** What is before the dot of a code, or all of it. */
export const TENCENT_FAMILIES: ReadonlyMap<string, CodeMeaning> = new Map<string, CodeMeaning>([
  ['LimitExceeded', windowed('calendar-day')],
  ...allOf(TRANSIENT, 'RequestLimitExceeded ResourceInUse ResourceUnavailable'),
  ...allOf(
    ACCOUNT_STOP,
    `AuthFailure UnauthorizedOperation IpInBlacklist IpNotInWhitelist ActionOffline InvalidAction NoSuchProduct
     NoSuchVersion ResourceInsufficient UnsupportedProtocol UnsupportedRegion`,
  ),
  ...allOf(
    CONFIG_BUG,
    `FailedOperation InvalidParameter InvalidParameterValue InvalidRequest MissingParameter UnknownParameter
     UnsupportedOperation DryRunOperation RequestSizeLimitExceeded ResourceNotFound`,
  ),
  ...allOf(DOUBT, 'InternalError ServiceUnavailable ResponseSizeLimitExceeded'),
]);

/**
 * An answer of Aliyun's SMS service (HTTP 200), or a refusal at its gateway, HTTP 4xx with a code. What nobody has heard
 * of is doubt.
 */
export function aliyunMeaning(code: string): CodeMeaning {
  const family = [...ALIYUN_FAMILIES.keys()].find((beginning) => code.startsWith(beginning));
  return ALIYUN_CODES.get(code) ?? (family === undefined ? undefined : ALIYUN_FAMILIES.get(family)) ?? DOUBT;
}

export function tencentMeaning(code: string): CodeMeaning {
  const [family = ''] = code.split('.');
  return TENCENT_CODES.get(code) ?? TENCENT_FAMILIES.get(family) ?? DOUBT;
}

export interface CloudAnswer {
  provider: string;
  code: string;
  meaning: CodeMeaning;
  /** The provider's words. Read for the kind of a window, and never repeated: they may quote what was sent. */
  message: string;
  /** Business instant of the attempt. */
  atMs: number;
}

/** The outcome for an answer that is no acceptance. */
export function outcomeOf({ provider, code, meaning, message, atMs }: CloudAnswer): SendOutcome {
  const shown = readableCode(code);
  if (meaning.failure === 'doubt') return { status: 'unknown', detail: `${provider} answered ${shown}` };
  const refused = {
    status: 'refused',
    failure: meaning.failure,
    code: shown,
    detail: `${provider} refused the message with ${shown}`,
  } as const;
  return meaning.failure === 'windowed'
    ? { ...refused, retryAtMs: endOfWindowMs(meaning.window, atMs, message) }
    : refused;
}

/** When the window that is full at `atMs` is over. */
export function endOfWindowMs(window: Window, atMs: number, message: string): number {
  switch (window) {
    case 'aliyun-text':
      return endOfAliyunWindowMs(atMs, message);
    case 'thirty-seconds':
      return atMs + 30 * SECOND_MS;
    case 'one-hour':
      return atMs + HOUR_MS;
    case 'calendar-day':
      return nextInBeijing(atMs, DAY_MS, 0);
    case 'morning':
      return nextInBeijing(atMs, DAY_MS, MORNING_MS);
  }
}

/** Minute and hour end with the clock's; a day is 24 hours that roll, and is assumed where the text names no window. */
function endOfAliyunWindowMs(atMs: number, message: string): number {
  if (message.includes('分钟级')) return nextInBeijing(atMs, MINUTE_MS, 0);
  if (message.includes('小时级')) return nextInBeijing(atMs, HOUR_MS, 0);
  return atMs + DAY_MS;
}

/** The next instant after `atMs` that lies `offsetMs` after a whole period of Beijing's clock. */
function nextInBeijing(atMs: number, periodMs: number, offsetMs: number): number {
  const shiftMs = BEIJING_MS - offsetMs;
  return (Math.floor((atMs + shiftMs) / periodMs) + 1) * periodMs - shiftMs;
}

/** A code as it may be kept and logged: what does not look like one is not shown, for it may quote a number. */
export function readableCode(code: string): string {
  return /^[A-Za-z0-9][\w.:/-]{0,79}$/.test(code) && !/\d{7}/.test(code) ? code : 'a code that cannot be read';
}
