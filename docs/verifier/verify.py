#!/usr/bin/env python3
"""Verifies an exported audit log of waarom: Python 3.8 and its standard library alone, nothing of waarom's own code.
Formats: C2SP signed-note, tlog-checkpoint and tlog-tiles; RFC 6962 tree hashes; RFC 8032 Ed25519 signatures."""
import argparse, base64, hashlib, pathlib, re, sys

# --- Ed25519 verification, RFC 8032 section 5.1 ---
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P

def add(a, b):
    """The sum of two points in extended coordinates (X, Y, Z, T), section 5.1.4."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    m, n, r, s = f - e, h - g, h + g, f + e
    return m * n % P, r * s % P, n * r % P, m * s % P

def times(scalar, point):
    if scalar == 0:
        return 0, 1, 1, 0
    rest = times(scalar >> 1, add(point, point))
    return add(rest, point) if scalar & 1 else rest

def decode(data):
    """The point of 32 bytes, section 5.1.3; None when there is none, or the bytes are not its one spelling."""
    y, sign = int.from_bytes(data, 'little') & (2**255 - 1), data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P

def encode(point):
    x, y = (value * pow(point[2], P - 2, P) % P for value in point[:2])
    return (y | (x & 1) << 255).to_bytes(32, 'little')

BASE = decode((4 * pow(5, P - 2, P) % P).to_bytes(32, 'little'))

def ed25519_verifies(key, message, signature):
    """Section 5.1.7, without the cofactor: S*B - k*A is R."""
    a, s = decode(key), int.from_bytes(signature[32:], 'little')
    if len(signature) != 64 or a is None or s >= Q:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), 'little') % Q
    minus_a = (P - a[0], a[1], a[2], P - a[3])
    return encode(add(times(s, BASE), times(k, minus_a))) == signature[:32]

# --- The tree, RFC 6962 section 2.1 ---
sha256 = lambda data: hashlib.sha256(data).digest()

def fold(nodes):
    """The root over complete nodes of one level, of which the last may be incomplete."""
    while len(nodes) > 1:
        pairs = [sha256(b'\x01' + nodes[i] + nodes[i + 1]) for i in range(0, len(nodes) - 1, 2)]
        nodes = pairs + nodes[len(pairs) * 2:]
    return nodes[0]

def root_of(edge):
    """The root over the tiles of the right edge, lowest level first."""
    root = []
    for hashes in filter(None, edge):
        root = [fold(hashes + root)]
    return root[0] if root else sha256(b'')

# --- The export, C2SP signed-note, tlog-checkpoint, tlog-tiles ---
class Broken(Exception):
    """The file that is not as it was signed, and why."""

def read(folder, path):
    file = pathlib.Path(folder, path)
    return file.read_bytes() if file.is_file() else None

def names_in(folder, path):
    directory = pathlib.Path(folder, path)
    return sorted(file.name for file in directory.iterdir() if file.name[0] != '.') if directory.is_dir() else []

def unbase64(text):
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:  # Another spelling of the same bytes.
        raise ValueError(text, 'it is not base64')
    return raw

def tile_path(level, index, width):
    path = '%03d' % (index % 1000)
    while index >= 1000:
        index //= 1000
        path = 'x%03d/%s' % (index % 1000, path)
    return 'tile/%s/%s%s' % (level, path, '' if width == 256 else '.p/%d' % width)

def read_entries(folder, index, width):
    exact = pathlib.Path(folder, tile_path('entries', index, width)).is_file()
    count = width if exact else 256  # A full bundle replaces a partial one.
    path = tile_path('entries', index, count)
    data, entries, at = read(folder, path) or b'', [], 0
    while at + 2 <= len(data):
        end = at + 2 + int.from_bytes(data[at:at + 2], 'big')
        entries.append(data[at + 2:end])
        at = end
    if at != len(data) or len(entries) != count:
        raise Broken(path if exact else tile_path('entries', index, width), 'it does not hold %d entries' % count)
    return entries[:width]

def parse_key(text):
    name, key_id, key = text.split('+', 2)
    raw = unbase64(key)
    if len(raw) != 33 or raw[0] != 1 or sha256(name.encode() + b'\n' + raw)[:4].hex() != key_id:
        sys.exit('not a verifier key: ' + text)
    return name, raw[1:], bytes.fromhex(key_id)

def open_checkpoint(path, note, keys):
    """(size, root, path) of a checkpoint that one of the keys signed."""
    text, _, lines = (note or b'').rpartition(b'\n\n')
    text, lines = text + b'\n', lines.decode(errors='replace')
    head = re.fullmatch('([^\n]+)\n(0|[1-9]\\d{0,14})\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*', text.decode(errors='replace'))
    if not head or not re.fullmatch('(?:— [^\\s+]+ [A-Za-z0-9+/]{7,}={0,2}\n)+', lines):
        raise Broken(path, 'it is not a checkpoint')
    signatures = [(line.split(' ')[1], unbase64(line.split(' ')[2])) for line in lines.split('\n')[:-1]]
    made_by = lambda name, key_id: [value[4:] for signer, value in signatures if (signer, value[:4]) == (name, key_id)]
    signed = [name for name, key, key_id in keys if made_by(name, key_id)
              and all(ed25519_verifies(key, text, value) for value in made_by(name, key_id))]
    if head[1] not in signed:
        raise Broken(path, 'it is of another log' if signed else 'no given key signed it')
    return int(head[2]), unbase64(head[3]), path

def checkpoints_of(folder, keys, where=''):
    paths = ['checkpoint', *('checkpoints/' + name for name in names_in(folder, 'checkpoints'))]
    found = [open_checkpoint(where + path, read(folder, path), keys) for path in paths]
    for size, _, path in found[1:]:
        if path.split('/')[-1].split('.')[0] != str(size):
            raise Broken(path, 'it is of size %d' % size)
    return found

def compare_replaced(folder, path, width, beginning):
    for name in names_in(folder, path + '.p'):
        if int(name) < width and read(folder, path + '.p/' + name) != beginning(int(name)):
            raise Broken(path + '.p/' + name, 'it is not the beginning of what replaced it')

def compare_tile(folder, level, index, hashes):
    path, full = tile_path(level, index, len(hashes)), tile_path(level, index, 256)
    stored = read(folder, path) or (read(folder, full) or b'')[:32 * len(hashes)]
    if stored != b''.join(hashes):
        raise Broken(path, 'its hashes are not those of the entries')
    compare_replaced(folder, full, len(hashes), lambda width: stored[:32 * width])

def verify(folder, checkpoints, others=(), mirror=None, mirror_size=0):
    """Hashes every entry and compares every checkpoint, every tile and the mirror's entries; answers size and root."""
    size, edge = max(checkpoints)[0], [[]]
    due = sorted([*checkpoints, *others])
    for one, other in zip(due, due[1:]):
        if one[0] == other[0] and one[1] != other[1]:
            raise Broken(other[2], 'it has another root at size %d than %s: two histories were signed' % (one[0], one[2]))
    for first in range(0, size + 1, 256):
        entries = read_entries(folder, first // 256, min(256, size - first)) if first < size else []
        copies = read_entries(mirror, first // 256, min(256, mirror_size - first)) if first < mirror_size else []
        for leaf, (entry, copy) in enumerate(zip(entries, copies), first):
            if entry != copy:
                raise Broken(tile_path('entries', first // 256, len(entries)), 'the mirror has another entry %d' % leaf)
        bundle = lambda width: b''.join(len(entry).to_bytes(2, 'big') + entry for entry in entries[:width])
        compare_replaced(folder, tile_path('entries', first // 256, 256), len(entries), bundle)
        for leaf, entry in enumerate([*entries, None], first):
            while due and due[0][0] == leaf:
                if due[0][1] != root_of(edge):
                    raise Broken(due[0][2], 'the entries are not those that it signed')
                due.pop(0)
            level = 0
            edge[0] += [] if entry is None else [sha256(b'\x00' + entry)]
            while len(edge[level]) == 256:
                compare_tile(folder, level, leaf // 256 ** (level + 1), edge[level])
                edge += [[]] if level + 1 == len(edge) else []
                edge[level + 1].append(fold(edge[level]))
                edge[level], level = [], level + 1
    for level, hashes in enumerate(edge):
        if hashes:
            compare_tile(folder, level, size // 256 ** (level + 1), hashes)
    if due:
        raise Broken(due[0][2], 'it signed %d entries and the export ends at %d: the log was set back' % (due[0][0], size))
    return size, root_of(edge)

def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('folder')
    parser.add_argument('--key', action='append', required=True, help="the log's verifier key, several after a rotation")
    parser.add_argument('--previous', help='a checkpoint kept from an earlier look')
    parser.add_argument('--mirror', help='another copy of the export')
    given = parser.parse_args()
    keys = [parse_key(text) for text in given.key]
    try:
        own = checkpoints_of(given.folder, keys)
        copies = checkpoints_of(given.mirror, keys, 'mirror/') if given.mirror else []
        kept = [open_checkpoint(given.previous, read('', given.previous), keys)] if given.previous else []
        size, root = verify(given.folder, own, copies + kept, given.mirror, max(copies)[0] if copies else 0)
        copies and verify(given.mirror, copies)
    except (Broken, ValueError) as broken:
        sys.exit('BROKEN ' + ': '.join(map(str, broken.args)))
    print('INTACT: %d entries under %d checkpoints. Root %s' % (size, len(own), base64.b64encode(root).decode()))

if __name__ == '__main__': main()
