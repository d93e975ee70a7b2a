/** What a meeting leaves behind. */
export { ErasureWork } from './erasure-work.ts';
export { guestRecordRoutes } from './guest-record-routes.ts';
export { MeetingRecord } from './meeting-record.ts';
export { MinutesPdf, type PrintedMinutes } from './minutes-pdf.ts';
export { readSummarySettings, type SummarySettings } from './summary/summary-settings.ts';
export { recordRoutes } from './routes.ts';
export { seriesRoutes } from './series-routes.ts';
export type { RemoveFiles } from './whole-record.ts';
