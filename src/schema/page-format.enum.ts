import { PAGE_FORMATS } from '../domain/model-page/model-page-facts.ts';
import { wordEnum } from './word-enum.ts';

export const PageFormatEnum = wordEnum('PageFormat', PAGE_FORMATS, 'The form in which a page is given.', {
  MARKDOWN: 'Markdown.',
  HTML: 'HTML, whole and by itself.',
});
