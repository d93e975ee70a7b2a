/** Loaded when documents are first wanted: see documents-door.tsx. */
export { DocumentCard } from './document-card.tsx';
export { DocumentSurfaces } from './document-surfaces.tsx';
export { RoomDocuments } from './room-documents.ts';
