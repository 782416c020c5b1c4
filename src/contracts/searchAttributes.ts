import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** What operators filter and sort by in the Temporal Web UI. */
export const searchAttributes = {
  tenant: defineSearchAttributeKey('CreditloomTenant', SearchAttributeType.KEYWORD),
  product: defineSearchAttributeKey('CreditloomProduct', SearchAttributeType.KEYWORD),
  stage: defineSearchAttributeKey('CreditloomStage', SearchAttributeType.KEYWORD),
  bucket: defineSearchAttributeKey('CreditloomBucket', SearchAttributeType.KEYWORD),
  nextDeadline: defineSearchAttributeKey('CreditloomNextDeadline', SearchAttributeType.DATETIME),
  amountBand: defineSearchAttributeKey('CreditloomAmountBand', SearchAttributeType.KEYWORD),
};
