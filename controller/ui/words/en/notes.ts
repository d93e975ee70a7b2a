/** English words of a meeting's notes. */
export default {
  label: 'Notes of the meeting',
  bar: 'How it is written',
  loading: 'Opening the notes…',
  unanswered: 'The server does not answer. Still trying…',
  saved: 'Saved. Everybody who is invited sees the same.',
  saving: 'Saving…',
  offline: 'The server does not answer. What you write is kept and sent later; leave this page open.',
  stale: 'The server does not answer. What you see may be old.',
  readOnly: 'You can read these notes, but not change them.',
  tooLarge:
    'The notes are full, or that was too much at once. What you wrote last is not saved: copy what you need, then open the notes again.',
  notSaved:
    'You may not change these notes any more. What you wrote last is not saved: copy what you need, then open the notes again.',
  openAgain: 'Open the notes again',
  tooMuchPasted: 'That was too long to paste at once. Please paste it in parts, or share it as a document.',
  done: 'Done',
  undo: 'Undo',
  redo: 'Redo',
  person: 'Who does it',
  dueOn: 'Until when',
  kind: {
    decision: 'Decision',
    taskList: 'Task',
    heading: 'Heading',
    bold: 'Bold',
    bulletList: 'List',
    orderedList: 'Numbered list',
  },
} as const;
