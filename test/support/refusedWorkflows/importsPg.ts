/** A workflow that workflowBundle.test.ts must see refused: it reaches for the database itself. */
import { Pool } from 'pg';

export async function readsTheBooks(): Promise<number> {
  return new Pool().totalCount;
}
