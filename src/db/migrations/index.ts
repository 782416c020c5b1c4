/**
 * All migrations, in order. They are modules and not .sql files, because the compiler copies no other files: the
 * sources and the compiled program find the same text. One that was applied anywhere is never edited.
 */
import { sql as foundation } from './001_foundation';
import { sql as credit } from './002_credit';
import { sql as ledger } from './003_ledger';
import { sql as notices } from './004_notices';
import { sql as operation } from './005_operation';
import { sql as laneNextDue } from './006_lane_next_due';
import { sql as dailyClose } from './007_daily_close';
import { sql as sandboxRail } from './008_sandbox_rail';
import { sql as statementFee } from './009_statement_fee';
import { sql as accountSnapshot } from './010_account_snapshot';
import { sql as costSheet } from './011_cost_sheet';
import { sql as autoDebit } from './012_auto_debit';
import { sql as noticeAttempt } from './013_notice_attempt';
import { sql as templateReview } from './014_template_review';
import { sql as noticeCodes } from './015_notice_codes';
import { sql as incidents } from './016_incidents';
import { sql as contact } from './017_contact';
import { sql as evidence } from './018_evidence';
import { sql as anomalyGuard } from './019_anomaly_guard';
import { sql as inboundText } from './020_inbound_text';
import { sql as channels } from './021_channels';
import { sql as unusedIndex } from './022_unused_index';
import { sql as receiptBelonging } from './023_receipt_belonging';
import { sql as noticeTries } from './026_notice_tries';
import { sql as arrivalRemark } from './031_arrival_remark';
import { sql as referralFigures } from './033_referral_figures';
import { sql as clockLimit } from './037_clock_limit';
import { sql as standing } from './038_standing';
import { sql as wordings } from './039_wordings';
import { sql as setAsideArrivals } from './040_set_aside_arrivals';
import { sql as openSignals } from './043_open_signals';
import { sql as applicationLife } from './046_application_life';
import { sql as purchaseApproval } from './047_purchase_approval';
import { sql as principals } from './049_principals';
import { sql as accountWords } from './050_account_words';
import { sql as whoActs } from './051_who_acts';
import { sql as identityVersions } from './052_identity_versions';
import { sql as phoneChanges } from './053_phone_changes';
import { sql as roles } from './054_roles';
import { sql as signatures } from './055_signatures';
import { sql as sealedHeads } from './056_sealed_heads';
import { sql as signedWords } from './057_signed_words';
import { sql as housekeeping } from './058_housekeeping';
import { sql as hiddenCodes } from './059_hidden_codes';
import { sql as closeByItself } from './063_close_by_itself';
import { sql as dataSources } from './066_data_sources';
import { sql as objections } from './070_objections';

export interface Migration {
  name: string;
  sql: string;
}

export const MIGRATIONS: readonly Migration[] = [
  { name: '001_foundation', sql: foundation },
  { name: '002_credit', sql: credit },
  { name: '003_ledger', sql: ledger },
  { name: '004_notices', sql: notices },
  { name: '005_operation', sql: operation },
  { name: '006_lane_next_due', sql: laneNextDue },
  { name: '007_daily_close', sql: dailyClose },
  { name: '008_sandbox_rail', sql: sandboxRail },
  { name: '009_statement_fee', sql: statementFee },
  { name: '010_account_snapshot', sql: accountSnapshot },
  { name: '011_cost_sheet', sql: costSheet },
  { name: '012_auto_debit', sql: autoDebit },
  { name: '013_notice_attempt', sql: noticeAttempt },
  { name: '014_template_review', sql: templateReview },
  { name: '015_notice_codes', sql: noticeCodes },
  { name: '016_incidents', sql: incidents },
  { name: '017_contact', sql: contact },
  { name: '018_evidence', sql: evidence },
  { name: '019_anomaly_guard', sql: anomalyGuard },
  { name: '020_inbound_text', sql: inboundText },
  { name: '021_channels', sql: channels },
  { name: '022_unused_index', sql: unusedIndex },
  { name: '023_receipt_belonging', sql: receiptBelonging },
  { name: '026_notice_tries', sql: noticeTries },
  { name: '031_arrival_remark', sql: arrivalRemark },
  { name: '033_referral_figures', sql: referralFigures },
  { name: '037_clock_limit', sql: clockLimit },
  { name: '038_standing', sql: standing },
  { name: '039_wordings', sql: wordings },
  { name: '040_set_aside_arrivals', sql: setAsideArrivals },
  { name: '043_open_signals', sql: openSignals },
  { name: '046_application_life', sql: applicationLife },
  { name: '047_purchase_approval', sql: purchaseApproval },
  { name: '049_principals', sql: principals },
  { name: '050_account_words', sql: accountWords },
  { name: '051_who_acts', sql: whoActs },
  { name: '052_identity_versions', sql: identityVersions },
  { name: '053_phone_changes', sql: phoneChanges },
  { name: '054_roles', sql: roles },
  { name: '055_signatures', sql: signatures },
  { name: '056_sealed_heads', sql: sealedHeads },
  { name: '057_signed_words', sql: signedWords },
  { name: '058_housekeeping', sql: housekeeping },
  { name: '059_hidden_codes', sql: hiddenCodes },
  { name: '063_close_by_itself', sql: closeByItself },
  { name: '066_data_sources', sql: dataSources },
  { name: '070_objections', sql: objections },
];
