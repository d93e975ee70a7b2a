/** English words for what is watched in a room: what is wrong, and what IT does about it; one entry for each SignalName. */
export default {
  'site-offline': { what: 'The whole site is offline', todo: 'Check the network and power of the site' },
  'kiosk-offline': { what: 'The kiosk does not answer', todo: 'Check its power and network' },
  'protocol-refused': { what: 'The kiosk and the server do not match', todo: 'Update the one that is older' },
  'screen-missing': {
    what: 'Nothing draws on the TV',
    todo: 'Restart the screen; if it stays away, restart the kiosk',
  },
  'screen-frozen': {
    what: 'The picture on the TV stands still',
    todo: 'It is being restarted. If it freezes again, restart the kiosk',
  },
  'screen-black': { what: 'The TV shows a black picture', todo: 'Restart the screen' },
  'camera-failing': { what: 'The camera sends no usable picture', todo: 'Check its lens cover and cable' },
  'microphone-failing': {
    what: 'The microphone sends no sound',
    todo: 'Check the speakerphone, its mute switch and its cable',
  },
  'speaker-failing': {
    what: 'The test sound was not heard in the room',
    todo: 'Check the speaker, its volume and its cable',
  },
  'speakerphone-failing': { what: 'The speakerphone’s buttons do not work', todo: 'Unplug it and plug it in again' },
  'tv-failing': { what: 'The TV does not answer', todo: 'Switch it off and on by hand; check its HDMI cable' },
  'calendar-failing': {
    what: 'The calendar cannot be read',
    todo: 'Check the calendar’s address and password in the settings',
  },
  'storage-failing': { what: 'The kiosk cannot save anything', todo: 'Check its disk' },
  'part-failing': { what: 'A part of the kiosk fails again and again', todo: 'Look at the kiosk’s log' },
  'media-blocked': {
    what: 'Sound and picture do not get through',
    todo: 'Open the media ports between this room and the media server',
  },
  'call-quality-poor': {
    what: 'The connection of the call is poor',
    todo: 'Check the room’s network; a cable is better than Wi-Fi',
  },
  'call-fault': { what: 'A meeting could not be started', todo: 'Look at the reason in the room’s history' },
  'disk-low': { what: 'The disk is almost full', todo: 'Delete what does not belong on the kiosk' },
  'memory-low': { what: 'The memory is almost full', todo: 'Restart the kiosk' },
  'temperature-high': { what: 'The kiosk is too hot', todo: 'Give it air; clean its fan' },
  'clock-off': { what: 'The kiosk’s clock is wrong', todo: 'Check its time server' },
  'certificate-ending': {
    what: 'The kiosk’s certificate ends soon',
    todo: 'Its renewal fails: look at the kiosk’s log',
  },
  'settings-refused': {
    what: 'The kiosk refuses a setting',
    todo: 'Look at the room’s settings: the refused one is marked',
  },
  'kiosk-restarting': { what: 'The kiosk restarts again and again', todo: 'Look at the kiosk’s log' },
  'update-failed': {
    what: 'An update failed; the former version runs',
    todo: 'Look at the reason, then try the room again in its rollout',
  },
  'rollout-halted': {
    what: 'A rollout stopped by itself',
    todo: 'Look at the rooms that failed, then resume or abort it',
  },
  'feed-refused': {
    what: 'Releases on the server were refused',
    todo: 'Check where they came from, and bring them again',
  },
  'audit-broken': {
    what: 'The audit log was changed',
    todo: 'Find out who had access to the server, and keep its disk as it is',
  },
  'node-clock-off': {
    what: 'The clock of a media server is wrong',
    todo: 'Check its time server; until then captions leave out words near a pause',
  },
  'erasures-unreadable': {
    what: 'The list of deletions cannot be read or written',
    todo: 'Mend erasures.jsonl in the server’s data folder: look at its disk and its rights. It is tried again by itself',
  },
  'help-called': { what: 'Somebody in the room asks for help', todo: 'Answer the request' },
} as const;
