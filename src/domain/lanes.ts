/** Which lane a borrower's notices go through: always the same, so that two notices to one person never race. */
export function laneOf(borrowerId: string, lanes: number): number {
  let hash = 0x811c9dc5;
  for (const character of borrowerId) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return hash % lanes;
}
