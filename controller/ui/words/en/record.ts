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
} as const;
