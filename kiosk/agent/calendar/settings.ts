/** The calendar of a room, as IT sets it up. A password stands in a file that the agent alone may read, never here. */
import { z } from '#contract/schema.ts';

/** Names no zone of this machine's, e.g. a misspelt one. */
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
  /** the room's own address among the invited, to see that it declined; null: told by CUTYPE=ROOM */
  roomAddress: z.email().max(200).nullable().default(null),
};

export const CalendarSettings = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ics'), url: z.url({ protocol: /^(https?|webcals?)$/ }).max(2000), ...common }),
  z.strictObject({
    kind: z.literal('caldav'),
    /** the calendar collection itself */
    url: z.url({ protocol: /^https?$/ }).max(2000),
    userName: z.string().min(1).max(200),
    passwordFile: z.string().min(1).max(500),
    ...common,
  }),
]);
export type CalendarSettings = z.output<typeof CalendarSettings>;
