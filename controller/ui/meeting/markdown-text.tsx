/** Minutes as people read them, each line with what links name it by: what is no Markdown that we know is shown as it stands, and nothing of it is HTML. */
import { Fragment, type ReactNode } from 'react';
import {
  lineKeyOf,
  type MarkdownBlock,
  type MarkdownItem,
  type MarkdownPiece,
  markdownBlocks,
  taskMark,
} from '#contract/minutes-markdown.ts';
import { linkPieces } from './chat-links.ts';
import { LinkedText } from './linked-text.tsx';

type ListBlock = Extract<MarkdownBlock, { kind: 'list' }>;

const INDENTS = ['', 'ml-5', 'ml-10', 'ml-16', 'ml-20', 'ml-24'];

export function MarkdownText({ text }: { text: string }) {
  return (
    <div className="flex flex-col gap-2 py-1 text-base wrap-anywhere">
      {markdownBlocks(text).map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks have nothing else that tells them apart
        <BlockOf key={index} block={block} />
      ))}
    </div>
  );
}

function BlockOf({ block }: { block: MarkdownBlock }) {
  switch (block.kind) {
    case 'list':
      return <ListOf list={block} />;
    case 'heading':
      return (
        <h3 data-line={lineKeyOf(block.pieces)} className="pt-2 font-semibold first:pt-0">
          <Inline pieces={block.pieces} />
        </h3>
      );
    case 'quote':
      return (
        <blockquote data-line={lineKeyOf(block.pieces)} className="border-l-2 border-accent pl-3">
          <Inline pieces={block.pieces} />
        </blockquote>
      );
    case 'text':
      return (
        <p data-line={lineKeyOf(block.pieces)}>
          <Inline pieces={block.pieces} />
        </p>
      );
  }
}

function ListOf({ list: { isNumbered, items } }: { list: ListBlock }) {
  const List = isNumbered ? 'ol' : 'ul';
  return (
    <List className={`flex flex-col gap-1 pl-6 ${isNumbered ? 'list-decimal' : 'list-disc'}`}>
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two items may be the same
        <ItemOf key={index} item={item} />
      ))}
    </List>
  );
}

function ItemOf({ item: { pieces, depth, number, isDone } }: { item: MarkdownItem }) {
  return (
    <li
      data-line={lineKeyOf(pieces)}
      {...(number !== null && { value: number })}
      className={`${INDENTS[depth]} ${isDone !== null ? 'list-none' : number === null ? 'list-disc' : 'list-decimal'}`}
    >
      {isDone !== null && taskMark(isDone)}
      <Inline pieces={pieces} />
    </li>
  );
}

/** Words that are the address of another place than the one that they lead to. */
const isAddressElsewhere = (text: string, url: string): boolean =>
  linkPieces(text).some(
    ({ href }) => href !== null && !(URL.canParse(url) && new URL(url).hostname === new URL(href).hostname),
  );

function Inline({ pieces }: { pieces: readonly MarkdownPiece[] }): ReactNode {
  return pieces.map(({ text, url, isBold }, index) =>
    url !== undefined && isAddressElsewhere(text, url) ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces have nothing else that tells them apart
      <Fragment key={index}>
        {text} (<LinkedText text={url} />)
      </Fragment>
    ) : url !== undefined ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: as above
      <a key={index} href={url} className="text-accent underline" rel="noreferrer">
        {text}
      </a>
    ) : isBold ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: as above
      <b key={index}>
        <LinkedText text={text} />
      </b>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: as above
      <LinkedText key={index} text={text} />
    ),
  );
}
