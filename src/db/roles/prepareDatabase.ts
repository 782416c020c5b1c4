/** A database as the application needs it: owned by its owner, of this version's schema, with rights as listed. */
import { migrate } from '../migrate';
import { MIGRATIONS } from '../migrations';
import { type DatabaseUrls, grantRights, prepareOwner } from './roles';

/** Returns the migrations that were applied. Safe to repeat; throws `WrongRoleError` with what to do. */
export async function prepareDatabase(urls: DatabaseUrls): Promise<string[]> {
  const owner = await prepareOwner(urls);
  const applied = await migrate(urls.ownerUrl, MIGRATIONS, owner);
  await grantRights(urls);
  return applied;
}
