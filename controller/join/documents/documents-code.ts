/** Loaded when a guest first shares or presents: see ../guest-share.tsx. */
export { MeetingDocumentList } from './meeting-document-list.tsx';
export { GuestDocuments } from './guest-documents.ts';
export { PageInput } from './page-input.tsx';
export { Presenting } from './presenting.tsx';
export { SharingStrip } from './sharing-strip.tsx';
