/** English words of a room's update, on its TV and its phones. */
export default {
  tv: {
    soon: 'Maru is updated at {{time}}',
    dark: 'The screen is dark for about half a minute.',
    putOff: 'Not a good time? Tap “Not now” on the phone or tablet of this room, or start a meeting.',
    startMeeting: 'If you start a meeting, Maru waits until it is over.',
    checks: 'Maru has been updated and is checking this room. You can start a meeting.',
    updated: 'Maru has been updated',
    wentBack: 'The update did not work out. Maru runs as before; IT knows.',
  },
  phone: {
    title: 'Update at {{time}}',
    dark: 'The TV is dark for about half a minute.',
    notNow: 'Not now',
    notNowHint: 'Puts it off for up to six hours, once.',
    waits: 'If you start a meeting, the update waits until it is over.',
  },
};
