/** Bounds that both ends of a wire know. What is larger is refused before it is buffered. */

export const MAX_ROOM_LINK_MESSAGE_BYTES = 16 * 1024;
export const MAX_SIGNALING_MESSAGE_BYTES = 128 * 1024;
export const MAX_SCREEN_LINK_MESSAGE_BYTES = 256 * 1024;
export const MAX_MQTT_PACKET_BYTES = 128 * 1024;
export const MAX_HTTP_BODY_BYTES = 64 * 1024;
/** How many of today's bookings a room's agenda names. */
export const BOOKINGS_IN_AGENDA = 20;
/** How many people of a booking its room reports, besides the organizer. */
export const PEOPLE_OF_BOOKING = 100;
/** How many meetings that people made for it a room is sent. */
export const MEETINGS_OF_ROOM = 20;
/** Check-in opens this long before a booking's start; who has not come this long after it is a no-show. */
export const CHECK_IN_OPENS_MS = 10 * 60_000;
export const NO_SHOW_AFTER_MS = 10 * 60_000;
/** TV and phones say so this long before a booking's end. */
export const BOOKING_ENDS_SOON_MS = 5 * 60_000;
/** The self-test runs this long before a booking's start. */
export const SELF_TEST_BEFORE_BOOKING_MS = 10 * 60_000;
/** A camera that is steered moves no longer than this unless told again: a phone may vanish with a finger on it. */
export const CAMERA_STEER_MS = 600;

/** How many participants a room's retained state names; the full roster is asked for. */
export const PARTICIPANTS_IN_STATE = 8;
export const MAX_PEERS_IN_CALL = 300;
export const MAX_TILES = 64;
export const TILES_PER_PAGE = 30;

/** Crockford's alphabet without vowels and look-alikes. */
export const PAIRING_CODE_ALPHABET = '23456789BCDFGHJKMNPQRSTVWXYZ';
export const PAIRING_CODE_LENGTH = 8;
/** The TV shows a new code this often; each is accepted for PAIRING_CODE_TTL_MS. */
export const PAIRING_CODE_ROTATION_MS = 5 * 60_000;
export const PAIRING_CODE_TTL_MS = 10 * 60_000;
/** A phone opens microphone or camera only this long after it proved to be in the room; a proof in a call holds for that call. */
export const PRESENCE_TTL_MS = 15 * 60_000;
/** The TV of a call shows its code this long when a phone asks for it. */
export const CODE_SHOWN_MS = 60_000;
export const PAIRING_IDLE_TTL_MS = 15 * 60_000;

/** How many people a guest link for anyone lets in at a time, unless its maker says otherwise. */
export const LINK_SEATS = 50;

/** How long the TV thanks before it is idle again. */
export const ENDED_SHOWN_MS = 10_000;
