/** What the notes can hold: the few kinds of block of a meeting's notes, and what they share with the server's reader of them. */
import { type AnyExtension, Extension, mergeAttributes, Node } from '@tiptap/core';
import { Bold } from '@tiptap/extension-bold';
import { Collaboration } from '@tiptap/extension-collaboration';
import { Document } from '@tiptap/extension-document';
import { Heading } from '@tiptap/extension-heading';
import { BulletList, ListItem, ListKeymap, OrderedList, TaskItem, TaskList } from '@tiptap/extension-list';
import { Paragraph } from '@tiptap/extension-paragraph';
import { Text } from '@tiptap/extension-text';
import { Plugin } from '@tiptap/pm/state';
import type { Doc } from 'yjs';
import { NOTES_FRAGMENT } from '#contract/notes-link.ts';

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    decision: { toggleDecision: () => ReturnType };
  }
}

/** An update of that many letters fits, whatever they are: four bytes each, and half of it for what is around them. */
const MOST_PASTED_LETTERS = 8_000;

/** A line that says what was decided. */
const Decision = Node.create({
  name: 'decision',
  group: 'block',
  content: 'inline*',
  defining: true,
  parseHTML: () => [{ tag: 'p[data-decision]', priority: 60 }],
  renderHTML: ({ HTMLAttributes }) => ['p', mergeAttributes(HTMLAttributes, { 'data-decision': '' }), 0],
  addCommands() {
    return {
      toggleDecision:
        () =>
        ({ commands }) =>
          commands.toggleNode(this.name, 'paragraph'),
    };
  },
  addKeyboardShortcuts() {
    return {
      // the next line is a plain one
      Enter: () => this.editor.isActive(this.name) && this.editor.chain().splitBlock().setNode('paragraph').run(),
    };
  },
});

const kept = (name: 'person' | 'dueOn') => ({
  default: null,
  keepOnSplit: false,
  parseHTML: (element: HTMLElement) => element.getAttribute(`data-${name.toLowerCase()}`),
  renderHTML: (attributes: Record<string, unknown>) =>
    attributes[name] === null ? {} : { [`data-${name.toLowerCase()}`]: attributes[name] },
});
/** Who does it and until when, drawn after its words by CSS. */
const Task = TaskItem.extend({
  addAttributes() {
    return { ...this.parent?.(), person: kept('person'), dueOn: kept('dueOn') };
  },
});

const limitPaste = (onTooMuch: () => void): AnyExtension =>
  Extension.create({
    name: 'limitPaste',
    addProseMirrorPlugins: () => [
      new Plugin({
        props: {
          handlePaste: (_view, _event, slice) => {
            if (slice.content.size <= MOST_PASTED_LETTERS) return false;
            onTooMuch();
            return true;
          },
        },
      }),
    ],
  });

type ExtensionOptions = { doc: Doc; taskLabel: (text: string) => string; onTooMuch: () => void };

export const noteExtensions = ({ doc, taskLabel, onTooMuch }: ExtensionOptions): AnyExtension[] => [
  Document,
  Paragraph,
  Text,
  Heading.configure({ levels: [2, 3] }),
  Bold,
  BulletList,
  OrderedList,
  ListItem,
  ListKeymap,
  TaskList,
  Task.configure({ nested: true, a11y: { checkboxLabel: (node) => taskLabel(node.textContent) } }),
  Decision,
  Collaboration.configure({ document: doc, field: NOTES_FRAGMENT }),
  limitPaste(onTooMuch),
];
