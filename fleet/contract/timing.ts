/**
 * Times that depend on each other across processes: one process waits because another acts within its own time. The
 * relations between them are held by timing.test.ts. A time that only one process knows stands where it is used.
 */

// Hello and pulse: who is on a socket, and whether it is still there.

/** A server closes a socket without a hello after this. */
export const HELLO_WITHIN_MS = 5_000;
/** The node sends a pulse where it has sent nothing else this long. */
export const SIGNALING_PULSE_MS = 1_500;
/** The client sends a ping after this long without anything from the node. */
export const SIGNALING_PING_AFTER_MS = 2_000;
/** The client gives a socket up when a request has no answer after this. */
export const SIGNALING_ANSWER_WITHIN_MS = 3_000;
/** The node gives a socket up after this long without anything from the client. */
export const SIGNALING_DEAD_AFTER_MS = 5_500;
/** Node and client call media blocked when a transport is not connected this long. */
export const MEDIA_BLOCKED_AFTER_MS = 5_000;

// Heartbeat: whether a room or a node is there, by the fleet's clock.

/** The kiosk publishes its presence this often. */
export const HEARTBEAT_INTERVAL_MS = 5_000;
/** A room is online while its last presence is younger than this. */
export const ROOM_ONLINE_MS = 15_000;
/** A node publishes its registration at least this often. */
export const NODE_REGISTERS_EVERY_MS = 10_000;
/** A fleet server that starts calls a known node offline when it has not registered within this. */
export const NODE_EXPECTED_BACK_MS = 15_000;

// Resume: how long a place is kept.

/** A dropped peer keeps its place this long. */
export const RESUME_GRACE_MS = 45_000;
/** Transports prepared before Join are closed after this long unused. */
export const PREPARED_TTL_MS = 30_000;

// Grant: from the tap to the place in the call.

/** A command waits this long at most, on every hop together; then the phone shows why. */
export const COMMAND_TIMEOUT_MS = 5_000;
/** The fleet waits this long for a node that restarts before it refuses a grant. */
export const NODE_RETURN_MS = 3_000;
/** The kiosk waits this long for a fleet that restarts, after it found no way to a grant without it. */
export const GRANT_AWAITED_MS = 10_000;
export const JOIN_TOKEN_TTL_MS = 60_000;
/** The TV offers to cancel after this long without a picture, and gives up after START_FAILS_MS. */
export const START_CANCEL_OFFERED_MS = 10_000;
export const START_FAILS_MS = 60_000;
