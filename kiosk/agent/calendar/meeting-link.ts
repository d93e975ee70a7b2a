/**
 * Which of a booking's texts lead to a meeting: one of ours (with the invite, which never leaves the agent), another
 * system's, or none. Pure.
 */
import { pagePaths } from '#contract/http/page-paths.ts';
import type { Booking } from '#contract/room-agenda.ts';

export type MeetingLink = { link: Booking['link']; invite: string | null };

const MAX_LINKS = 16;
const MAX_LINK_LENGTH = 4_600;
/** longer texts are looked through so far */
const MAX_TEXT_LENGTH = 64 * 1024;
/** the fragment of a guest's link: a signed JWT */
const INVITE = /^[\w-]{2,}\.[\w-]{2,}\.[\w-]{2,}$/;
const MAX_INVITE_LENGTH = 4096;

const foreignHosts = [
  'zoom.us',
  'zoom.com',
  'zoomgov.com',
  'teams.microsoft.com',
  'teams.live.com',
  'teams.microsoft.us',
  'webex.com',
  'meet.google.com',
  'gotomeeting.com',
  'gotomeet.me',
  'meet.goto.com',
  'chime.aws',
  'whereby.com',
  'bluejeans.com',
  'meet.jit.si',
  'ringcentral.com',
  'skype.com',
  'lync.com',
];

/** The addresses in texts of any kind: plain, HTML, with trailing punctuation, wrapped by a mail filter. */
export function linksIn(texts: Iterable<string>): string[] {
  const found = new Set<string>();
  for (const text of texts) {
    const plain = text.slice(0, MAX_TEXT_LENGTH).replaceAll('&amp;', '&');
    for (const [match] of plain.matchAll(/https?:\/\/[^\s<>"'`\\^{|}]+/gi)) {
      for (const link of unwrapped(match.replace(/[).,;:!?\]]+$/, ''))) {
        if (link.length <= MAX_LINK_LENGTH) found.add(link);
        if (found.size === MAX_LINKS) return [...found];
      }
    }
  }
  return [...found];
}

/** Mail filters and web calendars put an address inside of theirs. */
function unwrapped(link: string): string[] {
  const url = URL.parse(link);
  if (!url) return [];
  const inside = isAt(url, 'safelinks.protection.outlook.com')
    ? url.searchParams.get('url')
    : isAt(url, 'www.google.com') && url.pathname === '/url'
      ? url.searchParams.get('q')
      : null;
  return inside && URL.canParse(inside) ? [inside, link] : [link];
}

/** @param fleetOrigin e.g. `https://maru.example.com`; null: not known yet, so nothing is ours */
export function meetingLinkOf(links: readonly string[], fleetOrigin: string | null): MeetingLink {
  const urls = links.map((link) => URL.parse(link)).filter((url) => url !== null);
  const ours = fleetOrigin === null ? null : URL.parse(fleetOrigin)?.origin;
  for (const url of urls) {
    const invite = url.hash.slice(1).replace(/\.+$/, '');
    if (url.origin !== ours || url.pathname.replace(/\/$/, '') !== pagePaths.join) continue;
    if (invite.length <= MAX_INVITE_LENGTH && INVITE.test(invite)) return { link: 'ours', invite };
  }
  const isForeign = urls.some((url) => foreignHosts.some((host) => isAt(url, host)));
  return { link: isForeign ? 'foreign' : 'none', invite: null };
}

const isAt = ({ hostname }: URL, host: string): boolean => hostname === host || hostname.endsWith(`.${host}`);
