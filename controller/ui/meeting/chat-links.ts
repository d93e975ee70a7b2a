/** Addresses in a message: which pieces of its text lead to a page, and how they are shown so that they deceive nobody. Pure. */
import { LinkifyIt } from 'linkify-it';

export type LinkPiece = { text: string; href: null } | { /** the address as it is */ text: string; href: string };

// whole addresses alone: of `maru.example` nobody knows whether it is meant as one
const addresses = new LinkifyIt({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
for (const scheme of ['mailto:', 'ftp:', '//']) addresses.add(scheme, null);

/** turns the direction of what follows, or is not seen */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u;
/** a particle, as in `https://maru.example/a를`: addresses with Hangul have it after a slash, or in a name of its own */
const PARTICLE = /(?<=[A-Za-z0-9])\p{Script=Hangul}+$/u;
const HOST_ALONE = /^https?:\/\/[^/?#]*$/i;
/** A dot, as browsers know four of them, and more of a name, before a space or another address: people read it as one host. */
const MORE_OF_HOST = /^(?:(?!https?:\/\/)\S)*?[.\u3002\uff0e\uff61][\p{L}\p{N}]/iu;
/** one that everybody who writes Korean or English can read, letter by letter */
const READABLE_LABEL = /^(?:[A-Za-z0-9-]+|[\p{Script=Hangul}0-9-]+)$/u;

/** The text in pieces, in their order; together they are the text, but for the names of hosts that are shown in ASCII. */
export function linkPieces(text: string): LinkPiece[] {
  const pieces: LinkPiece[] = [];
  let done = 0;
  for (const { index, url } of addresses.match(text) ?? []) {
    const typed = url.replace(PARTICLE, '');
    const end = index + typed.length;
    const href = hrefOf(typed);
    // `https://bank.example:1@evil.example`: the host is what comes after the name and password
    if (href === null || /^\S*@/.test(text.slice(end))) continue;
    // `https://bank•evil.example`
    if (HOST_ALONE.test(typed) && MORE_OF_HOST.test(text.slice(end))) continue;
    if (index > done) pieces.push({ text: text.slice(done, index), href: null });
    pieces.push({ text: shownAddress(typed), href });
    done = end;
  }
  if (done < text.length) pieces.push({ text: text.slice(done), href: null });
  return pieces;
}

/** null: it leads to no page */
function hrefOf(typed: string): string | null {
  if (HIDDEN.test(typed) || !URL.canParse(typed)) return null;
  const { protocol, username, password, href } = new URL(typed);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '' ? href : null;
}

/** As it was typed; a host with letters that look like others in ASCII, as the browser asks for it. */
function shownAddress(typed: string): string {
  // none of an address in numbers, `[fd00::1]`
  const host = /^https?:\/\/([^/?#:[]*)/i.exec(typed)?.[1] ?? '';
  if (host.split('.').every((label) => label === '' || READABLE_LABEL.test(label))) return typed;
  return typed.replace(host, new URL(typed).hostname);
}
