/**
 * The box's own time zone as its system has it now: Node keeps the one of its start, and an installer or a person may set another
 * while the agent runs.
 */
import { readlinkSync } from 'node:fs';

const ZONES = '/zoneinfo/';

/** IANA name. @param localtime the system's link */
export function ownZone(localtime = '/etc/localtime'): string {
  const ofNode = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;
  // of the process alone, as a container or a test sets it
  if (process.env.TZ) return ofNode();
  try {
    const target = readlinkSync(localtime);
    const at = target.indexOf(ZONES);
    const name = at < 0 ? '' : target.slice(at + ZONES.length);
    // throws for a name that this Node does not know
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return ofNode();
  }
}
