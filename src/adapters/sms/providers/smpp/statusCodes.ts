/** What a command status of SMPP 3.4 (5.1.3) is called, and what is to be done about it (facts 3.6). */
import type { FailureClass } from '../../port';

/** `account-stop` is also what every message of these settings would meet, such as a sender that is not ours. */
const STATUSES: Readonly<Record<number, readonly [name: string, failure: FailureClass]>> = {
  1: ['ESME_RINVMSGLEN', 'config-bug'],
  2: ['ESME_RINVCMDLEN', 'config-bug'],
  3: ['ESME_RINVCMDID', 'config-bug'],
  4: ['ESME_RINVBNDSTS', 'transient'],
  5: ['ESME_RALYBND', 'transient'],
  6: ['ESME_RINVPRTFLG', 'config-bug'],
  7: ['ESME_RINVREGDLVFLG', 'config-bug'],
  8: ['ESME_RSYSERR', 'transient'],
  10: ['ESME_RINVSRCADR', 'account-stop'],
  11: ['ESME_RINVDSTADR', 'bad-address'],
  12: ['ESME_RINVMSGID', 'transient'],
  // Says no more than that: as often as not another worker has taken the last session that is allowed.
  13: ['ESME_RBINDFAIL', 'transient'],
  14: ['ESME_RINVPASWD', 'account-stop'],
  15: ['ESME_RINVSYSID', 'account-stop'],
  20: ['ESME_RMSGQFUL', 'transient'],
  21: ['ESME_RINVSERTYP', 'account-stop'],
  51: ['ESME_RINVNUMDESTS', 'config-bug'],
  64: ['ESME_RINVDESTFLAG', 'config-bug'],
  66: ['ESME_RINVSUBREP', 'config-bug'],
  67: ['ESME_RINVESMCLASS', 'config-bug'],
  69: ['ESME_RSUBMITFAIL', 'transient'],
  72: ['ESME_RINVSRCTON', 'account-stop'],
  73: ['ESME_RINVSRCNPI', 'account-stop'],
  80: ['ESME_RINVDSTTON', 'config-bug'],
  81: ['ESME_RINVDSTNPI', 'config-bug'],
  83: ['ESME_RINVSYSTYP', 'account-stop'],
  84: ['ESME_RINVREPFLAG', 'config-bug'],
  88: ['ESME_RTHROTTLED', 'windowed'],
  97: ['ESME_RINVSCHED', 'config-bug'],
  98: ['ESME_RINVEXPIRY', 'config-bug'],
  99: ['ESME_RINVDFTMSGID', 'config-bug'],
  100: ['ESME_RX_T_APPN', 'transient'],
  101: ['ESME_RX_P_APPN', 'config-bug'],
  102: ['ESME_RX_R_APPN', 'config-bug'],
  103: ['ESME_RQUERYFAIL', 'transient'],
  192: ['ESME_RINVOPTPARSTREAM', 'config-bug'],
  193: ['ESME_ROPTPARNOTALLWD', 'config-bug'],
  194: ['ESME_RINVPARLEN', 'config-bug'],
  195: ['ESME_RMISSINGOPTPARAM', 'config-bug'],
  196: ['ESME_RINVOPTPARAMVAL', 'config-bug'],
  254: ['ESME_RDELIVERYFAILURE', 'transient'],
  255: ['ESME_RUNKNOWNERR', 'transient'],
  // SMPP 5.0, sent by gateways that speak 3.4 otherwise.
  256: ['ESME_RSERTYPUNAUTH', 'account-stop'],
  257: ['ESME_RPROHIBITED', 'account-stop'],
  258: ['ESME_RSERTYPUNAVAIL', 'transient'],
  259: ['ESME_RSERTYPDENIED', 'account-stop'],
  260: ['ESME_RINVDCS', 'config-bug'],
};

export const ESME_ROK = 0;
export const ESME_RINVCMDID = 3;
/** The receiver cannot take it now: it is sent again. */
export const ESME_RX_T_APPN = 100;
/** The receiver will never take it. */
export const ESME_RX_R_APPN = 102;

/** The standard's name; `0x00000401` for a status of the SMSC's own. */
export function statusName(status: number): string {
  return status === ESME_ROK ? 'ESME_ROK' : (STATUSES[status]?.[0] ?? `0x${status.toString(16).padStart(8, '0')}`);
}

/** What a refusal of a message is. A status of the SMSC's own is passing trouble. */
export function failureOf(status: number): FailureClass {
  return STATUSES[status]?.[1] ?? 'transient';
}

/** Of passing trouble: what the SMSC says of itself and not of the message. Such a message waits and uses no try. */
const OF_THE_SMSC: ReadonlySet<number> = new Set([4, 5, 8, 13, 20, 88, 100, 258]);

/** Whether a refused submit is a word about the message; a status of the SMSC's own is taken for one. */
export function isAboutMessage(status: number): boolean {
  return !OF_THE_SMSC.has(status) && failureOf(status) !== 'account-stop';
}

/** Whether a bind that was refused so needs a person; otherwise it is simply tried again. */
export function stopsAccount(bindStatus: number): boolean {
  return failureOf(bindStatus) === 'account-stop';
}
