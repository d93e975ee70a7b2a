/** English words for every ErrorCode: what happened, what it means for the meeting, what to do. */
export default {
  'bad-message': {
    what: 'The request could not be understood',
    meaning: 'Nothing has changed in the meeting.',
    todo: 'Reload this page. If it happens again, tell IT the code.',
  },
  'too-large': {
    what: 'That was too large to send',
    meaning: 'Nothing has changed in the meeting.',
    todo: 'Reload this page and try something shorter.',
  },
  'unknown-command': {
    what: 'The room does not know this command',
    meaning: 'Nothing has changed in the meeting.',
    todo: 'Reload this page: the room may run another version.',
  },
  'hello-expected': {
    what: 'The connection was not set up correctly',
    meaning: 'Nothing has changed in the meeting.',
    todo: 'Reload this page.',
  },
  'client-too-old': {
    what: 'This page is older than the server',
    meaning: 'It cannot take part until it is current.',
    todo: 'Reload this page to get the current version.',
  },
  'server-too-old': {
    what: 'The server is older than this page',
    meaning: 'It cannot take part until the server is updated.',
    todo: 'Ask IT to update the server.',
  },
  'wrong-room': {
    what: 'This request was meant for another room',
    meaning: 'Nothing has changed in either room.',
    todo: 'Scan the code on the TV of the room you are in.',
  },
  'second-writer': {
    what: 'Two kiosks claim to be this room',
    meaning: 'Only the first one is believed.',
    todo: 'Ask IT to switch one of them off.',
  },
  'not-found': {
    what: 'This no longer exists',
    meaning: 'It may have been removed. Nothing else has changed.',
    todo: 'Go back and choose again.',
  },
  'pairing-code-invalid': {
    what: 'This code does not work',
    meaning: 'The code on the TV changes every few minutes, and each works once.',
    todo: 'Type the code that the TV shows now, or scan it.',
  },
  'invite-invalid': {
    what: 'This invitation does not work',
    meaning: 'The link may be incomplete, or it was withdrawn.',
    todo: 'Open the whole link from your invitation, or ask for a new one.',
  },
  'invite-expired': {
    what: 'This invitation has expired',
    meaning: 'It no longer opens the meeting.',
    todo: 'Ask the person who invited you for a new link.',
  },
  'record-not-for-guests': {
    what: 'This meeting is over',
    meaning: 'Guests are shown nothing of it afterwards.',
    todo: 'If you need something from it, ask the person who invited you.',
  },
  'guest-record-over': {
    what: 'This meeting can no longer be read here',
    meaning: 'The time in which guests could read what it left behind is over.',
    todo: 'If you need something from it, ask the person who invited you.',
  },
  'invite-closed': {
    what: 'This link lets nobody new in',
    meaning: 'The meeting may go on, but it is closed to this link.',
    todo: 'Ask the person who invited you for a new link.',
  },
  'token-invalid': {
    what: 'This permission is not valid',
    meaning: 'You were not let in.',
    todo: 'Open the link again, or scan the code on the TV again.',
  },
  'token-expired': {
    what: 'Permission to enter has expired',
    meaning: 'You were not let in.',
    todo: 'Try again: a new permission is fetched.',
  },
  'token-used': {
    what: 'Permission to enter was already used',
    meaning: 'Each lets in once.',
    todo: 'Try again: a new permission is fetched.',
  },
  'credentials-invalid': {
    what: 'User name or password is wrong',
    meaning: 'You are not signed in.',
    todo: 'Check both and try again.',
  },
  'password-too-weak': {
    what: 'This password is too easy to guess',
    meaning: 'Your password was not changed.',
    todo: 'Choose at least 10 characters, different from the old one.',
  },
  'not-signed-in': {
    what: 'You are not signed in',
    meaning: 'The session is over, so nothing was changed.',
    todo: 'Sign in again.',
  },
  forbidden: {
    what: 'You may not do this',
    meaning: 'Nothing has changed.',
    todo: 'Ask someone with the right to do it.',
  },
  'too-many-attempts': {
    what: 'Too many attempts',
    meaning: 'Further attempts are refused for a while.',
    todo: 'Wait a minute, then try again.',
  },
  'claim-code-invalid': {
    what: 'The claim of this kiosk does not work',
    meaning: 'It works once, for ten minutes, and only until a newer one is made. No meetings here.',
    todo: 'IT: make a new claim on the room’s page in the console and give it to this kiosk.',
  },
  'enrolment-ended': {
    what: 'This kiosk no longer belongs to a room',
    meaning:
      'IT has withdrawn it, another kiosk has taken its place, or its certificate has expired. No meetings here.',
    todo: 'IT: make a new claim on the room’s page in the console and give it to this kiosk.',
  },
  'not-enrolled': {
    what: 'This kiosk does not belong to a room yet',
    meaning: 'It has no claim, or cannot reach the server that its claim names. No meetings here.',
    todo: 'IT: make a claim on the room’s page in the console, give it to this kiosk, and check its network.',
  },
  'pairing-revoked': {
    what: 'This phone is no longer connected to the room',
    meaning: 'The meeting goes on; it cannot be controlled from here.',
    todo: 'Scan the code on the TV to connect again.',
  },
  'sign-in-not-fresh': {
    what: 'Please enter your password again',
    meaning: 'Some time has passed since you signed in.',
    todo: 'Confirm that it is you, and try again.',
  },
  'account-disabled': {
    what: 'This account is disabled',
    meaning: 'It cannot sign in or make meetings.',
    todo: 'Ask IT to enable it again.',
  },
  'account-forgotten': {
    what: 'This person was forgotten',
    meaning: 'The account stays for what refers to it. It cannot be changed or enabled again.',
    todo: 'Make a new account if the person comes back.',
  },
  'user-name-taken': {
    what: 'This user name is already taken',
    meaning: 'The account was not made.',
    todo: 'Choose another name.',
  },
  'last-administrator': {
    what: 'This is the last administrator',
    meaning: 'Without it nobody could administer Maru. Nothing was changed.',
    todo: 'Make another local administrator first.',
  },
  'address-not-allowed': {
    what: 'You cannot join from this network',
    meaning: 'The meeting can be joined only from certain networks.',
    todo: 'Join from your organisation’s network, or ask the host.',
  },
  'call-locked': {
    what: 'The meeting is locked',
    meaning: 'Nobody new comes in for now.',
    todo: 'Ask the host to unlock it or to let you in.',
  },
  'presence-needed': {
    what: 'Please enter the code on the TV',
    meaning: 'Only somebody in the room can switch on its microphone and camera, put it on air or record it.',
    todo: 'Type the code that the TV shows now.',
  },
  'stays-muted': {
    what: 'The host keeps microphones muted',
    meaning: 'The others do not hear you.',
    todo: 'Raise your hand to speak.',
  },
  'not-admitted': {
    what: 'You were not let in',
    meaning: 'The meeting goes on without you.',
    todo: 'Ask the host, and try again later.',
  },
  'guests-not-allowed': {
    what: 'This meeting is for members only',
    meaning: 'A guest link does not open it.',
    todo: 'Sign in with your account, or ask the host.',
  },
  'openid-refused': {
    what: 'Signing in did not work',
    meaning: 'Your organisation’s sign-in gave no valid answer.',
    todo: 'Try again. If it happens again, tell IT the code.',
  },
  'place-name-taken': {
    what: 'There is already a place of this name',
    meaning: 'Nothing has changed.',
    todo: 'Choose another name, or another place above it.',
  },
  'place-not-empty': {
    what: 'This place is still in use',
    meaning: 'Places, rooms or accounts are in it, or a role, a token or a recipient of alerts holds for it.',
    todo: 'Move them somewhere else first.',
  },
  'list-unreadable': {
    what: 'This list cannot be read',
    meaning: 'No account was made or changed.',
    todo: 'Save it as CSV, with the columns named in the first line.',
  },
  'mail-limit': {
    what: 'Too many mails for now',
    meaning: 'This mail was not sent.',
    todo: 'Copy the link instead, or try again in an hour.',
  },
  'openid-unreachable': {
    what: 'Your organisation’s sign-in does not answer',
    meaning: 'Nobody can sign in by it at the moment.',
    todo: 'Try again in a few minutes, or tell IT.',
  },
  'removed-from-call': {
    what: 'You were removed from the meeting',
    meaning: 'The meeting goes on without you.',
    todo: 'Ask the host for a new invitation.',
  },
  'setting-invalid': {
    what: 'This value is not possible here',
    meaning: 'Nothing has changed.',
    todo: 'Check it against the range that stands beside it.',
  },
  'setting-missing': {
    what: 'A setting that goes with the others is missing',
    meaning: 'The room keeps working with its last good settings.',
    todo: 'Fill in what is named, then save again.',
  },
  'setting-file-invalid': {
    what: 'The settings file on the kiosk has a section that can’t be read',
    meaning: 'That section is left out. The others hold.',
    todo: 'Correct settings.json on the kiosk, then restart it. Its log names the place.',
  },
  'secret-unreadable': {
    what: 'The kiosk can’t read this password',
    meaning: 'It was encrypted for another kiosk. The room keeps working with its last good settings.',
    todo: 'Enter the password again.',
  },
  'meeting-in-past': {
    what: 'This meeting would be over already',
    meaning: 'Its end lies in the past. Nothing was saved.',
    todo: 'Choose a later time.',
  },
  'meeting-changed': {
    what: 'Somebody else has changed this meeting in the meantime',
    meaning: 'Nothing of yours was saved.',
    todo: 'Look at the meeting as it is, then change it again.',
  },
  'settings-changed': {
    what: 'Somebody else has changed these settings in the meantime',
    meaning: 'Nothing of yours was saved.',
    todo: 'Look at the settings as they are, then save again.',
  },
  'outsider-in-call': {
    what: 'Nothing can be shown now',
    meaning: 'Somebody in the meeting may not see documents.',
    todo: 'Show it again when they have left. It stays in the list.',
  },
  'not-possible-now': {
    what: 'This is not possible right now',
    meaning: 'The room has just changed. Nothing was done.',
    todo: 'Look at what the room shows now, then try again.',
  },
  'call-ended': {
    what: 'The meeting is over',
    meaning: 'Nobody is in it any more.',
    todo: 'If you still need it, start it again or ask the host.',
  },
  'call-full': {
    what: 'The meeting is full',
    meaning: 'Nobody else can come in.',
    todo: 'Try again when somebody has left.',
  },
  'seats-taken': {
    what: 'All places of this link are taken',
    meaning: 'The meeting goes on; there is no place for you at the moment.',
    todo: 'Try again when somebody has left, or ask for an invitation of your own.',
  },
  'joined-elsewhere': {
    what: 'You joined on another device or in another window',
    meaning: 'Your place in the meeting is there now, so you are not shown twice.',
    todo: 'Go on there, or try again to come back to this page.',
  },
  'poll-ended': {
    what: 'The poll has ended',
    meaning: 'Your answer came too late and is not counted.',
    todo: 'Look at the result.',
  },
  'call-moved': {
    what: 'The meeting goes on in another place',
    meaning: 'Everyone is brought together there.',
    todo: 'Wait a moment; the page joins by itself.',
  },
  'call-unreachable': {
    what: 'The server cannot reach the meeting right now',
    meaning: 'People may still be in it, so no second one is opened beside it.',
    todo: 'Stay here: it is tried again by itself, for five minutes at most.',
  },
  'waits-to-be-let-in': {
    what: 'The room waits to be let in',
    meaning: 'A host of the meeting sees that this room is here and decides.',
    todo: 'Stay here: the room joins by itself once it is let in.',
  },
  'peer-unknown': {
    what: 'This person is no longer in the meeting',
    meaning: 'Nothing was changed.',
    todo: 'Look at the list again.',
  },
  replaced: {
    what: 'This was opened somewhere else',
    meaning: 'The newer window has taken over.',
    todo: 'Go on there, or reload this page to take it back.',
  },
  'command-expired': {
    what: 'The room got this too late',
    meaning: 'Nothing was done, so that nothing happens by surprise.',
    todo: 'Try again.',
  },
  'room-not-answering': {
    what: 'The room does not answer',
    meaning: 'A meeting on the TV goes on, but it cannot be controlled from here.',
    todo: 'Wait a moment and try again. If it lasts, check that the kiosk behind the TV is on.',
  },
  'no-media-node': {
    what: 'No media server is ready',
    meaning: 'Meetings cannot start right now.',
    todo: 'Try again in a minute. If it lasts, tell IT the code.',
  },
  'media-failed': {
    what: 'Picture and sound could not be connected',
    meaning: 'The meeting cannot be shown here.',
    todo: 'Try again. If it fails again, the network may block the media ports: tell IT the code.',
  },
  'no-screen': {
    what: 'The TV screen does not respond',
    meaning: 'The meeting cannot be shown on the TV.',
    todo: 'It is being restarted. Try again in a few seconds.',
  },
  'shutting-down': {
    what: 'The server is restarting',
    meaning: 'A running meeting goes on.',
    todo: 'Wait a moment; the page reconnects by itself.',
  },
  'calendar-malformed': {
    what: 'The calendar cannot be read',
    meaning: 'Bookings may be missing here; meetings can be started as usual.',
    todo: 'Tell IT the code: the calendar sends something that is not a calendar.',
  },
  'calendar-too-large': {
    what: 'The calendar is too large',
    meaning: 'Bookings may be missing here; meetings can be started as usual.',
    todo: 'Tell IT the code: this room should have a calendar of its own.',
  },
  'device-malformed': {
    what: 'A device sends what nobody can read',
    meaning: 'The meeting goes on without its buttons.',
    todo: 'Unplug the device and plug it in again. If it lasts, tell IT the code.',
  },
  'calendar-refused': {
    what: 'The calendar does not let this room in',
    meaning: 'Bookings are not shown here; meetings can be started as usual.',
    todo: 'Tell IT the code: the room’s sign-in to the calendar has to be renewed.',
  },
  'booking-unknown': {
    what: 'This booking is no longer there',
    meaning: 'Nothing has changed in the room.',
    todo: 'Look at the list again: it may have been moved or cancelled.',
  },
  'booking-conflict': {
    what: 'The next booking begins before that',
    meaning: 'The booking ends as planned.',
    todo: 'Choose a shorter time, or move to another room.',
  },
  'device-unknown': {
    what: 'This device is no longer there',
    meaning: 'The one in use stays in use.',
    todo: 'Look at the list again, or check its cable.',
  },
  'device-unsupported': {
    what: 'The device cannot do this',
    meaning: 'Nothing has changed in the meeting.',
    todo: 'Use the device’s own buttons or remote control.',
  },
  'calendar-unreachable': {
    what: 'The calendar does not answer',
    meaning: 'The bookings shown may be out of date; meetings can be started as usual.',
    todo: 'It is tried again by itself. If it lasts, tell IT the code.',
  },
  'tv-not-answering': {
    what: 'The TV does not respond',
    meaning: 'Meetings go on; the TV may have to be switched on by hand.',
    todo: 'Use the TV’s own remote control. If it lasts, tell IT the code.',
  },
  'device-gone': {
    what: 'A device was unplugged',
    meaning: 'The meeting goes on without it.',
    todo: 'Check its cable: it is used again as soon as it is back.',
  },
  'document-encrypted': {
    what: 'This document is protected by a password',
    meaning: 'Nothing was shown, and nothing of it was kept.',
    todo: 'Save it without the password, then share it again.',
  },
  'document-broken': {
    what: 'This document could not be read',
    meaning: 'Nothing was shown. What was shown before stays.',
    todo: 'Open it on your own device. If it opens there, save it as PDF and share that.',
  },
  'document-empty': {
    what: 'This file is empty',
    meaning: 'Nothing was shown.',
    todo: 'Choose another file.',
  },
  'document-too-long': {
    what: 'This document has too many pages',
    meaning: 'Nothing was shown. 500 pages are possible.',
    todo: 'Share only the part that you need.',
  },
  'document-too-large': {
    what: 'This document is too large',
    meaning: 'Nothing was shown. 200 MB are possible.',
    todo: 'Share a smaller part, or save it as PDF with smaller pictures.',
  },
  'document-type-unsupported': {
    what: 'This kind of file cannot be shown',
    meaning: 'Nothing was shown.',
    todo: 'Save it as PDF and share that.',
  },
  'document-took-too-long': {
    what: 'It took too long to prepare this document',
    meaning: 'Nothing was shown, and it was given up.',
    todo: 'Save it as PDF and share that.',
  },
  'picture-too-large': {
    what: 'This picture is too large',
    meaning: 'Nothing was shown.',
    todo: 'Make it smaller in width and height, then share it again.',
  },
  'picture-unreadable': {
    what: 'This file is no picture that can be shown',
    meaning: 'It was not added. Those that are there already stay.',
    todo: 'Save it as PNG, JPEG or WebP, then add it again.',
  },
  'notes-too-large': {
    what: 'The notes are too large for that',
    meaning: 'What you wrote last is not saved. Everything before it is.',
    todo: 'Copy it, open the notes again and add it in smaller parts.',
  },
  'quota-exceeded': {
    what: 'There is no more space for documents',
    meaning: 'What is shared already stays.',
    todo: 'Delete documents that are not needed any more, or ask IT for more space.',
  },
  'upload-offset': {
    what: 'The upload lost its place',
    meaning: 'Nothing is lost.',
    todo: 'It goes on by itself. If it does not, choose the file again.',
  },
  'not-ready': {
    what: 'This is still being prepared',
    meaning: 'Nothing is lost.',
    todo: 'Please wait a moment.',
  },
  'broadcasting-not-allowed': {
    what: 'This meeting cannot be put on air from here',
    meaning: 'The meeting goes on as it is.',
    todo: 'Ask IT for the right to broadcast.',
  },
  'recording-not-allowed': {
    what: 'This meeting cannot be recorded from here',
    meaning: 'The meeting goes on without a recording.',
    todo: 'Ask IT for the right to record.',
  },
  'program-unavailable': {
    what: 'The broadcast picture cannot be made now',
    meaning: 'The meeting goes on. Viewers see a card until the picture is back.',
    todo: 'Wait a moment. If it stays so, ask IT with the code.',
  },
  'packager-unavailable': {
    what: 'The broadcast cannot be sent now',
    meaning: 'The meeting goes on. Viewers see it again as soon as it can be sent.',
    todo: 'Wait a moment. If it stays so, ask IT with the code.',
  },
  'setting-locked': {
    what: 'This setting is locked from above',
    meaning: 'It holds for all rooms there, and cannot be changed here. Nothing was changed.',
    todo: 'Change it where it is locked, or have the lock removed.',
  },
  'target-not-allowed': {
    what: 'This address cannot be notified',
    meaning: 'It leads to the server itself, or to addresses that no other machine has. Nothing was changed.',
    todo: 'Use the address of another machine.',
  },
  'seeing-not-allowed': {
    what: 'The screen of this room may not be looked at',
    meaning: 'The room’s settings rule it out.',
    todo: 'Change “May be looked at” in the room’s settings.',
  },
  'room-has-kiosk': {
    what: 'This room has a kiosk already',
    meaning: 'Nothing was changed.',
    todo: 'Choose “Replace the kiosk” if this one is to take its place.',
  },
  'room-in-call': {
    what: 'A meeting is running in this room',
    meaning: 'It would be interrupted, so nothing was done.',
    todo: 'Wait until it is over, or choose to do it anyway.',
  },
  'picture-in-use': {
    what: 'This picture is shown somewhere',
    meaning: 'It was not removed.',
    todo: 'Take it out of the settings that show it first.',
  },
  'fleet-not-found': {
    what: 'The fleet server does not answer',
    meaning: 'Nothing answers at this address, or another server than the one that was named.',
    todo: 'IT: check the address and the network, then enter it again.',
  },
  'action-expired': {
    what: 'The room did not answer in time',
    meaning: 'Nothing is under way any more; whether it was done is not known.',
    todo: 'Look at the room’s state, then try again.',
  },
  'rewind-off': {
    what: 'The server’s disk is full',
    meaning: 'The broadcast goes on live, without rewind and without a recording from here on.',
    todo: 'Ask IT to make room on the server.',
  },
  'recording-failed': {
    what: 'The recording could not be finished',
    meaning: 'It can be replayed here, but not downloaded.',
    todo: 'Ask IT with the code.',
  },
  'converter-unavailable': {
    what: 'Documents cannot be prepared now',
    meaning: 'The meeting goes on without them.',
    todo: 'Share your screen instead, and ask IT with the code.',
  },
  'printer-unavailable': {
    what: 'The PDF cannot be made now',
    meaning: 'The minutes are kept, and can be saved as Markdown.',
    todo: 'Try again in a minute. If it stays so, ask IT with the code.',
  },
  'storage-failed': {
    what: 'Nothing can be saved at the moment',
    meaning: 'Calls go on, but the latest changes may not have been saved.',
    todo: 'Tell IT the code: a disk may be full. Try again after that.',
  },
  internal: {
    what: 'Something went wrong on our side',
    meaning: 'The last step was not done.',
    todo: 'Try again. If it happens again, tell IT the code.',
  },
} as const;
