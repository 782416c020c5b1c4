/** What would change a decision, as a person reads it, in both languages. */
import { formatYuan } from '../values/money';
import { FACTS, type FactName, type FactValue } from './assessmentFacts';
import type { Change, Recourse } from './recourse';

export interface TextInBoth {
  zh: string;
  en: string;
}

/** One line for each change, in the order of the facts; one line where there is none. */
export function recourseLines(recourse: Recourse): TextInBoth[] {
  if (recourse.status === 'nothing') {
    const { withinMonths } = recourse;
    return [
      {
        en: `Nothing within ${withinMonths} months would change this decision.`,
        zh: `${withinMonths}个月内没有可行的改进方式。`,
      },
    ];
  }
  return recourse.changes.map(lineOf);
}

function lineOf(change: Change): TextInBoth {
  const { fact, from, to, months } = change;
  const { en, zh, better } = FACTS[fact];
  const time = monthsWords(months);
  if (fact === 'openOverdue') return { en: `Pay what is overdue now${time.en}.`, zh: `结清当前到期欠款${time.zh}。` };
  const target = shown(fact, to);
  if (from === undefined) return proofLine(fact, target);
  const was = shown(fact, from);
  return better === 'up'
    ? {
        en: `Raise the ${en} from ${was.en} to ${target.en}${time.en}.`,
        zh: `将${zh}由${was.zh}提高到${target.zh}${time.zh}。`,
      }
    : {
        en: `Lower the ${en} from ${was.en} to ${target.en}${time.en}.`,
        zh: `将${zh}由${was.zh}降低到${target.zh}${time.zh}。`,
      };
}

function proofLine(fact: FactName, target: TextInBoth): TextInBoth {
  const { en, zh, better, unit } = FACTS[fact];
  if (unit === 'match' || unit === 'flag') return { en: `Have the ${en} confirmed.`, zh: `补充${zh}证明。` };
  return better === 'up'
    ? { en: `Prove that the ${en} is at least ${target.en}.`, zh: `证明${zh}不低于${target.zh}。` }
    : { en: `Prove that the ${en} is at most ${target.en}.`, zh: `证明${zh}不高于${target.zh}。` };
}

function monthsWords(months: number): TextInBoth {
  if (months === 0) return { en: '', zh: '' };
  return { en: months === 1 ? ' (about a month)' : ` (about ${months} months)`, zh: `（约${months}个月）` };
}

function shown(fact: FactName, value: FactValue): TextInBoth {
  switch (FACTS[fact].unit) {
    case 'fen':
      return { en: `${formatYuan(Number(value))} CNY`, zh: `${formatYuan(Number(value))}元` };
    case 'share': {
      const percent = `${Math.round(Number(value) * 1000) / 10} %`;
      return { en: percent, zh: percent.replace(' ', '') };
    }
    case 'months':
      return { en: `${value}`, zh: `${value}个月` };
    default:
      return { en: `${value}`, zh: `${value}` };
  }
}
