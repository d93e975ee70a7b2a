/** English words for what a person in the room should know; one entry for each RoomNotice. */
export default {
  'camera-missing': {
    what: 'No camera was found',
    todo: 'The meeting runs without the room’s picture. Check the camera’s cable.',
  },
  'camera-refused': {
    what: 'The camera may not be used',
    todo: 'The meeting runs without the room’s picture. IT can allow the camera on the kiosk.',
  },
  'microphone-missing': {
    what: 'No microphone was found',
    todo: 'Others cannot hear this room. Check the speakerphone’s cable.',
  },
  'microphone-refused': {
    what: 'The microphone may not be used',
    todo: 'Others cannot hear this room. IT can allow the microphone on the kiosk.',
  },
  'fleet-unreachable': {
    what: 'The room cannot reach the server',
    todo: 'A running meeting goes on. New meetings have to wait until the connection is back.',
  },
  'media-unreachable': {
    what: 'Picture and sound are interrupted',
    todo: 'The room reconnects by itself. Stay in the meeting.',
  },
  'signaling-unreachable': {
    what: 'The room cannot reach the media server',
    todo: 'Meetings cannot start here. IT should check the network between this room and the media server.',
  },
  'signaling-untrusted': {
    what: 'The TV does not trust the media server’s certificate',
    todo: 'Meetings cannot start here. IT should check the server’s certificate; the room’s log names the reason.',
  },
  'media-blocked': {
    what: 'The network blocks sound and picture',
    todo: 'IT has to open the media ports between this room and the media server; the room keeps trying.',
  },
  'screen-missing': {
    what: 'The TV screen does not respond',
    todo: 'It is being restarted. If it stays dark, switch the TV off and on.',
  },
  'protocol-refused': {
    what: 'The kiosk and the server do not match',
    todo: 'Meetings cannot start here. IT has to update the kiosk or the server.',
  },
  'speakerphone-faulty': {
    what: 'The speakerphone’s buttons do not work',
    todo: 'Sound may still work. Unplug it and plug it in again.',
  },
  'speakerphone-unsupported': {
    what: 'The kiosk does not support this speakerphone’s buttons',
    todo: 'Sound still works. IT should update its firmware; the room’s log names the reason.',
  },
  'tv-faulty': {
    what: 'The TV does not respond',
    todo: 'It may have to be switched on and off by hand.',
  },
  'calendar-faulty': {
    what: 'Bookings may be out of date',
    todo: 'Meetings can be started as usual. IT should look at the calendar.',
  },
  'storage-failing': {
    what: 'The kiosk cannot save anything',
    todo: 'Meetings work. IT should look at the disk.',
  },
  'part-failing': {
    what: 'A part of the kiosk has failed',
    todo: 'It starts again by itself. If this stays, IT should look at its log.',
  },
  'self-test-failed': {
    what: 'A device failed its test',
    todo: 'Look at “Devices” on the phone to see which one.',
  },
} as const;
