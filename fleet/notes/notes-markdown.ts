/** Notes as Markdown: CommonMark, with the task lists of GitHub. What this release does not know is written as its text. */
import * as Y from 'yjs';
import { MOST_NOTES_DEPTH, taskIn, wordsOf } from './note-lines.ts';

const MOST_HEADING_LEVEL = 3;

/** Ends with a line break; empty: nothing was written. */
export function markdownOf(notes: Y.XmlFragment): string {
  const blocks = elementsOf(notes)
    .map((element) => blockOf(element, 0))
    .filter((block) => block !== '');
  return blocks.length === 0 ? '' : `${blocks.join('\n\n')}\n`;
}

/** `depth`: in how many lists it stands. */
function blockOf(element: Y.XmlElement, depth: number): string {
  switch (element.nodeName) {
    case 'heading': {
      const text = inlineOf(element);
      return text === '' ? '' : `${'#'.repeat(levelOf(element))} ${text}`;
    }
    case 'decision': {
      const text = inlineOf(element);
      return text === '' ? '' : `> **→** ${text}`;
    }
    case 'bulletList':
    case 'orderedList':
    case 'taskList':
      return depth < MOST_NOTES_DEPTH ? listOf(element, depth) : lineStart(escaped(wordsOf(element)));
    case 'paragraph':
      return lineStart(inlineOf(element));
    default:
      return lineStart(escaped(wordsOf(element)));
  }
}

function listOf(list: Y.XmlElement, depth: number): string {
  return elementsOf(list)
    .map((item, at) => {
      const marker = list.nodeName === 'orderedList' ? `${at + 1}.` : '-';
      const [first, ...rest] = elementsOf(item);
      const own = first === undefined ? '' : blockOf(first, depth + 1);
      const below = rest
        .map((block) => indented(blockOf(block, depth + 1), marker.length + 1))
        .filter((text) => text.trim() !== '');
      return [`${marker} ${list.nodeName === 'taskList' ? taskLine(item, own) : own}`.trimEnd(), ...below].join('\n');
    })
    .join('\n');
}

function taskLine(item: Y.XmlElement, text: string): string {
  const { person, dueOn, isDone } = taskIn(item);
  const about = [person, dueOn].filter((each) => each !== null).map(escaped);
  return `[${isDone ? 'x' : ' '}] ${text}${about.length > 0 ? ` (${about.join(', ')})` : ''}`;
}

function levelOf(element: Y.XmlElement): number {
  const level = Number((element.getAttributes() as Record<string, unknown>).level);
  return Number.isInteger(level) && level >= 1 ? Math.min(level, MOST_HEADING_LEVEL) : 1;
}

function inlineOf(element: Y.XmlElement): string {
  return element
    .toArray()
    .map((child) => (child instanceof Y.XmlText ? spansOf(child) : child instanceof Y.XmlElement ? wordsOf(child) : ''))
    .join('')
    .trim();
}

function spansOf(text: Y.XmlText): string {
  return (text.toDelta() as { insert: unknown; attributes?: Record<string, unknown> }[])
    .map(({ insert, attributes }) => {
      if (typeof insert !== 'string') return '';
      const isBold = attributes?.bold !== undefined && attributes.bold !== null && attributes.bold !== false;
      if (!isBold || insert.trim() === '') return escaped(insert);
      // blanks inside of the stars would end no emphasis
      const from = insert.length - insert.trimStart().length;
      const to = insert.trimEnd().length;
      const [before, after] = [insert.slice(0, from), insert.slice(to)].map(escaped);
      return `${before}**${escaped(insert.slice(from, to))}**${after}`;
    })
    .join('');
}

/** What CommonMark would read as markup. */
const escaped = (text: string): string => text.replace(/[\r\n]+/g, ' ').replace(/[\\`*_[\]<>&~|]/g, '\\$&');
/** So would a paragraph that begins like a heading or a list. */
const lineStart = (line: string): string =>
  line.replace(/^(#{1,6}|[-+=]+|\d{1,9}(?=[.)]))(?=.?(?:\s|$)|[.)])/, escapeStart);
const escapeStart = (start: string): string => (/^\d/.test(start) ? `${start}\\` : `\\${start}`);

const indented = (text: string, by: number): string => text.replace(/^(?=.)/gm, ' '.repeat(by));
const elementsOf = (parent: Y.XmlFragment): Y.XmlElement[] =>
  parent.toArray().filter((child): child is Y.XmlElement => child instanceof Y.XmlElement);
