/** What other folders see of what was spoken in meetings. */
export { transcriptRoutes } from './routes.ts';
export {
  deleteTranscript,
  forgetInTranscript,
  isTranscriptEvent,
  recordTranscriptEvent,
  spokenBetween,
  spokenByPerson,
  spokenIn,
  type TranscriptEvent,
  transcriptRevisionsOf,
} from './segments.ts';
export { transcriptVtt } from './transcript-files.ts';
