/** What a meeting leaves behind. */
export { MeetingRecord } from './meeting-record.ts';
export { MinutesPdf, type PrintedMinutes } from './minutes-pdf.ts';
export { recordRoutes } from './routes.ts';
export { seriesRoutes } from './series-routes.ts';
