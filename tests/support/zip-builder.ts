import { crc32, deflateRawSync } from 'node:zlib';

/** A file of a zip that tests make; what a sound zip would never hold can be set too. */
export interface ZipEntry {
  readonly name: string;
  readonly content: Uint8Array | string;
  /** Mode bits of Unix; 0o120777 is a symbolic link. */
  readonly mode?: number;
  /** The size that the zip claims, where it is not the real one. */
  readonly claimedSize?: number;
  /** The checksum that the zip claims, where it is not the real one. */
  readonly claimedChecksum?: number;
  /** General purpose bits besides UTF-8: 1 is encrypted, 8 has sizes and checksum behind the file. */
  readonly flags?: number;
  /** 8 deflates, 0 stores, anything else is claimed of deflated bytes. */
  readonly method?: number;
}

/** Writes a zip of deflated files (APPNOTE 6.3.10, without zip64). */
export function zipFile(entries: readonly ZipEntry[]): Uint8Array {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const {
    name,
    content,
    mode = 0o100644,
    claimedSize,
    claimedChecksum,
    flags = 0,
    method = 8,
  } of entries) {
    const plain = Buffer.from(content);
    const packed = method === 0 ? plain : deflateRawSync(plain);
    const title = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x0800 + flags, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(claimedChecksum ?? crc32(plain), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(claimedSize ?? plain.length, 18);
    common.writeUInt16LE(title.length, 22);
    const told = Buffer.from(common);
    // With flag 8 a writer that could not look ahead tells checksum and sizes behind the file.
    if ((flags & 8) !== 0) told.fill(0, 10, 22);
    const behind =
      (flags & 8) !== 0 ? Buffer.concat([Buffer.from('PK\x07\x08'), common.subarray(10, 22)]) : '';
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), told, title, packed, Buffer.from(behind)]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(mode * 0x10000, 6);
    rest.writeUInt32LE(offset, 10);
    centrals.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.of(20, 3), common, rest, title]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** The same zip with a zip64 directory, as tools write it for large ones (APPNOTE 4.3.14 and 4.3.15). */
export function asZip64(zip: Uint8Array): Uint8Array {
  const end = Buffer.from(zip.slice(-22));
  const record = Buffer.alloc(56);
  record.write('PK\x06\x06', 'latin1');
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(45, 12);
  record.writeUInt16LE(45, 14);
  record.writeBigUInt64LE(BigInt(end.readUInt16LE(8)), 24);
  record.writeBigUInt64LE(BigInt(end.readUInt16LE(10)), 32);
  record.writeBigUInt64LE(BigInt(end.readUInt32LE(12)), 40);
  record.writeBigUInt64LE(BigInt(end.readUInt32LE(16)), 48);
  const locator = Buffer.alloc(20);
  locator.write('PK\x06\x07', 'latin1');
  locator.writeBigUInt64LE(BigInt(zip.length - 22), 8);
  locator.writeUInt32LE(1, 16);
  end.fill(0xff, 8, 20);
  return Buffer.concat([zip.subarray(0, -22), record, locator, end]);
}
