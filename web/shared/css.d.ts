// Minified text of a style sheet, for a constructable sheet.
declare module '*.css?inline' {
  const css: string;
  export default css;
}
