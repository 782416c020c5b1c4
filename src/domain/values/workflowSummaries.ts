/** What a workflow is, in one line of the Temporal Web UI that never changes: ids and terms, nothing of a person. */

import type { WordingName } from '../messaging/outbox/wordings';
import { PRODUCT_TABLE, type Product } from '../policy/products';
import { type Fen, formatYuan } from './money';

export const workflowWords = {
  application: ({
    applicationId,
    product,
    requestedFen,
  }: {
    applicationId: string;
    product: Product;
    requestedFen: Fen;
  }) => `Application ${applicationId}: ${PRODUCT_TABLE[product].words}, ${formatYuan(requestedFen)} CNY asked for`,
  account: ({ accountId, product }: { accountId: string; product: Product }) =>
    `${PRODUCT_TABLE[product].words.replace(/^./, (first) => first.toUpperCase())} ${accountId}`,
  noticeLane: ({ lane }: { lane: number }) => `Notices to the borrowers of lane ${lane}`,
  debitLane: ({ lane }: { lane: number }) => `Automatic debits of the borrowers of lane ${lane}`,
  endOfDay: () => 'Closes and seals each business date when it has ended',
  housekeeping: () => 'Removes what is older than is kept',
  incident: ({ incidentId }: { incidentId: string }) => `Incident ${incidentId}`,
  templateReview: ({ kind, version }: { kind: WordingName; version: number }) =>
    `Review of the notice text ${kind}, version ${version}`,
  modelReview: ({ card, version }: { card: string; version: string }) => `Life of the model ${card}-${version}`,
};
