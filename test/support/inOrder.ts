/** For `sort`: by what each is as JSON, so that lists of rows can be compared whatever their order. */
export function byContent(a: unknown, b: unknown): number {
  const [first, second] = [JSON.stringify(a), JSON.stringify(b)];
  if (first === second) return 0;
  return first < second ? -1 : 1;
}
