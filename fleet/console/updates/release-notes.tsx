/**
 * A release's notes as people read them: headings, lists and paragraphs of the CHANGELOG's Markdown. All else is shown as
 * the text that it is: no HTML, no link, no picture of a note reaches the page.
 */

type NoteBlock = { kind: 'heading' | 'paragraph'; text: string } | { kind: 'list'; items: string[] };

/** Pure: lines that go on (a list's indented ones, too) belong to the block before. */
export function blocksOf(markdown: string): NoteBlock[] {
  const blocks: NoteBlock[] = [];
  let goesOn = false;
  for (const line of markdown.split(/\r?\n/)) {
    const text = plainOf(line.trim());
    const last = blocks.at(-1);
    if (text === '') {
      goesOn = false;
      continue;
    }
    const heading = /^#{1,6}\s+(.*)$/.exec(text)?.[1];
    const item = /^[-*+]\s+(.*)$/.exec(text)?.[1];
    if (heading !== undefined) blocks.push({ kind: 'heading', text: heading });
    else if (item !== undefined) {
      if (last?.kind === 'list') last.items.push(item);
      else blocks.push({ kind: 'list', items: [item] });
    } else if (goesOn && last?.kind === 'list') last.items.push(`${last.items.pop()!} ${text}`);
    else if (goesOn && last?.kind === 'paragraph') last.text += ` ${text}`;
    else blocks.push({ kind: 'paragraph', text });
    goesOn = heading === undefined;
  }
  return blocks;
}

/** Without the marks of emphasis and code; a link is its text. */
const plainOf = (text: string): string =>
  text
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/`([^`]*)`/g, '$1')
    .replace(/\*\*([^*]*)\*\*/g, '$1');

export function ReleaseNotes({ notes, label }: { notes: string; label: string }) {
  return (
    <section
      aria-label={label}
      // long notes are scrolled, by the keyboard too
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
      tabIndex={0}
      dir="auto"
      className="flex max-h-80 flex-col gap-3 overflow-y-auto wrap-anywhere"
    >
      {blocksOf(notes).map((block, index) => (
        // notes never change their order
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <Block key={index} block={block} />
      ))}
    </section>
  );
}

function Block({ block }: { block: NoteBlock }) {
  if (block.kind !== 'list')
    return <p className={block.kind === 'heading' ? 'font-semibold' : undefined}>{block.text}</p>;
  return (
    <ul className="flex list-disc flex-col gap-1 pl-5">
      {block.items.map((item, index) => (
        // as above
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <li key={index}>{item}</li>
      ))}
    </ul>
  );
}
