/** What was deleted for good, and is deleted again where an older copy of the database brought it back. */
export { ERASURES_FILE, mergedErasures, readErasures, writeErasures } from './erasure-file.ts';
export { ErasureList } from './erasure-list.ts';
export {
  accountOf,
  type Erasure,
  finishErasure,
  meetingOf,
  messageOf,
  messageSubject,
  leaveFilesDue,
  recordErasure,
} from './erasures.ts';
