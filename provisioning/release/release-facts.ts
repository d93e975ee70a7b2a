/** What a release's folder states of the release for a feed: `release-facts.json`, with the notes of the CHANGELOG. */
import type { ReleaseManifest } from '#contract/release.ts';
import { releaseFactsOf } from './signing/offered-release.ts';

export const FACTS_FILE = 'release-facts.json';

/** Of the contract, less what the line at the end needs. */
const MAX_NOTES_LETTERS = 19_900;
const MORE = '\n\nMore of this release is in CHANGELOG.md.';

/** The newest section of a CHANGELOG, without its heading: whole parts of it, as many as a feed carries. */
export function notesOf(changelog: string): string {
  const [, newest = ''] = changelog.split(/^## .*$/m);
  const notes = newest.trim();
  if (notes.length <= MAX_NOTES_LETTERS) return notes;
  const lines = notes.slice(0, MAX_NOTES_LETTERS).split('\n').slice(0, -1);
  const partBegins = lines.findLastIndex((line) => line.startsWith('### '));
  // a part that fits whole, or as many of the first part's lines as fit
  const whole = partBegins > 0 ? lines.slice(0, partBegins) : lines;
  return `${whole.join('\n').trimEnd()}${MORE}`;
}

/** The same text for the same commit. */
export function factsText(manifest: ReleaseManifest, of: { madeAtMs: number; changelog: string }): string {
  const facts = releaseFactsOf(manifest, { madeAtMs: of.madeAtMs, notes: notesOf(of.changelog) });
  return `${JSON.stringify(facts, null, 1)}\n`;
}
