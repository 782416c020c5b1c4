/** Numbers that are a person: where an id belongs they would put personal data into histories, logs and keys. */
import { residentIdFault } from './residentId';

/** What may stand between the parts of an id, and between digits that people write. */
const SEPARATORS = /[._:-]/g;
/** Of mainland mobile numbers the second digit is 3 to 9; 86 is the country. */
const MOBILE_NUMBER = /^(?:00)?(?:86)?1[3-9]\d{9}$/;

/** Whether an id is a mainland mobile number or the number of a resident identity card, in whatever groups. */
export function isPersonalNumber(id: string): boolean {
  const bare = id.replace(SEPARATORS, '');
  return MOBILE_NUMBER.test(bare) || residentIdFault(bare) === undefined;
}
