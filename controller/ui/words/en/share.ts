/** English words of the laptop's page. */
export default {
  code: {
    title: 'Show this screen on the TV',
    lead: 'Type the code that the TV shows. There is nothing to install.',
  },
  ready: {
    title: 'Connected to {{room}}',
    lead: 'Choose a window or the whole screen. Everyone in the meeting sees it.',
    name: 'Your name (optional)',
    nameHint: 'The TV shows whose screen it is.',
    laptop: 'Laptop',
    action: 'Share screen',
    waits: { browser: 'Choose in the browser’s window what to share…', room: 'The room is joining…' },
  },
  sharing: {
    title: 'Your screen is on the TV',
    lead: 'Shown in {{room}}. Keep this page open; closing it ends the sharing.',
    stop: 'Stop sharing',
    reconnecting: 'Connection lost. Reconnecting…',
    blocked: 'Your network does not let the picture through. Try another network, or ask your IT.',
  },
  problem: {
    'no-server': {
      what: 'The server cannot be reached',
      todo: 'Check that this laptop is in the same network as the room, and try again.',
    },
    refused: {
      what: 'No screen was shared',
      todo: 'Choose a window or a screen in the browser’s window. If it does not open, allow screen sharing for this page and for the browser.',
    },
    failed: {
      what: 'The screen could not be shared',
      todo: 'Try again, or choose another window.',
    },
    over: {
      what: 'This laptop is no longer connected to the room',
      todo: 'Type the code that the TV shows now.',
    },
    removed: {
      what: 'Somebody in the meeting ended your sharing',
      todo: 'To share again, type the code that the TV shows now.',
    },
    'meeting-ended': {
      what: 'The meeting has ended',
      todo: 'Your screen is no longer shown. You can share it again.',
    },
  },
  impossible: {
    what: 'This browser cannot share a screen',
    todo: 'Open this page on a laptop, in a current Chrome, Edge, Firefox or Safari, at the address that the TV shows.',
  },
} as const;
