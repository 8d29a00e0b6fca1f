import type { ColumnMetaData, DecodedArray, SchemaElement, SchemaTree } from 'hyparquet';
import { parquetHeader, readPage } from 'hyparquet/src/column.js';
import { convert, DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { compressors } from 'hyparquet-compressors';

type ColumnDecoder = Parameters<typeof readPage>[2];

/** Pages are about 1 MiB as writers make them. */
const MAX_PAGE_BYTES = 64 << 20;

/** The values of one column of one row group, decoded a page at a time: of the rest only the compressed bytes are held. */
export class ParquetColumn {
  readonly #reader: { view: DataView; offset: number };
  readonly #decoder: ColumnDecoder;
  #dictionary: DecodedArray | undefined;
  #values: DecodedArray = [];
  #at = 0;
  #left: number;

  constructor(
    bytes: ArrayBuffer,
    rows: number,
    about: { metadata: ColumnMetaData; root: SchemaTree; leaf: SchemaTree; element: SchemaElement },
  ) {
    this.#reader = { view: new DataView(bytes), offset: 0 };
    this.#left = rows;
    this.#decoder = {
      pathInSchema: about.metadata.path_in_schema,
      type: about.metadata.type,
      codec: about.metadata.codec,
      element: about.element,
      schemaPath: [about.root, about.leaf],
      compressors,
      parsers: { ...DEFAULT_PARSERS, stringFromBytes: (bytes) => bytes },
    };
  }

  /** The next value, null or undefined where it is missing. Throws when the bytes do not hold it. */
  next(): unknown {
    while (this.#at === this.#values.length) this.#nextPage();
    return this.#values[this.#at++];
  }

  #nextPage(): void {
    const header = parquetHeader(this.#reader);
    if (header.uncompressed_page_size > MAX_PAGE_BYTES) throw new Error('a page is larger than 64 MiB');
    const promised = header.data_page_header?.num_values ?? header.data_page_header_v2?.num_values ?? 0;
    if (promised > this.#left) throw new Error('a column has more values than its row group has rows');
    const page = readPage(this.#reader, header, this.#decoder, this.#dictionary, undefined, 0);
    const values = page.data ?? [];
    if (header.type === 'DICTIONARY_PAGE') {
      this.#dictionary = convert(values, this.#decoder);
      return;
    }
    this.#left -= values.length;
    this.#values = values;
    this.#at = 0;
  }
}
