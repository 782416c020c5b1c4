/** Origination: applications, offers, referrals. */
import { z } from 'zod';
import type { ConsentRow } from '../../db/origination/consents';
import { fen, instantMs, links, reasonView } from '../http/viewParts';
import { product } from '../schemas';

export const offerView = z.object({
  product,
  limitFen: fen,
  remainingFen: fen.describe('What has not been drawn yet.'),
  dailyRate: z.string(),
  expiresAtMs: instantMs,
  policyVersion: z.string(),
});

export const applicationReceived = z
  .object({ applicationId: z.string(), links })
  .describe('Received; the judgement follows.');

export const recourseView = z
  .object({
    status: z.enum(['changes', 'nothing']).describe('`nothing`: none within the months that the policy looks at.'),
    months: z.int().describe('How long all of it takes, side by side; with `nothing`, how far was looked.'),
    limitFen: fen.describe('What would be granted at least; 0 with `nothing`.'),
    lines: z.array(z.object({ zh: z.string(), en: z.string() })).describe('One for each change, in both languages.'),
  })
  .describe('Of a decline, a referral or a cut: the cheapest changes with which the rules approve (PIPL art. 24).');

export const consentView = z
  .object({
    sourceKind: z.string(),
    purpose: z.string(),
    fromMs: instantMs,
    untilMs: instantMs.nullable().describe('The first instant at which it is over; null: none is set.'),
    withdrawnAtMs: instantMs.nullable(),
    links,
  })
  .describe('What the applicant agreed to: which kind of source may be asked and used, for what, and until when.');

export function consentViewOf(applicationId: string, consent: ConsentRow) {
  const { sourceKind, purpose, fromMs, untilMs, withdrawnAtMs } = consent;
  const links = { withdrawal: `/v1/applications/${applicationId}/consents/${sourceKind}/withdrawal` };
  return { sourceKind, purpose, fromMs, untilMs, withdrawnAtMs, links };
}

const sourceView = z.object({
  recordId: z.string(),
  sourceKind: z.string(),
  supplier: z.string(),
  seenAtMs: instantMs,
  status: z.string(),
  missing: z.array(z.string()).describe('Figures that it did not show.'),
});

const objectionView = z
  .object({
    objectedBy: z.string().describe('`borrower` or `on-behalf`.'),
    reason: z.string(),
    receivedAtMs: instantMs,
    reviewByMs: instantMs
      .nullable()
      .describe('Until when a person must answer it, each day again once late; null: answered.'),
  })
  .describe('The objection to a decline that no person made (PIPL art. 24).');

export const applicationView = z
  .object({
    applicationId: z.string(),
    borrowerId: z.string(),
    product,
    requestedFen: fen,
    stage: z.string(),
    reasonCodes: z.array(z.string()),
    reasons: z.array(reasonView),
    scorePoints: z.int().nullable(),
    rateReason: reasonView.nullable().describe('Of an approval: why that rate.'),
    policyVersion: z.string().nullable(),
    decideByMs: instantMs.nullable().describe('Until when a person must decide a referral.'),
    objectUntilMs: instantMs
      .nullable()
      .describe('Of a decline: until when it may be objected to. Null: it may not, because a person decided.'),
    objection: objectionView.nullable(),
    recourse: recourseView.nullable(),
    offer: offerView.nullable(),
    sources: z.array(sourceView).describe('What was seen of sources, in its order; what the application told is one.'),
    consents: z.array(consentView),
    links,
  })
  .describe('The application as it is now.');

export const accountOpened = z.object({ accountId: z.string(), links }).describe('An account was opened.');

export const referralAnswer = z
  .object({
    applicationId: z.string(),
    stage: z.string(),
    requestedFen: fen,
    grantedFen: fen.describe('0 where nothing is.'),
    reasonCodes: z.array(z.string()),
    reasons: z.array(reasonView),
  })
  .describe('The stage after the decision, and what was granted against what was asked.');

export const objectionAnswer = z
  .object({
    applicationId: z.string(),
    stage: z.string(),
    reviewByMs: instantMs.describe('Until when a person must answer.'),
    reasonCodes: z.array(z.string()),
    reasons: z.array(reasonView),
  })
  .describe('A person reviews the decision.');

export const referralPreview = z
  .object({
    applicationId: z.string(),
    requestedFen: fen,
    outcome: z.enum(['approved', 'declined']).describe('An approval ends as declined where a knock-out forbids it.'),
    grantedFen: fen.describe('What an approval would grant now; 0 where it would end as declined.'),
    dailyRate: z.string().nullable(),
    reasonCodes: z.array(z.string()),
    reasons: z.array(reasonView),
    claimed: z
      .object({})
      .loose()
      .nullable()
      .describe('Figures that an objection told, to be proved; null: none, or there is no objection.'),
    missing: z.array(reasonView).describe('What is still not known with what was proved.'),
    policyVersion: z.string(),
    decideByMs: instantMs.nullable().describe('Until when a person must decide.'),
  })
  .describe('What an approval would come to. Nothing was decided or kept.');
