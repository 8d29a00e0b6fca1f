import markdownIt from 'markdown-it';
import type { PageWriter } from '../../domain/ports.ts';

/** Nothing of a page comes from elsewhere, leads elsewhere or runs. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; color: #1b1b1b; background: #fff; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2, h3, h4 { line-height: 1.25; margin: 1.6em 0 0.4em; }
table { border-collapse: collapse; display: block; overflow-x: auto; font-size: 0.875rem; }
th, td { border: 1px solid #b5b5b5; padding: 0.25rem 0.5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { background: #f0f0f0; }
code { overflow-wrap: anywhere; }
@media print { body { max-width: none; margin: 0; } table { display: table; } }
`;

/** CommonMark with tables, and none of what could lead or fetch. */
const markdown = markdownIt({ html: false, linkify: false, typographer: false }).disable([
  'autolink',
  'html_block',
  'html_inline',
  'image',
  'link',
  'reference',
]);

/** Pages in HTML, each complete in itself: no scripts, nothing fetched, nothing linked. */
export const htmlPages: PageWriter = {
  html({ title, language, markdown: text }) {
    const escaped = markdown.utils.escapeHtml(title);
    return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width">
<title>${escaped}</title>
<style>${STYLE}</style>
</head>
<body>
${markdown.render(text)}</body>
</html>
`;
  },
};
