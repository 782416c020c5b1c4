/** The code of a text, from the sweep that writes it to the borrower who asks whether the text is ours. */
import { expect, it } from '@jest/globals';
import { CODE_ALPHABET } from '../../src/db/noticeCodes';
import { addDays } from '../../src/domain/calendar';
import { HIDDEN_CODE } from '../../src/domain/noticeCodes';
import { withApi } from '../support/api';
import { Carrier } from '../support/carrier';
import { Credit, until } from '../support/credits';
import { DAY_MS, type Deployment, TENANT, withDeployment } from '../support/deployment';
import { noticesOf } from '../support/notices';

const PHONE = '199 0000 0001';
const CODE = new RegExp(`核验码([${CODE_ALPHABET}]{8})`);

/** What the open route answers now, in the deployment's business time. */
async function verify(deployment: Deployment, code: string) {
  let body: unknown;
  await withApi(deployment, async ({ api }) => {
    const payload = { phone: PHONE, code };
    body = (await api.inject({ method: 'POST', url: '/v1/notices/verify', payload })).json();
  });
  return body;
}

it('a reminder carries a code that tells its receiver that it is ours, and no copy of ours tells the code', () => {
  const carrier = new Carrier();
  const codes = () => carrier.texts.map((text) => CODE.exec(text)?.[1]);
  return withDeployment(
    async (deployment) => {
      const loan = await new Credit(deployment, 'checked', 'cash-loan').open();
      const obligation = (await loan.now()).obligations[0];
      const dueDate = obligation?.dueDate ?? '';
      // The first call of it is refused: what goes out in its place has a code too.
      let refusals = 1;
      carrier.answering = async (message, keep) => {
        if (!CODE.test(message.text) || refusals-- <= 0) return keep();
        return { status: 'refused', failure: 'transient', code: 'BUSY', detail: 'busy' };
      };
      await loan.sleepUntil(addDays(dueDate, -2), '12:00');
      await until(async () =>
        (await noticesOf(deployment.pool, TENANT, loan.accountId)).some(
          ({ kind, status }) => kind === 'due-soon' && status === 'accepted',
        ),
      );
      const [disbursed, ...reminders] = codes();
      expect(disbursed).toBeUndefined();
      expect(reminders).toHaveLength(2);
      const code = reminders.at(-1) ?? '';
      const month = Number(dueDate.slice(5, 7));
      const ours = { ours: true, product: '借款', month, maskedAmount: '3,***.**元' };
      expect(await verify(deployment, code)).toEqual(ours);
      expect(await verify(deployment, code.replace(/.$/, code.endsWith('2') ? '3' : '2'))).toMatchObject({
        ours: false,
      });

      const kept = (await noticesOf(deployment.pool, TENANT, loan.accountId)).map(({ text }) => text ?? '').join();
      expect(kept).toContain(`核验码${HIDDEN_CODE}`);
      for (const table of ['notice', 'notice_attempt', 'notice_code', 'code_check']) {
        const { rows } = await deployment.pool.query(`select * from ${table}`);
        expect(rows.length).toBeGreaterThan(0);
        expect(JSON.stringify(rows)).not.toContain(code);
      }
      await loan.sleepDays(31);
      expect(await verify(deployment, code)).toMatchObject({ ours: false });
    },
    { provider: carrier.provider, lookEveryMs: DAY_MS },
  );
});
