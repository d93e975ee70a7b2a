/** What a guest says of its tests, one JSON object a line on its second serial port; all else there is for the log. */
export type GuestLine =
  | { event: 'passed'; name: string; tookMs: number }
  | { event: 'failed'; name: string; detail: string }
  | { event: 'skipped'; name: string; reason: string }
  /** for people: a figure, how far it is */
  | { event: 'note'; text: string }
  /** of a power cut: now */
  | { event: 'mark'; text: string }
  /** the program has ended, and with it the guest */
  | { event: 'over'; exitCode: number };

const START = '@@ ';

export const writeLine = (line: GuestLine): string => `${START}${JSON.stringify(line)}\n`;

/** null: not one of ours */
export function readLine(text: string): GuestLine | null {
  if (!text.startsWith(START)) return null;
  try {
    return JSON.parse(text.slice(START.length)) as GuestLine;
  } catch {
    return null;
  }
}
