/** English words of what a meeting leaves behind. */
export default {
  attendance: {
    title: 'Attendance',
    download: 'CSV',
    nobody: 'Nobody has been in this meeting yet.',
    call_one: '{{when}}: {{count}} attended',
    call_other: '{{when}}: {{count}} attended',
    since: 'since {{time}}',
    kind: { room: 'Room', guest: 'Guest' },
    minutes_one: '{{count}} min',
    minutes_other: '{{count}} min',
    shortly: 'under 1 min',
  },
  whole: {
    download: 'Everything (JSON)',
    delete: 'Delete record',
    deleteTitle: 'Delete what this meeting left behind?',
    deleteBody:
      'Attendance, chat, notes, polls (prepared ones too), pages shown and minutes are deleted for everyone and cannot be brought back. Mails that were sent stay where they are.',
  },
  minutes: {
    title: 'Minutes',
    none: 'No minutes have been sent yet.',
    noneForHost: 'A draft is written by itself a few minutes after the last person has left.',
    draftLead: 'Only hosts see this draft. Correct it, then send it to the people of the meeting.',
    draftOf: 'Draft of {{when}}',
    preview: 'Preview',
    save: 'Save',
    send: 'Send the minutes',
    sendTitle: 'Send these minutes?',
    sendBody:
      'Everyone who is invited and has a mail address gets them, and sees them on this page. They cannot be changed after that.',
    sent: 'Sent on {{time}}',
    download: 'Markdown',
  },
  past: {
    title: 'Past meetings',
    find: 'Find by title',
    none: 'None of your meetings is over yet.',
    notFound: 'No meeting has this in its title.',
    more: 'Show more',
  },
  ownTime: {
    title: 'My time in meetings',
    lead: 'Only you can see this.',
    show: 'Show my time',
    byDay: 'By day',
    byWeek: 'By week',
    weekOf: 'Week of {{date}}',
    hours: '{{hours}} h {{minutes}} min',
  },
} as const;
