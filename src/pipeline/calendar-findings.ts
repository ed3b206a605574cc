// What is uncertain of a measured calendar and what there is to say of it, gathered while it is resolved.
import type { Day } from '../model/day';
import type { DayRange, DaySet } from '../model/day-set';
import type { MeasuredCalendar } from './pipeline';
import { dueInstant } from './clock';
import { type CalendarFinding, type ResolvedCalendar, clipSeasons, knownGapDays, upTo } from './resolved-calendar';

/** Gathers what is uncertain and what there is to say, for due days of the range outside known gaps. */
export class CalendarFindings {
  private readonly reasons = new Map<Day, string>();
  private readonly doubtful: DaySet[] = [];
  private readonly findings: CalendarFinding[] = [];
  private readonly notes: string[] = [];
  private readonly knownGaps: DaySet;

  private readonly calendar: MeasuredCalendar;
  private readonly due: Day;
  private readonly range: DayRange;

  constructor(calendar: MeasuredCalendar, due: Day, range: DayRange) {
    this.calendar = calendar;
    this.due = due;
    this.range = range;
    this.knownGaps = knownGapDays(calendar.knownGaps);
  }

  /** Days that may be dates. The first reason given for a day stays. */
  uncertain(days: DaySet, reason: (day: Day) => string): void {
    this.doubtful.push(days);
    for (const day of upTo(days, this.due).minus(this.knownGaps)) {
      if (!this.reasons.has(day)) this.reasons.set(day, reason(day));
    }
  }

  /** A finding about those of the days that are due, in the range and no known gap; nothing where none is. */
  tell(severity: CalendarFinding['severity'], days: DaySet, message: (days: DaySet) => string): void {
    const about = upTo(days.within(this.range), this.due).minus(this.knownGaps);
    if (!about.isEmpty) this.say(severity, about, message(about));
  }

  say(severity: CalendarFinding['severity'], dates: DaySet, message: string): void {
    this.findings.push({ severity, dates, message: `${this.name}: ${message}` });
  }

  note(message: string): void {
    this.notes.push(`${this.name}: ${message}`);
  }

  resolved(
    dates: DaySet,
    held: DaySet,
    wholeSeasons: readonly DayRange[],
    units: ResolvedCalendar['units'],
  ): ResolvedCalendar {
    return {
      name: this.calendar.name,
      range: this.range,
      lastDueDay: this.due,
      scheduled: this.doubtful.reduce((all, each) => all.union(each), dates),
      held: upTo(held, this.due),
      uncertain: this.reasons,
      seasons: clipSeasons(this.calendar.seasons, this.range),
      wholeSeasons,
      knownGaps: this.knownGaps,
      findings: this.findings.sort((a, b) => Number(a.severity === 'warn') - Number(b.severity === 'warn')),
      notes: this.notes,
      units,
      due: day => dueInstant(day, this.calendar),
    };
  }

  private get name(): string {
    return `calendar ${this.calendar.name} (${this.calendar.rows.name})`;
  }
}
