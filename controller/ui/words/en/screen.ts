/** English words of the screen. */
export default {
  boot: {
    title: 'This room is starting',
    detail: 'It takes a few seconds.',
  },
  gone: {
    title: 'This room does not respond at the moment',
    meaning: 'Meetings cannot be started here until it is back.',
    todo: 'It restarts by itself. If this stays for more than a minute, tell IT.',
    soon: 'Restarting the room’s software',
  },
  keyless: {
    title: 'This page is not known as the room’s TV',
    meaning: 'The TV’s own window gets a key by itself. This one has none that the room knows.',
    todo: 'If this stays on the TV, tell IT. In a browser of your own, open the whole address as the start printed it.',
  },
  elsewhere: {
    title: 'This room is shown on another screen',
    detail: 'Close the other one to bring the room back here.',
  },
  idle: {
    free: 'Free',
    startHint: 'Start the meeting from your phone',
    underWay: 'Meeting under way',
    waiting_one: '{{count}} person is in it',
    waiting_other: '{{count}} people are in it',
    noMeeting: 'No meeting is set up for this room',
  },
  selfTest: {
    moreOnPhone_one: '{{count}} more problem: see “Devices” on the phone.',
    moreOnPhone_other: '{{count}} more problems: see “Devices” on the phone.',
  },
  pairing: {
    scan: 'Scan to control this room',
    code: 'Code',
    unavailable: 'Phones cannot connect yet',
    unavailableDetail: 'The room is waiting for the server.',
  },
  starting: {
    connecting: 'Connecting…',
    returning: 'Returning to the meeting…',
    slow: 'This takes longer than usual. You can cancel on your phone.',
    ending: 'The meeting has ended',
  },
  alone: {
    title: 'Waiting for others',
    howTo: 'They come in by the meeting’s guest link.',
  },
  call: {
    stage: 'Call stage',
    speaking: 'is speaking',
    screenOf: '{{name}} – screen',
    reconnecting: 'Connection lost – reconnecting…',
    reconnectingDetail: 'The picture stands still. The meeting goes on.',
  },
  news: {
    joined: '{{name}} joined',
    left: '{{name}} left',
    joinedMore_one: '{{name}} and {{count}} other joined',
    joinedMore_other: '{{name}} and {{count}} others joined',
    leftMore_one: '{{name}} and {{count}} other left',
    leftMore_other: '{{name}} and {{count}} others left',
  },
  ended: {
    'ended-by-room': 'The meeting has ended',
    'ended-by-participant': 'The meeting has ended',
    'ended-by-fleet': 'The meeting was ended by IT',
    left: 'This room has left the meeting',
    removed: 'This room was removed from the meeting',
    empty: 'The meeting has ended',
    thanks: 'Thank you.',
    duration: 'It took {{duration}}.',
    question: 'Was everything fine?',
    answerOnPhone: 'Answer on your phone.',
    answeredGood: 'Good to hear.',
    answeredBad: 'Thank you for telling us. IT can see it.',
  },
  fault: {
    page: 'The picture on this TV failed',
    pageMeaning: 'The meeting ends here if the TV does not come back.',
    pageTodo: 'It restarts by itself in a few seconds. If it happens again, tell IT.',
  },
} as const;
