/** Whence a borrower's identity comes, where a test is about something else. */
import type { IdentityOrigin } from '../../src/db/origination/identities';

export const ORIGIN: IdentityOrigin = {
  source: 'application',
  sourceId: 'of-a-test',
  recordedBy: 'key-of-a-test',
  atMs: 0,
};

/** Of the invented people of stories: the number is nobody's. */
export const IDENTITY = { name: '样例', phone: '19900000001' };
