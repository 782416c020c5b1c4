/**
 * The canonical form of a cost sheet: the text that the borrower reads, and the text that is hashed. One fact on a
 * line, in a fixed order, with fixed formats, so that the same credit always gives the same characters. Every change
 * here is a new `SHEET_FORM`: a hash that was confirmed must stay the hash of what was read.
 */

import type { RepaymentMethod } from '../policy/lendingPolicy';
import { type Fen, formatYuan } from '../values/money';
import { percentOf } from '../values/rateText';
import type {
  CashLoanDisclosure,
  Charge,
  ChargeStandard,
  CostDisclosure,
  DefaultCost,
  InstalmentPlanDisclosure,
  RevolvingDisclosure,
  SheetInstalment,
} from './costDisclosure';

const TITLE: Record<CostDisclosure['product'], string> = {
  'cash-loan': '现金贷款',
  'instalment-plan': '账单分期',
  revolving: '循环额度',
};

const METHOD: Record<RepaymentMethod, string> = {
  level: '等额本息（按实际天数计息）',
  'level-monthly': '等额本息（按月计息）',
  'interest-first': '按月付息、到期还本',
};

const CHARGE: Record<Charge['kind'], string> = { interest: '利息', 'instalment-fee': '分期手续费' };
const PAYER: Record<Charge['payer'], string> = { borrower: '借款人', merchant: '商家' };

export function costDisclosureText(sheet: CostDisclosure): string {
  const lines = [
    `综合融资成本明示表（格式${sheet.form}）`,
    `产品：${TITLE[sheet.product]}`,
    `贷款人：${sheet.lenderOfRecord}`,
    `政策版本：${sheet.policyVersion}`,
    ...productLines(sheet),
    ...sheet.defaultCosts.map(defaultLine),
    '除上述各项外，不收取任何其他费用。',
  ];
  return `${lines.join('\n')}\n`;
}

function productLines(sheet: CostDisclosure): string[] {
  switch (sheet.product) {
    case 'cash-loan':
      return [
        `借款本金：${yuan(sheet.principalFen)}`,
        `实际到账：${yuan(sheet.receivedFen)}`,
        `起息日：${sheet.startDate}`,
        `还款方式：${METHOD[sheet.method]}`,
        ...repaidLines(sheet),
      ];
    case 'instalment-plan':
      return [
        `分期本金：${yuan(sheet.principalFen)}`,
        `分期对象：${sourceOf(sheet.statementNumber)}`,
        `分期日：${sheet.startDate}`,
        ...repaidLines(sheet),
        earlyLine(sheet.isFeeWaivedEarly),
      ];
    case 'revolving':
      return revolvingLines(sheet);
  }
}

function repaidLines(sheet: CashLoanDisclosure | InstalmentPlanDisclosure): string[] {
  const { months, charges, instalments, totalFen, annualised } = sheet;
  return [
    `期数：${months}`,
    ...charges.map(chargeLine),
    ...instalments.map(instalmentLine),
    `合计应还：${yuan(totalFen)}`,
    '正常履约年化综合融资成本：',
    `名义年化利率（12×月内部收益率）：${percentOf(annualised.aprNominal)}%`,
    // Form 1 had no such figure.
    ...(annualised.aprDaily === undefined
      ? []
      : [`按日年化利率（365×日内部收益率）：${percentOf(annualised.aprDaily)}%`]),
    `实际年化利率（复利）：${percentOf(annualised.ear)}%`,
  ];
}

function revolvingLines(sheet: RevolvingDisclosure): string[] {
  const { limitFen, openDate, billDay, dueDay, minimumPaymentRatio, charges, annualised } = sheet;
  return [
    `额度：${yuan(limitFen)}`,
    `开通日：${openDate}`,
    `账单日：每月${billDay}日；还款日：每月${dueDay}日`,
    `最低还款：账单本金的${percentOf(minimumPaymentRatio)}%，另加全部利息、费用、分期本金及以前未还的最低还款`,
    '还款日前还清账单：不收取利息',
    '还款日前还足最低还款、未还清账单：剩余账单本金自还款日次日起计息',
    ...charges.map(({ kind, collector, standard }) => `${CHARGE[kind]}：${standardOf(standard)}；收取方：${collector}`),
    '未还清账单时的年化综合融资成本：',
    `名义年化利率（365×日利率）：${percentOf(annualised.aprNominal)}%`,
    `实际年化利率（按月复利）：${percentOf(annualised.ear)}%`,
    '未还足最低还款：自还款日次日起，剩余账单本金不再计上述利息，改计下述罚息',
  ];
}

function chargeLine({ kind, collector, payer, standard, amountFen }: Charge): string {
  const parts = [`${CHARGE[kind]}：${yuan(amountFen)}`, `收取标准：${standardOf(standard)}`];
  return [...parts, `收取方：${collector}`, `承担方：${PAYER[payer]}`].join('；');
}

function standardOf(standard: ChargeStandard): string {
  switch (standard.basis) {
    case 'outstanding-principal-by-day':
      return `剩余本金×日利率${percentOf(standard.dailyRate)}%×实际天数`;
    case 'outstanding-principal-by-month':
      return `剩余本金×日利率${percentOf(standard.dailyRate)}%×每月30天`;
    case 'principal-once':
      return `本金×${percentOf(standard.share)}%，全期一次计算`;
  }
}

function instalmentLine(row: SheetInstalment): string {
  const { number, dueDate, paymentFen, principalFen, interestFen, feeFen, balanceFen } = row;
  const parts = `本金${yuan(principalFen)}、利息${yuan(interestFen)}、费用${yuan(feeFen)}`;
  return `第${number}期：${dueDate}应还${yuan(paymentFen)}（${parts}），剩余本金${yuan(balanceFen)}`;
}

function defaultLine({ collector, dailyRate, annualRate, graceDays }: DefaultCost): string {
  const rate = `按日利率${percentOf(dailyRate)}%（年化${percentOf(annualRate)}%）计收罚息`;
  const grace = graceDays > 0 ? `；还款日后${graceDays}天内还清不计收` : '';
  return `违约时或有成本：逾期本金自还款日次日起${rate}，单利，不与利息重复计收${grace}；收取方：${collector}`;
}

function sourceOf(statementNumber: number | undefined): string {
  return statementNumber === undefined ? '未出账消费' : `第${statementNumber}期账单`;
}

function earlyLine(isFeeWaived: boolean): string {
  return `提前结清：剩余本金随下期账单到期，剩余手续费${isFeeWaived ? '不再收取' : '一并收取'}`;
}

function yuan(amountFen: Fen): string {
  return `${formatYuan(amountFen)}元`;
}
