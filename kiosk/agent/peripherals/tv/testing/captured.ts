/** Output of the real tools, captured in a guest with vivid's CEC, and at a USB adapter (usb-*): sections of a text file. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export function captured(file: 'cec-ctl-1.22' | 'cec-ctl-1.30'): (section: string) => string {
  const sections = new Map<string, string>();
  for (const part of readFileSync(join(import.meta.dirname, `${file}.txt`), 'utf8').split(/^=== /m)) {
    const end = part.indexOf('\n');
    sections.set(part.slice(0, end), part.slice(end + 1));
  }
  return (section) => {
    const text = sections.get(section);
    if (text === undefined) throw new Error(`${file} has no ${section}`);
    return text;
  };
}
