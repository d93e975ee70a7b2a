/** A room's calendar: field by field as it is set, and the account that a kiosk reads when all that it needs is there. */
import { z } from '../schema.ts';
import { settingsSection } from './setting-field.ts';

/** False e.g. for a misspelt one. */
function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const common = {
  refreshSeconds: z.number().int().min(15).max(3600).default(60),
  /** IANA name; null: the box's own */
  timeZone: z.string().max(64).refine(isTimeZone, 'not a time zone').nullable().default(null),
  /** false: nobody has to check in */
  noShowRelease: z.boolean().default(true),
  /** the screen listens for voices in the minutes in which check-in is awaited */
  soundPresence: z.boolean().default(true),
  /** false: who is invited to a booking stays in the room, and the fleet server lets nobody by it see the booking's meeting */
  peopleOfBookings: z.boolean().default(true),
  /** the room's own address among the invited, to see that it declined; null: known by CUTYPE=ROOM */
  roomAddress: z.email().max(200).nullable().default(null),
};
const IcsUrl = z.url({ protocol: /^(https?|webcals?)$/ }).max(2000);
/** of the calendar collection itself */
const CaldavUrl = z.url({ protocol: /^https?$/ }).max(2000);
const UserName = z.string().min(1).max(200);
const Password = z.string().min(1).max(1000);
const PasswordFile = z.string().min(1).max(500);

export const calendarSettings = settingsSection(
  z.strictObject({
    kind: z.enum(['none', 'ics', 'caldav']).default('none'),
    url: IcsUrl.nullable().default(null),
    userName: UserName.nullable().default(null),
    password: Password.nullable().default(null),
    passwordFile: PasswordFile.nullable().default(null),
    ...common,
  }),
  {
    kind: { kind: 'choice', options: ['none', 'ics', 'caldav'] },
    url: { kind: 'text', isOptional: true },
    userName: { kind: 'text', isOptional: true },
    password: { kind: 'secret' },
    passwordFile: { kind: 'local' },
    refreshSeconds: { kind: 'number', min: 15, max: 3600, unit: 'seconds' },
    timeZone: { kind: 'text', isOptional: true },
    noShowRelease: { kind: 'boolean' },
    soundPresence: { kind: 'boolean' },
    peopleOfBookings: { kind: 'boolean' },
    roomAddress: { kind: 'text', isOptional: true },
  },
);

export const CalendarAccount = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ics'), url: IcsUrl, ...common }),
  z.strictObject({
    kind: z.literal('caldav'),
    url: CaldavUrl,
    userName: UserName,
    /** by value or by file: the file is read each time */
    password: z.union([z.strictObject({ value: Password }), z.strictObject({ file: PasswordFile })]),
    ...common,
  }),
]);
export type CalendarAccount = z.output<typeof CalendarAccount>;
