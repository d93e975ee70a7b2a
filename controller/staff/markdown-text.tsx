/**
 * The little Markdown that minutes are made of, as people read it: headings, lists, paragraphs, links of https. Everything else is
 * shown as it stands, and nothing of it is HTML.
 */
import type { ReactNode } from 'react';

type TextBlock = { kind: 'heading' | 'text'; text: string };
type ListBlock = { kind: 'bullets' | 'numbers'; items: string[] };
type Block = TextBlock | ListBlock;

export function MarkdownText({ text }: { text: string }) {
  return (
    <div className="flex flex-col gap-2 py-1 text-base wrap-anywhere">
      {blocksOf(text).map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks have nothing else that tells them apart
        <BlockOf key={index} block={block} />
      ))}
    </div>
  );
}

function BlockOf({ block }: { block: Block }) {
  if ('items' in block) return <ListOf list={block} />;
  if (block.kind === 'heading')
    return (
      <h3 className="pt-2 font-semibold first:pt-0">
        <Inline text={block.text} />
      </h3>
    );
  return (
    <p>
      <Inline text={block.text} />
    </p>
  );
}

function ListOf({ list }: { list: ListBlock }) {
  const List = list.kind === 'bullets' ? 'ul' : 'ol';
  return (
    <List className={`flex flex-col gap-1 pl-6 ${list.kind === 'bullets' ? 'list-disc' : 'list-decimal'}`}>
      {list.items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two items may be the same
        <li key={index}>
          <Inline text={item} />
        </li>
      ))}
    </List>
  );
}

function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  for (const line of markdown.split('\n')) {
    const [, heading] = /^#{1,6} +(.*)$/.exec(line) ?? [];
    const [, bullet] = /^\s*[-*] +(.*)$/.exec(line) ?? [];
    const [, number] = /^\s*\d+[.)] +(.*)$/.exec(line) ?? [];
    const last = blocks.at(-1);
    if (heading !== undefined) blocks.push({ kind: 'heading', text: heading });
    else if (bullet !== undefined || number !== undefined) {
      const kind = bullet === undefined ? 'numbers' : 'bullets';
      const item = bullet ?? number!;
      if (last && 'items' in last && last.kind === kind) last.items.push(item);
      else blocks.push({ kind, items: [item] });
    } else if (line.trim() !== '') blocks.push({ kind: 'text', text: line });
  }
  return blocks;
}

function Inline({ text }: { text: string }): ReactNode {
  const parts = text.split(/(\[(?:\\.|[^\]\\])+\]\(https?:\/\/[^\s)]+\))/);
  return parts.map((part, index) => {
    const [, label, url] = /^\[((?:\\.|[^\]\\])+)\]\((https?:\/\/[^\s)]+)\)$/.exec(part) ?? [];
    return url === undefined ? (
      unescaped(part)
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts have nothing else that tells them apart
      <a key={index} href={url} className="text-accent underline" rel="noreferrer">
        {unescaped(label!)}
      </a>
    );
  });
}

const unescaped = (text: string): string => text.replace(/\\([\\`*_[\]<>|~#.)+-])/g, '$1');
