// An upstream system over HTTP: an application, a cash loan, and its payoff. Needs Node alone.
//
//   API_URL=http://127.0.0.1:8080 API_KEY=clk_... node docs/examples/upstream-http.mjs
import { randomUUID } from 'node:crypto';

const { API_URL = 'http://127.0.0.1:8080', API_KEY = '', APPLICATION_ID = `shop-${randomUUID()}` } = process.env;

/** One request; a write has a key, and is sent again under the same key when the service is away. */
async function call(method, path, body, idempotencyKey) {
  const headers = { authorization: `Bearer ${API_KEY}` };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey;
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(`${API_URL}${path}`, { method, headers, body: body && JSON.stringify(body) });
    const answer = await response.json();
    if (response.ok) return answer;
    if (response.status !== 503 || attempt === 5)
      throw new Error(`${response.status} ${answer.title}: ${answer.detail}`);
    await new Promise((resolve) => setTimeout(resolve, 1000 * Number(response.headers.get('retry-after') ?? 1)));
  }
}

/** Reads again until the answer is the one that is waited for: a 202 means that the work goes on. */
async function readUntil(path, isThere) {
  for (;;) {
    const answer = await call('GET', path);
    if (isThere(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const application = {
  applicationId: APPLICATION_ID,
  product: 'cash-loan',
  requestedFen: 1_000_000,
  borrower: {
    borrowerId: `person-of-${APPLICATION_ID}`,
    name: '样例',
    idNumber: '00000019900101000X',
    phone: '19900000000',
  },
  identity: { check: 'matched', adult: true },
  finances: {
    monthlyIncomeFen: 2_000_000,
    monthlyDebtServiceFen: 100_000,
    unsecuredDebtFen: 0,
    worstBureauCode: 0,
    openOverdue: false,
    bureauInquiries3Months: 0,
  },
  behaviour: { monthsOnPlatform: 60, monthlySpendFen: 400_000, onTimePaymentRatio: '0.99', refundRatio: '0.01' },
};
await call('POST', '/v1/applications', application, `apply-${APPLICATION_ID}`);
const judged = await readUntil(`/v1/applications/${APPLICATION_ID}`, ({ stage }) => stage !== 'assessing');
console.log(`application ${judged.stage}: ${judged.reasonCodes.join(', ')}; limit ${judged.offer?.limitFen} fen`);

// The borrower reads what it costs, and confirms it. On another day it is another sheet, and needs another key.
const draw = { principalFen: 500_000, months: 6, method: 'level' };
const { hash, text, presentedAt } = await call(
  'GET',
  `/v1/offers/${APPLICATION_ID}/cost-sheet?${new URLSearchParams(draw)}`,
);
console.log(text);
const costSheet = { hash, confirmedBy: application.borrower.borrowerId, confirmedAt: presentedAt };
const acceptance = { ...draw, costSheet };
const { accountId } = await call('POST', `/v1/offers/${APPLICATION_ID}/acceptance`, acceptance, `accept-${hash}`);
const opened = await readUntil(`/v1/accounts/${accountId}`, ({ bookedOn }) => bookedOn !== null);
console.log(`account ${accountId}: ${opened.summary}`);

// The date first, then the sum: on an accelerated clock a day may pass in between.
const { businessDate } = await call('GET', '/health');
const { payoffFen } = await call('GET', `/v1/accounts/${accountId}`);
const payment = { paymentId: `pay-${accountId}`, amountFen: payoffFen, paidOn: businessDate, intent: 'payoff' };
await call('POST', `/v1/accounts/${accountId}/payments`, payment, `pay-${accountId}`);
// Sent twice under one key, it counts once.
await call('POST', `/v1/accounts/${accountId}/payments`, payment, `pay-${accountId}`);
const closed = await readUntil(`/v1/accounts/${accountId}`, ({ stage }) => stage === 'settled');
console.log(`account ${accountId}: ${closed.stage}, ${closed.balances.collections} fen collected`);
