// An upstream system on Temporal: an application and a revolving account through the contracts alone.
// Needs `npm run build` once, and a deployment in real time.
//
//   TEMPORAL_ADDRESS=127.0.0.1:7233 TENANT_ID=demo node docs/examples/upstream-temporal.mjs
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import {
  acceptOffer,
  accountState,
  applicationState,
  authorisePurchase,
  paymentReceived,
  refundReceived,
  TASK_QUEUE,
  workflowIds,
} from '../../dist/contracts/index.js';

const {
  TEMPORAL_ADDRESS = '127.0.0.1:7233',
  TENANT_ID = 'demo',
  APPLICATION_ID = `shop-${randomUUID()}`,
} = process.env;

async function readUntil(read, isThere) {
  for (;;) {
    const answer = await read();
    if (isThere(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The lender's date now: a day begins at midnight of Shanghai. */
function today() {
  return new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
}

const connection = await Connection.connect({ address: TEMPORAL_ADDRESS });
const client = new Client({ connection });

// Ids and figures only: what names a person goes to the vault over HTTP, never into a workflow. The history shows the
// facts; an application that is sent over HTTP is started without them.
const input = {
  tenantId: TENANT_ID,
  applicationId: APPLICATION_ID,
  borrowerId: `person-of-${APPLICATION_ID}`,
  product: 'revolving',
  requestedFen: 1_000_000,
  facts: {
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
  },
  // Real time. An accelerated deployment has another clock, see docs/temporal-contracts.md.
  clock: { realEpochMs: 0, businessEpochMs: 0, speed: 1 },
};
const application = await client.workflow.start('application', {
  workflowId: workflowIds.application(TENANT_ID, APPLICATION_ID),
  taskQueue: TASK_QUEUE,
  args: [input],
  workflowIdReusePolicy: 'REJECT_DUPLICATE',
  workflowIdConflictPolicy: 'USE_EXISTING',
});
const judged = await readUntil(
  () => application.query(applicationState),
  ({ stage }) => stage !== 'assessing',
);
console.log(`application ${judged.stage}: ${judged.assessment.reasonCodes.join(', ')}`);

// Without a confirmation it is refused, with the cost sheet that the borrower has to read.
const asked = { product: 'revolving', key: 'ask', acceptedOn: today(), dueDay: 10 };
const told = await application.executeUpdate(acceptOffer, { args: [asked], updateId: asked.key });
console.log(told.costSheet.text);

const confirmedAt = new Date().toISOString();
const costSheet = { hash: told.costSheet.hash, confirmedBy: input.borrowerId, confirmedAt };
const acceptance = { ...asked, key: 'accept', costSheet };
const accepted = await application.executeUpdate(acceptOffer, { args: [acceptance], updateId: acceptance.key });
if (accepted.status === 'refused') throw new Error(`refused: ${accepted.reasonCodes.join(', ')}`);
const { accountId } = accepted;
const account = client.workflow.getHandle(workflowIds.revolvingAccount(TENANT_ID, accountId));

const purchase = { purchaseId: 'order-1', amountFen: 12_000, purchasedOn: today() };
const answer = await account.executeUpdate(authorisePurchase, { args: [purchase], updateId: purchase.purchaseId });
console.log(`purchase ${answer.status}, ${answer.availableFen} fen available`);

await account.signal(refundReceived, { refundId: 'order-1-back', amountFen: 2_000, refundedOn: today() });
await account.signal(paymentReceived, { paymentId: 'pay-1', amountFen: 10_000, paidOn: today(), intent: 'instalment' });
const settled = await readUntil(
  () => account.query(accountState),
  ({ amountBand }) => amountBand === 'none',
);
console.log(`account ${accountId}: ${settled.summary}`);
await connection.close();
