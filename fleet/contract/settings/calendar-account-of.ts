/** The calendar's account, when a room's settings hold all that it needs: the kiosk's rule, which the fleet tries before. */
import { UserError } from '../error-codes.ts';
import type { SectionValues } from './all-settings.ts';
import { CalendarAccount } from './calendar-settings.ts';

export class SettingMissing extends UserError {
  readonly field: string;
  constructor(field: string) {
    super('setting-missing', `the calendar needs ${field}`);
    this.field = field;
  }
}

/** @returns null: the room has no calendar. @throws SettingMissing, ZodError for an address of the wrong kind */
export function calendarAccountOf(values: SectionValues<'calendar'>): CalendarAccount | null {
  const { kind, url, userName, password, passwordFile, ...common } = values;
  if (kind === 'none') return null;
  if (url === null) throw new SettingMissing('url');
  if (kind === 'ics') return CalendarAccount.parse({ kind, url, ...common });
  if (userName === null) throw new SettingMissing('userName');
  if (password === null && passwordFile === null) throw new SettingMissing('password');
  const given = passwordFile === null ? { value: password } : { file: passwordFile };
  return CalendarAccount.parse({ kind, url, userName, password: given, ...common });
}
