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
