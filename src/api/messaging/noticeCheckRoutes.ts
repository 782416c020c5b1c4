/** Open to whoever got a text: whether it is ours, and the report of one that is not. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import { type Asked, checkCode, takeReport } from '../../activities/messaging/noticeChecks';
import { CODE_POLICY, countedAddress, readCode } from '../../domain/messaging/codes/verificationCodes';
import { PRODUCT_TABLE } from '../../domain/policy/products';
import { readPhoneNumber } from '../../domain/values/phoneNumbers';
import { type ApiContext, businessNowMs, businessToday } from '../context';
import { busy, invalidRequest, tooManyRequests } from '../http/problems';
import type { App, Routes } from '../http/route';
import { problems } from '../schemas';
import {
  codeCheckAnswer,
  codeCheckBody,
  fraudReportAnswer,
  fraudReportBody,
  NOT_CONFIRMED,
  PHONE_FIX,
  REPORT_TAKEN,
} from './noticeSchemas';

/** A phone number and a code are some sixty characters. */
const BODY_LIMIT_BYTES = 512;
/** Real time: longer than the statements take, so that what they took does not show. */
const ANSWER_AFTER_MS = 100;
/** Checks in the database side by side. They wait for each other there, and must not hold every connection. */
const AT_ONCE = 4;

const REFUSALS = problems(400, 413, 415, 429, 503);

export const noticeCheckRoutes: Routes = (app, context) => {
  const evenly = createEvenly(context);
  checking(app, context, evenly);
  reporting(app, context, evenly);
};

type Evenly = <Answer>(work: () => Promise<Answer>) => Promise<Answer>;

/** Answers and refusals alike come at the same time after the request, and only so many are worked on at once. */
function createEvenly({ now }: ApiContext): Evenly {
  let running = 0;
  return async (work) => {
    if (running >= AT_ONCE) throw busy();
    const answerAtMs = now() + ANSWER_AFTER_MS;
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      await sleep(Math.max(0, answerAtMs - now()));
    }
  };
}

function checking(app: App, context: ApiContext, evenly: Evenly): void {
  app.post(
    '/v1/notices/verify',
    {
      config: { access: 'open' },
      bodyLimit: BODY_LIMIT_BYTES,
      schema: {
        tags: ['notices'],
        summary: 'Tell whether a text with a verification code is ours',
        description: 'No key. A wrong, an old and an unknown code, and one beyond the limits, have the same answer.',
        security: [],
        body: codeCheckBody,
        response: { 200: codeCheckAnswer, ...REFUSALS },
      },
    },
    (request) =>
      evenly(async () => {
        const asked = { ...askedOf(context, request, request.body.phone), code: readCode(request.body.code) };
        const answered = await checkCode({ ...context, policy: CODE_POLICY }, asked);
        if (answered.answer === 'too-often') throw refusedUntil(context, answered.againAtMs);
        if (answered.answer === 'not-confirmed') return { ours: false as const, advice: NOT_CONFIRMED };
        const { product, month, maskedAmount } = answered.notice;
        return { ours: true as const, product: PRODUCT_TABLE[product].chineseName, month, maskedAmount };
      }),
  );
}

function reporting(app: App, context: ApiContext, evenly: Evenly): void {
  app.post(
    '/v1/notices/report',
    {
      config: { access: 'open' },
      bodyLimit: BODY_LIMIT_BYTES,
      schema: {
        tags: ['notices'],
        summary: 'Report a message in our name that is not ours',
        description: 'No key. By category: no text and no number of the sender is taken.',
        security: [],
        body: fraudReportBody,
        response: { 200: fraudReportAnswer, ...REFUSALS },
      },
    },
    (request) =>
      evenly(async () => {
        const { phone, sender, reason } = request.body;
        const report = { ...askedOf(context, request, phone), claimedSender: sender, reason };
        const answered = await takeReport({ ...context, policy: CODE_POLICY }, report);
        if (answered.answer === 'too-often') throw refusedUntil(context, answered.againAtMs);
        return { taken: true as const, advice: REPORT_TAKEN };
      }),
  );
}

function askedOf(context: ApiContext, { ip }: FastifyRequest, typedPhone: string): Asked {
  const phone = readPhoneNumber(typedPhone);
  if (phone === undefined) {
    throw invalidRequest([{ field: 'phone', fault: 'is no mainland mobile number', fix: PHONE_FIX }]);
  }
  const { tenantId } = context;
  return { tenantId, phone, address: countedAddress(ip), atMs: businessNowMs(context), today: businessToday(context) };
}

function refusedUntil(context: ApiContext, againAtMs: number) {
  const realMs = (againAtMs - businessNowMs(context)) / context.clock().speed;
  return tooManyRequests(Math.max(1, Math.ceil(realMs / 1000)));
}
