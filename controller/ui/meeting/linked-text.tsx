/** A text that people typed, its addresses as links that open beside the page. */
import { type LinkPiece, linkPieces } from './chat-links.ts';

export function TypedLink({ href, text }: Extract<LinkPiece, { href: string }>) {
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      dir="ltr"
      className="text-accent underline underline-offset-2 wrap-anywhere"
    >
      {text}
    </a>
  );
}

export const LinkedText = ({ text }: { text: string }) =>
  linkPieces(text).map((piece, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces have nothing else that tells them apart
    piece.href === null ? piece.text : <TypedLink key={index} {...piece} />,
  );
