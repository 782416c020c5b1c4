/** What a benchmark came to: figures, goals met or not, and the machine they hold for. */
import type { MonthsMeasured } from './months';
import { type Spread, spreadOf } from './statistics';

export interface Repetition {
  noopsPerSecond: number;
  onTime: MonthsMeasured;
  late: MonthsMeasured;
}

export interface Goal {
  what: string;
  bound: string;
  measured: number;
  isMet: boolean;
}

export interface BenchResult {
  measuredAt: string;
  machine: Record<string, string | number>;
  load: Record<string, number>;
  figures: Record<string, Spread>;
  goals: Goal[];
}

const ON_TIME_TO_NOOP = 1;
const EVENTS_OF_AN_ON_TIME_MONTH = 8;
const EVENTS_OF_A_LATE_MONTH = 40;

export function resultOf(
  repetitions: readonly Repetition[],
  { machine, load, measuredAt }: Pick<BenchResult, 'machine' | 'load' | 'measuredAt'>,
): BenchResult {
  const spread = (of: (repetition: Repetition) => number) => spreadOf(repetitions.map(of));
  const months = (habit: 'onTime' | 'late'): Record<string, Spread> => ({
    [`${habit}MonthsPerSecond`]: spread((each) => each[habit].monthsPerSecond),
    [`${habit}ToNoop`]: spread((each) => each[habit].monthsPerSecond / each.noopsPerSecond),
    [`${habit}EventsPerMonth`]: spread((each) => each[habit].eventsPerMonth),
    [`${habit}BytesPerMonth`]: spread((each) => each[habit].bytesPerMonth),
    [`${habit}LaneEventsPerMonth`]: spread((each) => each[habit].laneEventsPerMonth),
    [`${habit}NoticesPerMonth`]: spread((each) => each[habit].noticesPerMonth),
    [`${habit}SweepsPerMonth`]: spread((each) => each[habit].sweepsPerMonth),
  });
  const figures = { noopsPerSecond: spread((each) => each.noopsPerSecond), ...months('onTime'), ...months('late') };
  const median = (name: string) => (figures as Record<string, Spread>)[name]?.median ?? Number.NaN;
  return { measuredAt, machine, load, figures, goals: goalsOf(median) };
}

function goalsOf(median: (name: string) => number): Goal[] {
  const ratio = median('onTimeToNoop');
  const atMost = (what: string, measured: number, bound: number) => ({
    what,
    bound: `at most ${bound}`,
    measured,
    isMet: measured <= bound,
  });
  return [
    {
      what: 'on-time loan-months to no-op workflows of the same repetition',
      bound: `at least ${ON_TIME_TO_NOOP}`,
      measured: ratio,
      isMet: ratio >= ON_TIME_TO_NOOP,
    },
    atMost('events of an on-time month with one reminder', median('onTimeEventsPerMonth'), EVENTS_OF_AN_ON_TIME_MONTH),
    atMost('events of a month with three overdue steps', median('lateEventsPerMonth'), EVENTS_OF_A_LATE_MONTH),
  ];
}
