/** The demo's borrowers accept what they have read, also when midnight comes between reading and accepting. */
import { expect, it } from '@jest/globals';
import { type ApiAnswer, type ApiClient, acceptAsShown } from '../../../src/dev/demo/apiClient';

/** Shows a sheet at each reading, and takes the acceptance of the last of them. */
function apiThatShows(sheets: { hash: string; presentedAt: string }[]) {
  const bodies = new Map<string, string>();
  let readings = 0;
  const api = {
    get: async () => ({ status: 200, body: sheets[readings++] }),
    post: async (_: string, key: string, body: unknown): Promise<ApiAnswer> => {
      const text = JSON.stringify(body);
      if ((bodies.get(key) ?? text) !== text) return { status: 409, body: { title: 'used before with other input' } };
      bodies.set(key, text);
      if (readings < sheets.length) return { status: 422, body: { reasonCodes: ['COST_SHEET_DIFFERS'] } };
      return { status: 201, body: {} };
    },
  };
  return { api: api as unknown as ApiClient, bodies };
}

it.each([
  ['another sheet', 'b'.repeat(64)],
  ['the same sheet once more, because the API is not yet at the next day', 'a'.repeat(64)],
])('%s is accepted under a key of its own', async (_, hash) => {
  const { api, bodies } = apiThatShows([
    { hash: 'a'.repeat(64), presentedAt: '2026-01-05T23:59:00+08:00' },
    { hash, presentedAt: '2026-01-05T23:59:30+08:00' },
  ]);
  expect(await acceptAsShown(api, 'app-1', { dueDay: 10 }, 'b-1')).toMatchObject({ status: 201 });
  expect(bodies.size).toBe(2);
});
