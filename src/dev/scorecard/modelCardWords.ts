/** What the model cards say besides their figures. */
import type { ModelCardWords } from './modelCard';

export const MODEL_CARD_WORDS: Readonly<Record<string, ModelCardWords>> = {
  behaviour: {
    purpose: [
      'Tells of an open card account, from six months of bills, payments and reported delay, how likely it defaults in the next month. It is for reviews of limits and for early warnings. It is not for applicants, who have no such history.',
      '',
      'It reads the conduct of the account and its limit. EDUCATION is in the data and is not read: it is no conduct, and nobody changes it within months.',
    ],
    licence:
      'UCI gives the data under CC BY 4.0; we hold a stratified part of its 30,000 rows, outside this project. Only fitted figures are kept here.',
    limits: [
      'The rows are of one bank in Taiwan in 2005, in its currency and in a crisis of its cards. Another portfolio needs its own card, or a proof on its own rows.',
      'One month follows six; there is no split by time, so nothing is known of how the card ages. The baseline above is there to watch it.',
      'The codes -2, -1 and 0 of the delay are not documented by the source. They are bins of their own, and their words are what the rows look like.',
      'A feature that is not known gets the points of its worst bin. The training rows lack nothing, so this is caution and no measurement.',
      'What is above the card in the pooled figures belongs to trees with interactions, which cannot be told as points.',
    ],
  },
  application: {
    purpose: [
      'Tells of an applicant, from what an application says, how likely the credit goes bad. It is an example of an application card on public data: small, old, and of another country.',
      '',
      'Besides personal_status, age and foreign_worker, five columns are left out: people_liable_for counts dependants and tells of sex and marriage, housing "for free" tells of age, skill_level names residents in its words, telephone and residence_since tell of age and origin. What each tells is measured below. Employment tells of age as well, and is kept: how long an income has lasted is a reason that can be given.',
    ],
    licence: 'UCI gives the data under CC BY 4.0. Only fitted figures are kept here.',
    limits: [
      'There are 1,000 rows, of Germany before 1994, with more bad credits than a bank has: probabilities are of such a mix.',
      'A history of credits that were all paid back counts as the worst (codes A30, A31). That is what the rows say and no bank would: look at it before use.',
      'Amounts are in marks. A bin of the smallest amounts or terms says nothing of yuan.',
      'The figures of a fold rest on 200 rows, and differ accordingly.',
    ],
  },
};
