/**
 * Words that refuse a notice text, and what each stage of overdue may say. Lists of words, each with the reason that
 * a refusal names. Compared without spaces, signs and hidden characters, in simplified characters and small letters.
 */
import type { TemplateTone } from '../outbox/noticeKinds';

export interface WordRule {
  rule: 'PROVIDER_WORD' | 'THREAT' | 'FALSE_AUTHORITY' | 'MARKETING' | 'OPT_OUT' | 'FOREIGN_CONTACT' | 'LINK' | 'TONE';
  /** Tones that it binds; absent: all. */
  tones?: readonly TemplateTone[];
  /** Separated by spaces. */
  words: string;
  /** Longer words that hold one of these and mean something else, separated by spaces. */
  except?: string;
  why: string;
  fix: string;
}

export const WORD_RULES: readonly WordRule[] = [
  {
    rule: 'PROVIDER_WORD',
    words:
      '贷款 网贷 借贷 放贷 贷后 催款 催收 催缴 催还 追讨 追债 讨债 逾期 套现 下款 放款 信用卡 提额 提升额度 额度提升 高利贷 ' +
      '债务重组 刷单 代还 理财 投资',
    why: 'carriers and cloud providers refuse it in notices (facts 3.1)',
    fix: 'say 账单, 应还, 待还 or 到期',
  },
  {
    rule: 'THREAT',
    words:
      '后果自负 严重后果 一切后果 后果严重 最后通牒 最后警告 最后机会 严正警告 立即还款 马上还款 立刻还款 勿谓言之不预 ' +
      '起诉 诉讼 立案 强制执行 查封 冻结 扣押 拘留 坐牢 牢狱 入狱 抓捕 通缉 追究 上门 走访 拜访 外访 曝光 公示 公布 ' +
      '亲友 亲属 家人 家属 父母 联系人 通讯录 单位 同事 村委 居委 老赖 赖账 骗贷 诈骗 影响子女 影响出行 影响工作 ' +
      '采取措施 采取进一步 一切手段 必要手段 不择手段 否则 别怪 限你 限您',
    why: 'a threat, or talk of telling others: collection conduct forbids both (facts 2.1)',
    fix: 'say what is due and how to get help',
  },
  {
    rule: 'FALSE_AUTHORITY',
    words:
      '法院 法庭 检察 公安 警察 警方 民警 派出所 司法 律师 传票 仲裁 法务部 执行局 失信 黑名单 被执行 央行 人民银行 银保监 ' +
      '银监 金融监管 监管局 监管部门 政府 国家机关 有关部门 相关部门 纪委 经侦 反诈中心 12378 12321',
    except: '司法解释',
    why: 'speaks in the name of a court, the police or another authority that has no part in it (facts 2.1)',
    fix: 'speak as the lender, in its own name',
  },
  {
    rule: 'MARKETING',
    words:
      '优惠 券 红包 折扣 打折 立减 满减 抽奖 中奖 免费 福利 返现 返利 限时 特价 低息 免息 降息 利息低 专享 尊享 领取 秒批 ' +
      '秒到 再借 续借 可借 借款额度 可用额度 邀请 推荐 礼品 好礼 奖励 赠送 积分 会员 权益 活动 促销 抢购 下载 恭喜',
    why: 'marketing: a service text has none, it needs consent and an opt-out (facts 2.2)',
    fix: 'leave it out, and send it as marketing where there is consent',
  },
  {
    rule: 'OPT_OUT',
    words: '拒收 退订 回复r 回r 回复t 回t 回复td 回td 回n 回复n',
    why: 'providers ban an opt-out line in notices, which cannot be refused (facts 2.2, 3.1)',
    fix: 'leave it out',
  },
  {
    rule: 'FOREIGN_CONTACT',
    words:
      '微信 威信 薇信 微聊 支付宝 加v 加微 加q 扣扣 企鹅号 加群 群聊 私信 公众号 小程序 扫码 二维码 扫描 转账 汇款 打款 ' +
      '对公账户 收款码 短信回复 回复短信 回电 致电',
    why: 'sends the reader elsewhere, as texts do that imitate ours (facts 2.8)',
    fix: 'point to the APP alone',
  },
  {
    rule: 'LINK',
    words: '链接 连接 网址 网站 网页 点击 戳这 点此 复制 浏览器 短链 点com 点cn 点net',
    why: 'no notice of ours has a link: whoever sees one knows that it is not ours (facts 3.2)',
    fix: 'point to the APP alone',
  },
  {
    rule: 'TONE',
    tones: ['service', 'warm', 'factual'],
    words: '征信 信用报告 信用记录 信用污点 信用信息 报送 上报 依据 依照 根据 条例 民法典 法律 法规 法条 合同法 刑法',
    why: 'only the statutory warning names the credit register and quotes the law (facts 2.7, 5.2)',
    fix: 'leave it out',
  },
  {
    rule: 'TONE',
    tones: ['service', 'warm'],
    words: '罚息 罚金 罚款 违约 滞纳 赔偿 失约 欠款 欠费 拖欠 欠债 超期 过期 不还 尽早处理 催 核销 不良',
    why: 'nobody is late yet, or for one day only: no penalty and no reproach (facts 5.2)',
    fix: 'say what is due and when',
  },
  {
    rule: 'TONE',
    tones: ['factual', 'statutory'],
    words: '滞纳金 罚款 罚金 拖欠 欠债 恶意 拒不 失约 失望 遗憾 警告 严肃',
    why: 'after a missed date the text names facts and help, and reproaches nobody (facts 5.1, 5.2)',
    fix: 'say the days, the amount and how to get help',
  },
];

/** Traditional and look-alike characters of the words above, by the character that they stand for. */
export const FOLDED: Readonly<Record<string, string>> = {
  貸: '贷',
  債: '债',
  討: '讨',
  繳: '缴',
  還: '还',
  訴: '诉',
  訟: '讼',
  執: '执',
  強: '强',
  凍: '冻',
  結: '结',
  檢: '检',
  務: '务',
  師: '师',
  傳: '传',
  銀: '银',
  監: '监',
  門: '门',
  單: '单',
  親: '亲',
  屬: '属',
  聯: '联',
  係: '系',
  錄: '录',
  優: '优',
  紅: '红',
  獎: '奖',
  費: '费',
  現: '现',
  時: '时',
  價: '价',
  專: '专',
  領: '领',
  贈: '赠',
  動: '动',
  鏈: '链',
  網: '网',
  點: '点',
  擊: '击',
  複: '复',
  碼: '码',
  轉: '转',
  賬: '账',
  帳: '账',
  匯: '汇',
  罰: '罚',
  違: '违',
  約: '约',
  滯: '滞',
  納: '纳',
  報: '报',
  條: '条',
  據: '据',
  訂: '订',
  號: '号',
  級: '级',
  關: '关',
  機: '机',
  賴: '赖',
  騙: '骗',
  額: '额',
  區: '区',
  證: '证',
  徵: '征',
  憑: '凭',
  帶: '带',
  後: '后',
};
