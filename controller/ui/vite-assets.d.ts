/** Files that Vite loads and TypeScript does not know. */
declare module '*.css';
declare module '*.svg' {
  const url: string;
  export default url;
}
